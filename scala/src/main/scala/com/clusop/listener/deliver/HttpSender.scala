package com.clusop.listener.deliver

import java.io.{ByteArrayOutputStream, IOException, InputStream}
import java.net.{HttpRetryException, HttpURLConnection, URL}
import java.nio.charset.StandardCharsets.{US_ASCII, UTF_8}
import java.nio.file.{Files, Paths}

import com.clusop.listener.json.{Json, JsonReader}

/** What became of one POST. */
sealed trait Sent

object Sent {

  /** The aggregator answered for the whole batch; `refused` names, by agent and sequence, what is lost and why. */
  final case class Acknowledged(refused: Vector[Json.Obj]) extends Sent

  /** Not now; `retryAfterMs` is what the aggregator asked for, -1 where it did not say. */
  final case class Later(reason: String, retryAfterMs: Long = -1L) extends Sent

  /** The batch is too large, or something in it is malformed: halve it. `reason` is what a single record is lost by, where it is
    * the aggregator that says so: a gateway in between can ask for smaller batches, but not condemn a record.
    */
  final case class Halve(reason: String, isOurs: Boolean) extends Sent
}

/** POSTs batches of lines to the aggregator. No redirect is followed (a token must not travel), no proxy but the named one is
  * used, and nothing but a receipt acknowledges: a captive portal says 200 too.
  */
final class HttpSender(clock: () => Long) {
  @volatile private var current: HttpURLConnection = null
  @volatile private var beganAtMs = 0L
  @volatile private var isAborted = false

  def send(lines: Vector[String], options: DeliveryOptions, timeoutMs: Int): Sent =
    token(options) match {
      case Left(reason)  => Sent.Later(reason)
      case Right(bearer) =>
        try exchange(lines, options, bearer, timeoutMs)
        catch {
          case _: java.net.SocketTimeoutException => Sent.Later("endpoint-unreachable")
          case refusal: HttpRetryException        => judged(refusal.responseCode, "", "", lines.size)
          case _: IOException                     => Sent.Later("endpoint-unreachable")
          case _: IllegalArgumentException        => Sent.Later("endpoint-unreachable")
          // Java's connection meets the closing with whatever it trips over first, a NullPointerException among them.
          case _: RuntimeException if isAborted => Sent.Later("endpoint-unreachable")
        } finally current = null
    }

  /** Closes a request that has been under way for longer than `mostMs`: Java has no timeout for writing. */
  def abortAfter(mostMs: Long): Unit = {
    val open = current
    if (open != null && Math.abs(clock() - beganAtMs) > mostMs) {
      isAborted = true
      open.disconnect()
    }
  }

  private def exchange(lines: Vector[String], options: DeliveryOptions, bearer: String, timeoutMs: Int): Sent = {
    val url: URL = options.signalsUrl
    url.openConnection(options.proxy) match {
      case connection: HttpURLConnection =>
        beganAtMs = clock()
        current = connection
        try {
          val body = lines.mkString("", "\n", "\n").getBytes(US_ASCII)
          connection.setRequestMethod("POST")
          connection.setInstanceFollowRedirects(false)
          connection.setUseCaches(false)
          connection.setConnectTimeout(timeoutMs)
          connection.setReadTimeout(timeoutMs)
          connection.setRequestProperty("Content-Type", "application/x-ndjson")
          connection.setRequestProperty("Accept", "application/json")
          connection.setRequestProperty("User-Agent", "clusop-agent")
          if (bearer.nonEmpty) connection.setRequestProperty("Authorization", s"Bearer $bearer")
          connection.setDoOutput(true)
          // Streaming, because otherwise Java silently sends a POST twice when a kept-alive connection breaks.
          connection.setFixedLengthStreamingMode(body.length)
          val out = connection.getOutputStream
          out.write(body)
          out.close()
          val status = connection.getResponseCode
          val stream = if (status >= 400) connection.getErrorStream else connection.getInputStream
          judged(status, String.valueOf(connection.getHeaderField("Retry-After")), read(stream, timeoutMs), lines.size)
        } finally connection.disconnect()
      case _ => Sent.Later("endpoint-unreachable")
    }
  }

  private def judged(status: Int, retryAfter: String, body: String, sent: Int): Sent = status match {
    case 200             => Receipt.refusedOf(body, sent).map(Sent.Acknowledged(_)).getOrElse(Sent.Later("endpoint-not-ours"))
    case 413             => Sent.Halve("too-large", isOurs(body))
    case 400 | 422       => Sent.Halve("refused", isOurs(body))
    case 401 | 403       => Sent.Later("endpoint-denied")
    case 408 | 425 | 429 => Sent.Later("endpoint-busy", waitOf(retryAfter))
    case other if other >= 500 => Sent.Later("endpoint-busy", waitOf(retryAfter))
    case _                     => Sent.Later("endpoint-not-ours")
  }

  /** Whether a refusal is the aggregator's: an object that says why in a sentence. */
  private def isOurs(body: String): Boolean = JsonReader.read(body) match {
    case Right(told: Json.Obj) => told.get("sentence").exists(_.isInstanceOf[Json.Str]) || told.get("clusop_receipt").isDefined
    case _                     => false
  }

  /** Seconds of a Retry-After, at most 5 minutes; a date in it counts as not said. */
  private def waitOf(header: String): Long = {
    val text = header.trim
    if (text.isEmpty || text.length > 9 || !text.forall(c => c >= '0' && c <= '9')) -1L
    else (java.lang.Long.parseLong(text) * 1000L) min HttpSender.MaxWaitMs
  }

  /** At most 64 KiB, within the timeout as a whole: a server that drips a byte a second is as good as silent. */
  private def read(stream: InputStream, timeoutMs: Int): String =
    if (stream == null) ""
    else {
      val held = new ByteArrayOutputStream
      val buffer = new Array[Byte](HttpSender.BufferBytes)
      val fromNs = System.nanoTime
      var count = stream.read(buffer)
      while (count >= 0 && held.size < HttpSender.MaxAnswerBytes) {
        held.write(buffer, 0, count)
        if ((System.nanoTime - fromNs) / 1000000L > timeoutMs) throw new java.net.SocketTimeoutException("slow answer")
        count = stream.read(buffer)
      }
      new String(held.toByteArray, UTF_8)
    }

  /** The bearer token, read anew: a rotated one needs no restart. `""` where none is configured. */
  private def token(options: DeliveryOptions): Either[String, String] =
    if (options.tokenFile.isEmpty) Right("")
    else
      try {
        val path = Paths.get(options.tokenFile)
        if (Files.size(path) > HttpSender.MaxTokenBytes) Left("unreadable-token-file")
        else {
          val text = new String(Files.readAllBytes(path), UTF_8).trim
          // A line break inside would be another header.
          if (text.nonEmpty && text.forall(c => c > ' ' && c <= '~')) Right(text) else Left("unreadable-token-file")
        }
      } catch { case _: Exception => Left("unreadable-token-file") }
}

object HttpSender {
  val MaxWaitMs: Long = 5 * 60 * 1000L
  private val BufferBytes = 8192
  private val MaxAnswerBytes = 64 * 1024
  private val MaxTokenBytes = 16384L
}
