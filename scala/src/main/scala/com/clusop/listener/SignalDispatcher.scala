package com.clusop.listener

import java.io.IOException
import java.nio.file.{Files, Path}

import com.clusop.listener.agent.OwnThread
import com.clusop.listener.deliver.{Batches, DeliveryOptions, Drafts, HttpSender, Lease, Outbox, RecordFiles, Sealed, Sent, Tally}

/** Sends from the JVM what no Python fetches: same agent, same sequences, same bytes.
  *
  * Its daemon thread "clusop-dispatch" starts when it is first needed and sleeps while it is not. To the endpoint if there is
  * one, else into the directory. While the endpoint does not answer, records wait in the ring, and on disk where a spool is set
  * and the ring runs full or the application ends. Nothing is acknowledged before the aggregator's receipt.
  */
final class SignalDispatcher(agent: String, options: () => DeliveryOptions, outbox: Outbox, clock: () => Long) {
  private val monitor = new Object
  private val http = new HttpSender(clock)
  private var thread: Thread = null
  private var isAsked = false
  @volatile private var isEnding = false
  @volatile private var word = "idle"
  @volatile private var isForgiven = false
  @volatile private var retryAtMs = 0L
  @volatile private var spoolCheckedAtMs = 0L
  @volatile private var hadSpool = false
  private var failures = 0
  private var heldBy = "idle"

  // Spool files that were sent and cannot be deleted: not sent again by this JVM. Used by the dispatcher's thread only.
  private val done = new java.util.HashSet[String]

  /** `idle`, `sending`, or the reason why it waits. */
  def state: String = if (isForgiven && word != "sending") "idle" else word

  /** Somebody else's records arrived: what held up this JVM is no news any more. Takes no lock. */
  def forgive(): Unit = isForgiven = true

  /** Asks the thread to look for records; starts it if there is none. Returns at once. */
  def wake(): Unit = {
    http.abortAfter(SignalDispatcher.LongestRequestMs)
    monitor.synchronized {
      isAsked = true
      if (thread == null || !thread.isAlive) start()
      monitor.notifyAll()
    }
  }

  /** Whether files may wait in the spool directory: some did when it was last looked at, or that was a minute ago. No look is
    * taken here: the disk may be a mount that hangs, and only the thread that sends may hang with it.
    */
  def mayHaveSpool: Boolean = {
    val chosen = options()
    chosen.endpoint.nonEmpty && chosen.spoolDirectory.nonEmpty && (hadSpool || isLookDue)
  }

  private def isLookDue: Boolean = Math.abs(clock() - spoolCheckedAtMs) >= SignalDispatcher.SpoolCheckMs

  /** The application ended: send what waits, for at most `deadlineMs`; spool the rest where a spool is set. What then remains
    * stays in the ring and is tried again while this JVM lives. Never called by a thread of Spark's bus.
    */
  def finish(deadlineMs: Long): Unit = {
    val untilNs = System.nanoTime + deadlineMs * SignalDispatcher.NsPerMs
    val chosen = options()
    if (outbox.waitingCount > 0 && (chosen.hasSink || chosen.spoolDirectory.nonEmpty)) {
      isEnding = true
      retryAtMs = 0L
      if (chosen.hasSink) {
        wake()
        awaitUntil(untilNs - Math.min(SignalDispatcher.SpoolReserveMs, deadlineMs / 4) * SignalDispatcher.NsPerMs)
      }
      if (outbox.waitingCount > 0 && chosen.spoolDirectory.nonEmpty) {
        // A disk that hangs holds up this thread and nobody else.
        val worker = OwnThread.of("clusop-spool", new Runnable { def run(): Unit = spoolTheEnd(chosen) })
        try {
          worker.start()
          worker.join(Math.max(SignalDispatcher.SpoolReserveMs, (untilNs - System.nanoTime) / SignalDispatcher.NsPerMs))
          if (worker.isAlive) stuck("spool-unwritable"): Unit
        } catch { case _: OutOfMemoryError => stuck("spool-unwritable"): Unit }
      }
      isEnding = false
    }
  }

