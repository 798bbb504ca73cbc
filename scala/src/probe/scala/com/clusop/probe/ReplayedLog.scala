package com.clusop.probe

import java.io.PrintStream
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}

import org.apache.spark.scheduler.{ReplayDoor, SparkListenerApplicationEnd}

/** Feeds event logs (decompressed, one JSON event a line) through Spark's own replay into a collector.
  * `java -cp … com.clusop.probe.ReplayedLog LOG ANSWER …` writes what was found in each LOG to the ANSWER behind it.
  */
object ReplayedLog {
  def main(arguments: Array[String]): Unit =
    arguments.grouped(2).foreach { pair => Files.write(Paths.get(pair(1)), answer(pair(0)).getBytes(UTF_8)) }

  /** The answer to one log; `{"refused":…}` where Spark itself cannot read it. */
  def answer(log: String): String = {
    val application = new CollectedApplication
    val reader = Files.newBufferedReader(Paths.get(log), UTF_8)
    val isRead =
      try {
        val lines = Iterator.continually(reader.readLine()).takeWhile(_ != null)
        ReplayDoor.replay(lines, log, application.accept)
      } catch {
        case broken: Exception =>
          new PrintStream(System.err, true, UTF_8.name).println(s"Spark does not read $log: $broken")
          false
      } finally reader.close()
    // A log that was copied while the application ran has no end.
    if (!application.hasEnded) application.accept(SparkListenerApplicationEnd(0))
    if (isRead) CollectedAnswer.of(application, masksWords = true) else "{\"refused\":\"spark\"}"
  }
}
