package com.clusop.listener.deliver

import java.io.IOException
import java.net.{InetAddress, ServerSocket, Socket}
import java.nio.charset.StandardCharsets.US_ASCII
import java.util.concurrent.{CountDownLatch, TimeUnit}

import com.clusop.listener.settings.Settings
import org.scalatest.funsuite.AnyFunSuite

/** What a timeout for connecting and reading cannot end: a server that drips, and one that never reads. */
class HttpSenderSuite extends AnyFunSuite {
  private val DeadlineSeconds = 30L
  private val TimeoutMs = 2000
  private val StepMs = 20L
  private val LongMs = 150000L

  /** A server of one connection, spoken to by `answer`; one request under way to it. */
  private final class Exchange(answer: (Socket, CountDownLatch) => Unit, line: String = "{}") {
    @volatile var nowMs = 1000000L
    @volatile private var sent: Option[Either[Throwable, Sent]] = None
    private val listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress)
    private val underWay = new CountDownLatch(1)
    private val finished = new CountDownLatch(1)
    val sender = new HttpSender(() => nowMs)
    private val server = begin {
      try {
        val connection = listening.accept()
        try answer(connection, underWay)
        finally connection.close()
      } catch { case _: IOException | _: InterruptedException => () }
    }
    private val client = begin {
      val endpoint = s"http://${listening.getInetAddress.getHostAddress}:${listening.getLocalPort}"
      val options = new DeliveryOptions(Settings.resolve(Map("spark.clusop.endpoint" -> endpoint), Map.empty, _ => None))
      sent =
        try Some(Right(sender.send(Vector(line), options, TimeoutMs)))
        catch { case failure: Throwable => Some(Left(failure)) }
      finished.countDown()
    }
    assert(underWay.await(DeadlineSeconds, TimeUnit.SECONDS), "the server saw no request")

    private def begin(action: => Unit): Thread = {
      val thread = new Thread(new Runnable { def run(): Unit = action })
      thread.setDaemon(true)
      thread.start()
      thread
    }
    def isUnderWay: Boolean = sent.isEmpty
    def outcome(): Either[Throwable, Sent] = {
      assert(finished.await(DeadlineSeconds, TimeUnit.SECONDS), "the request is still under way")
      sent.get
    }
    def close(): Unit = {
      listening.close()
      server.interrupt()
      Seq(server, client).foreach(_.join(DeadlineSeconds * 1000))
    }
  }

  private def during(exchange: Exchange)(check: Exchange => Unit): Unit =
    try check(exchange)
    finally exchange.close()

  /** Reads the request to its blank line and answers a head that never ends, a byte at a time: no read ever waits long. */
  private def drip(connection: Socket, underWay: CountDownLatch): Unit = {
    val in = connection.getInputStream
    val out = connection.getOutputStream
    var tail = ""
    while (tail != "\r\n\r\n") tail = (tail + in.read().toChar).takeRight(4)
    out.write("HTTP/1.1 200 OK\r\nX-Slow: ".getBytes(US_ASCII))
    while (true) {
      out.write('a')
      out.flush()
      underWay.countDown()
      Thread.sleep(StepMs)
    }
  }

  test("a request to a server that drips is closed once it is too old, and not before") {
    during(new Exchange(drip)) { exchange =>
      exchange.sender.abortAfter(LongMs)
      exchange.nowMs += LongMs
      exchange.sender.abortAfter(LongMs)
      // Longer than the timeout for reading, which a dripping server never lets pass.
      Thread.sleep(TimeoutMs + 500L)
      assert(exchange.isUnderWay)
      exchange.nowMs += 1
      exchange.sender.abortAfter(LongMs)
      assert(exchange.outcome() == Right(Sent.Later("endpoint-unreachable")))
    }
  }

  test("a clock that was set back does not make a request immortal") {
    during(new Exchange(drip)) { exchange =>
      exchange.nowMs -= LongMs + 1
      exchange.sender.abortAfter(LongMs)
      assert(exchange.outcome() == Right(Sent.Later("endpoint-unreachable")))
    }
  }

  test("a request that cannot be written because nobody reads it is closed") {
    val huge = "x" * (64 * 1024 * 1024)
    def mute(connection: Socket, underWay: CountDownLatch): Unit = {
      connection.getInputStream.read()
      underWay.countDown()
      Thread.sleep(DeadlineSeconds * 1000)
    }
    during(new Exchange(mute, huge)) { exchange =>
      Thread.sleep(TimeoutMs + 500L)
      assert(exchange.isUnderWay)
      exchange.nowMs += LongMs + 1
      exchange.sender.abortAfter(LongMs)
      assert(exchange.outcome() == Right(Sent.Later("endpoint-unreachable")))
    }
  }

  test("with no request under way there is nothing to close") {
    new HttpSender(() => 1L).abortAfter(0)
  }
}