  private def awaitUntil(untilNs: Long): Unit = monitor.synchronized {
    var leftMs = (untilNs - System.nanoTime) / SignalDispatcher.NsPerMs
    while (leftMs > 0 && outbox.waitingCount > 0 && (isAsked || word == "sending" || outbox.isLent)) {
      monitor.wait(Math.min(leftMs, SignalDispatcher.GlanceMs))
      leftMs = (untilNs - System.nanoTime) / SignalDispatcher.NsPerMs
    }
  }

  private def start(): Unit =
    try {
      val fresh = OwnThread.of("clusop-dispatch", new Loop)
      thread = fresh
      fresh.start()
    } catch {
      // No thread to be had: the records stay in the ring.
      case _: OutOfMemoryError => thread = null
    }

  private final class Loop extends Runnable {
    def run(): Unit = while (true) {
      monitor.synchronized {
        while (!isAsked) monitor.wait()
        isAsked = false
        word = "sending"
      }
      var goesOn = true
      while (goesOn)
        goesOn =
          try round()
          catch {
            case _: InterruptedException => false
            case _: Exception            => refused("agent-error", -1L)
          }
      monitor.synchronized {
        if (word == "sending") word = if (retryAtMs > clock()) heldBy else "idle"
        monitor.notifyAll()
      }
    }
  }

  /** One lease or one spool file. Whether there may be more to do now. */
  private def round(): Boolean = {
    val chosen = options()
    val nowMs = clock()
    if (nowMs < retryAtMs && retryAtMs - nowMs <= HttpSender.MaxWaitMs) false
    else if (chosen.endpoint.nonEmpty)
      outbox.take(nowMs, isEnding) match {
        case Some(lease) => post(lease, chosen)
        case None        => postSpooled(chosen)
      }
    else if (chosen.directory.nonEmpty) outbox.take(nowMs, isEnding).exists(file(_, chosen))
    else false
  }

  private def post(lease: Lease, chosen: DeliveryOptions): Boolean = {
    val found = new Batches(http.send(_, chosen, timeoutOf(chosen))).deliver(lease.records.map(_.line))
    outbox.arrived(lease, found.arrived.map(lease.records(_).sequence))
    found.lost.groupBy(_._2).foreach { case (reason, places) =>
      outbox.gone(reason, places.map(place => lease.records(place._1).sequence))
    }
    found.later match {
      case None =>
        worked()
        true
      case Some(wait) =>
        val isFull = outbox.waitingCount > chosen.ringMaxRecords / 2
        val left = lease.records.drop(found.arrived.size + found.lost.size)
        if (isFull && chosen.spoolDirectory.nonEmpty && !isEnding) spool(left, chosen): Unit
        outbox.giveBack(lease)
        refused(wait.reason, wait.retryAfterMs)
    }
  }

  private def file(lease: Lease, chosen: DeliveryOptions): Boolean =
    try {
      RecordFiles.write(chosen.directory, agent, lease.records)
      outbox.arrived(lease, lease.records.map(_.sequence))
      worked()
      true
    } catch {
      case _: IOException | _: SecurityException | _: IllegalArgumentException =>
        outbox.giveBack(lease)
        refused("directory-unwritable", -1L)
    }

  private def postSpooled(chosen: DeliveryOptions): Boolean =
    // What lies on disk is not lent by the outbox: it has to be asked, before each file and each batch of it.
    if (chosen.spoolDirectory.isEmpty || isEnding || outbox.isOff) false
    else {
      if (isLookDue) {
        Drafts.sweep(chosen.spoolDirectory, clock())
        spoolCheckedAtMs = clock()
      }
      nextSpooled(chosen) match {
        case None =>
          hadSpool = false
          false
        case Some((path, held)) =>
          hadSpool = true
          // The file is sent as a whole: what it loses is counted once it is done, for until then all of it is sent again.
          val lost = new Tally()
          var later = Option.empty[Sent.Later]
          var isHushed = false
          held.records.grouped(SignalDispatcher.BatchRecords).foreach { batch =>
            isHushed = isHushed || outbox.isOff
            if (later.isEmpty && !isHushed) {
              val outcome = new Batches(http.send(_, chosen, timeoutOf(chosen))).deliver(batch)
              outcome.lost.foreach { case (_, reason) => lost.add(reason, 1) }
              later = outcome.later
            }
          }
          lost.add("spool-file-damaged", held.damaged.toLong)
          later match {
            case Some(wait)       => refused(wait.reason, wait.retryAfterMs)
            case None if isHushed => false
            case None             =>
              // What another agent left behind is in its own account, which is closed.
              val isOwn = path.getFileName.toString.startsWith(s"clusop-$agent-")
              if (isOwn) lost.all.foreach { case (reason, number) => outbox.count(reason, number) }
              worked()
              forget(path)
              true
          }
      }
    }

