package com.clusop.probe

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}

import com.clusop.listener.collect.Limits
import com.clusop.listener.json.{Json, JsonReader, JsonWriter}
import org.apache.spark.scheduler.SparkListenerEvent
import org.apache.spark.{SparkConf, SparkContext, SparkFirehoseListener}

/** A collector on a running Spark, with a thread of its own in the agent's place, named in `spark.extraListeners`. When the
  * application ends it writes what it found to the file `spark.probe.collected`. With `spark.probe.late` it listens from the
  * first query on only, and asks Spark for what was before. For tests.
  */
final class CollectedListener(conf: SparkConf) extends SparkFirehoseListener {
  private val isLate = conf.getBoolean("spark.probe.late", defaultValue = false)
  private var application: CollectedApplication = null

  if (!isLate) open(null)

  private def open(context: Object): Unit = {
    application = new CollectedApplication(Limits(), context, isImmediate = false)
    val agent = new Thread(new CollectedThread(application, conf.get("spark.probe.collected")), "collected")
    agent.setDaemon(true)
    agent.start()
  }

  override def onEvent(event: SparkListenerEvent): Unit = {
    if (application == null && event.getClass.getSimpleName == "SparkListenerSQLExecutionStart") open(SparkContext.getOrCreate())
    if (application != null) application.accept(event)
  }
}

/** Works as the agent's thread would, and tells what was found. */
private final class CollectedThread(application: CollectedApplication, file: String) extends Runnable {
  override def run(): Unit = {
    while (!application.hasEnded || application.waitingCount > 0) {
      application.nowMs.set(System.nanoTime / 1000000L)
      application.drain()
      application.collector.tick()
      Thread.sleep(2)
    }
    val unfinished = Paths.get(file + ".part")
    Files.write(unfinished, JsonWriter.canonical(told).getBytes(UTF_8))
    Files.move(unfinished, Paths.get(file)): Unit
  }

  private def told: Json = {
    val owners = new java.util.HashSet[String]
    var words = 0L
    val each = application.seen.iterator
    while (each.hasNext) {
      val one = each.next()
      owners.add(one.owner)
      if (one.assessment.diagnosis.observed.engineWords.nonEmpty) words += 1
    }
    Json.obj(
      "masked" -> answer(masksWords = true),
      "unmasked" -> answer(masksWords = false),
      "losses" -> application.losses.json,
      "owners" -> Json.num(owners.size.toLong),
      "told_words" -> Json.num(words)
    )
  }

  private def answer(masksWords: Boolean): Json =
    JsonReader.read(CollectedAnswer.of(application, masksWords)).fold(problem => Json.str(problem.what), found => found)
}
