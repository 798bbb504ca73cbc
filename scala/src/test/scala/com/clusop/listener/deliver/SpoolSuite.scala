package com.clusop.listener.deliver

import java.io.{BufferedReader, IOException, InputStreamReader}
import java.net.{InetAddress, ServerSocket}
import java.nio.charset.StandardCharsets.US_ASCII
import java.nio.file.{Files, Path}
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger

import com.clusop.listener.SignalDispatcher
import com.clusop.listener.settings.Settings
import org.scalatest.funsuite.AnyFunSuite

/** What the dispatcher does with the files in the spool, whoever wrote them. */
class SpoolSuite extends AnyFunSuite {
  private def receipt(accepted: Int, refused: String = "") =
    "200 OK" -> s"""{"clusop_receipt":1,"accepted":$accepted,"known":0,"refused":[$refused]}"""

  /** A server that gives the answers of a list, one connection each, then receipts for what came; and what it was sent. */
  private final class Script(answers: Vector[(String, String)]) {
    val bodies = new ConcurrentLinkedQueue[String]
    private val listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress)
    val url = s"http://${listening.getInetAddress.getHostAddress}:${listening.getLocalPort}"
    private val server = new Thread(new Runnable { def run(): Unit = serve() })
    server.setDaemon(true)
    server.start()

    private def serve(): Unit = {
      var left = answers
      try
        while (true) {
          val connection = listening.accept()
          val in = new BufferedReader(new InputStreamReader(connection.getInputStream, US_ASCII))
          var length = 0
          var line = in.readLine()
          while (line != null && line.nonEmpty) {
            if (line.toLowerCase.startsWith("content-length:")) length = line.substring(15).trim.toInt
            line = in.readLine()
          }
          val body = new Array[Char](length)
          var read = 0
          while (read < length) read += in.read(body, read, length - read)
          bodies.add(new String(body))
          val (status, text) = left.headOption.getOrElse(receipt(body.count(_ == '\n')))
          left = left.drop(1)
          val head = s"HTTP/1.1 $status\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n"
          connection.getOutputStream.write((head + text).getBytes(US_ASCII))
          connection.close()
        }
      catch { case _: IOException => () }
    }