  /** The first file that can be read; the others stay for whoever can, or for later. */
  private def nextSpooled(chosen: DeliveryOptions): Option[(Path, RecordFiles.Contents)] = {
    val mostBytes = chosen.spoolMaxBytes max SignalDispatcher.MostSpoolFileBytes
    val each = RecordFiles.found(chosen.spoolDirectory).iterator.filterNot(path => done.contains(path.getFileName.toString))
    var found = Option.empty[(Path, RecordFiles.Contents)]
    while (found.isEmpty && each.hasNext) {
      val path = each.next()
      found = RecordFiles.contents(path, mostBytes).map(path -> _)
    }
    found
  }

  private def forget(path: Path): Unit =
    try Files.deleteIfExists(path): Unit
    catch {
      case _: IOException | _: SecurityException =>
        if (done.size < SignalDispatcher.MostRemembered) done.add(path.getFileName.toString): Unit
    }

  /** The final state first, then the oldest, in files of one batch each: a disk that fails or a JVM that is killed meanwhile
    * leaves what was written, and the state tells how many records there were.
    */
  private def spoolTheEnd(chosen: DeliveryOptions): Unit = {
    val roomBytes = chosen.spoolMaxBytes - RecordFiles.sizeOf(chosen.spoolDirectory)
    val records = outbox.remainderWithin(roomBytes)
    // Nothing to write may also mean that all of it has arrived meanwhile.
    if (records.isEmpty && outbox.waitingCount > 0) stuck("spool-full"): Unit
    val files = (records.takeRight(1) +: records.dropRight(1).grouped(SignalDispatcher.BatchRecords).toVector).iterator
    var isTaken = true
    while (isTaken && files.hasNext) isTaken = spool(files.next(), chosen)
  }

  /** Puts records on disk and lets go of them; what does not fit stays in the ring, which counts what it must drop. */
  private def spool(records: Vector[Sealed], chosen: DeliveryOptions): Boolean =
    if (records.isEmpty || chosen.spoolDirectory.isEmpty) false
    else {
      val size = records.map(_.line.length + 1L).sum
      if (RecordFiles.sizeOf(chosen.spoolDirectory) + size > chosen.spoolMaxBytes) stuck("spool-full")
      else
        try {
          RecordFiles.spool(chosen.spoolDirectory, agent, records)
          outbox.spooled(records.map(_.sequence))
          hadSpool = true
          true
        } catch {
          case _: IOException | _: SecurityException | _: IllegalArgumentException => stuck("spool-unwritable")
        }
    }

  private def stuck(reason: String): Boolean = {
    isForgiven = false
    word = reason
    false
  }

  private def worked(): Unit = {
    failures = 0
    retryAtMs = 0L
  }

  /** Backs off: 1 s, doubled to 5 minutes, or as long as the aggregator asked for. Always `false`: nothing more to do now. */
  private def refused(reason: String, retryAfterMs: Long): Boolean = {
    failures += 1
    val backOffMs = SignalDispatcher.FirstBackOffMs << Math.min(failures - 1, SignalDispatcher.MostDoublings)
    val waitMs = if (retryAfterMs >= 0) retryAfterMs else Math.min(backOffMs, HttpSender.MaxWaitMs)
    retryAtMs = clock() + waitMs
    heldBy = reason
    isForgiven = false
    word = reason
    false
  }

  private def timeoutOf(chosen: DeliveryOptions): Int =
    if (isEnding) Math.min(chosen.timeoutMs, SignalDispatcher.EndTimeoutMs) else chosen.timeoutMs
}

object SignalDispatcher {
  private val NsPerMs = 1000000L
  private val GlanceMs = 50L
  private val SpoolCheckMs = 60000L
  private val SpoolReserveMs = 400L
  private val FirstBackOffMs = 1000L
  private val MostDoublings = 10
  private val EndTimeoutMs = 1500
  private val LongestRequestMs = 150000L
  private val BatchRecords = 100
  private val MostRemembered = 10000
  private val MostSpoolFileBytes = 16L * 1024 * 1024

}