    def close(): Unit = {
      listening.close()
      server.join(10000)
    }
  }

  /** An outbox with nothing in it but its account of losses. */
  private final class Account extends Outbox {
    val counts = new ConcurrentLinkedQueue[(String, Long)]
    @volatile var silent: () => Boolean = () => false
    def isOff: Boolean = silent()
    def take(nowMs: Long, isEnd: Boolean): Option[Lease] = None
    def arrived(lease: Lease, sequences: Vector[Long]): Unit = ()
    def gone(reason: String, sequences: Vector[Long]): Unit = ()
    def giveBack(lease: Lease): Unit = ()
    def count(reason: String, number: Long): Unit = counts.add(reason -> number): Unit
    def waitingCount: Int = 0
    def isLent: Boolean = false
    def remainderWithin(bytes: Long): Vector[Sealed] = Vector.empty
    def spooled(sequences: Vector[Long]): Unit = ()
  }

  private def spool(): Path = Files.createTempDirectory("clusop-spool")
  private def line(sequence: Int): String = s"""{"agent":"${Sightings.AgentId}","sequence":$sequence,"x":1}"""
  private def name(number: Int): String = s"clusop-${Sightings.AgentId}-$number-$number.jsonl"
  private def file(in: Path, number: Int, lines: Seq[String]): Path =
    Files.write(in.resolve(name(number)), lines.mkString("", "\n", "\n").getBytes(US_ASCII))

  /** Wakes the dispatcher, with its waits cut short, until `holds`. */
  private def sending(in: Path, script: Script, account: Account)(holds: => Boolean): Unit =
    try {
      val conf = Map("spark.clusop.endpoint" -> script.url, "spark.clusop.spool.directory" -> in.toString)
      val options = new DeliveryOptions(Settings.resolve(conf, Map.empty, _ => None))
      @volatile var nowMs = 1000000L
      val dispatcher = new SignalDispatcher(Sightings.AgentId, () => options, account, () => nowMs)
      val untilNs = System.nanoTime + 30000000000L
      while (!holds && System.nanoTime < untilNs) {
        // Not while a request is under way: on a busy machine it would grow too old and be closed.
        if (dispatcher.state != "sending") nowMs += 10000
        dispatcher.wake()
        Thread.sleep(10)
      }
      assert(holds)
    } finally script.close()

  test("what a file loses is counted once, however often a part of it must wait") {
    val refusal = s"""{"agent":"${Sightings.AgentId}","sequence":7,"reason":"conflict","sentence":"No."}"""
    val refusing = receipt(99, refusal)
    val busy = "503 Busy" -> ""
    val (in, account) = (spool(), new Account)
    val path = file(in, 1, (1 to 150).map(line) :+ "garbage")
    val script = new Script(Vector(refusing, busy, refusing, busy, refusing))
    sending(in, script, account)(Files.notExists(path) && account.counts.size >= 2)
    assert(script.bodies.size == 6)
    assert(account.counts.toArray.toVector == Vector("conflict" -> 1L, "spool-file-damaged" -> 1L))
  }

  test("a receipt for another number of records acknowledges nothing") {
    val (in, account) = (spool(), new Account)
    val path = file(in, 1, Vector(line(1), line(2)))
    val stranger = s"""{"agent":"${"0" * 32}","sequence":1,"reason":"conflict"}"""
    val wrong = Vector(receipt(0), receipt(1), receipt(3), receipt(2, stranger), "200 OK" -> """{"clusop_receipt":1}""")
    val script = new Script(wrong :+ receipt(1, stranger))
    sending(in, script, account)(Files.notExists(path))
    assert(script.bodies.size == wrong.size + 1)
    // What was never sent cannot be lost.
    assert(account.counts.isEmpty)
  }

  test("a reason that is none of ours is not told on") {
    val (in, account) = (spool(), new Account)
    val path = file(in, 1, Vector(line(1)))
    val refusal = s"""{"agent":"${Sightings.AgentId}","sequence":1,"reason":"a customer's name"}"""
    sending(in, new Script(Vector(receipt(0, refusal))), account)(Files.notExists(path) && account.counts.size == 1)
    assert(account.counts.toArray.toVector == Vector("refused" -> 1L))
  }

  test("once nothing may leave any more, no further file and no further batch of one goes") {
    val (in, account) = (spool(), new Account)
    val sent = file(in, 1, Vector(line(1)))
    val left = Vector(file(in, 2, (1 to 250).map(line)), file(in, 3, Vector(line(3))))
    val script = new Script(Vector.empty)
    val asked = new AtomicInteger
    account.silent = () => {
      val isOver = script.bodies.size >= 2
      if (isOver) asked.incrementAndGet()
      isOver
    }
    sending(in, script, account)(Files.notExists(sent) && asked.get >= 5)
    assert(script.bodies.size == 2)
    assert(left.forall(Files.exists(_)))
  }

  test("what cannot be read is left where it is, is no loss, and stops no other file") {
    val (in, account) = (spool(), new Account)
    // Nobody can read a directory as a file, not even root.
    val unreadable = Files.createDirectory(in.resolve(name(1)))
    val path = file(in, 2, Vector(line(2)))
    val script = new Script(Vector.empty)
    sending(in, script, account)(Files.notExists(path))
    assert(Files.exists(unreadable))
    assert(account.counts.isEmpty)
    assert(script.bodies.toArray.toVector == Vector(line(2) + "\n"))
  }

  test("a gateway's refusal destroys nothing") {
    val (in, account) = (spool(), new Account)
    val path = file(in, 1, Vector(line(1)))
    val gateway = "400 Bad Request" -> "<html>The plain HTTP request was sent to HTTPS port</html>"
    val script = new Script(Vector.fill(3)(gateway))
    sending(in, script, account)(Files.notExists(path))
    assert(script.bodies.size == 4)
    assert(account.counts.isEmpty)
  }
}
