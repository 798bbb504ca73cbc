package com.clusop.listener.collect

import com.clusop.listener.analysis.Epoch

/** The timeline as it was when it was looked at; never changes. Mirror of `clusop.eventlog.timeline.Timeline.epochs`. With every
  * fold the epochs are numbered anew.
  */
private[collect] final class TimelineView(
    changes: Array[Change],
    count: Int,
    startedAtMs: Long,
    firstAtMs: Long,
    val lastAtMs: Long,
    foldedAtMs: Long,
    val folds: Int
) {

  /** The cluster's epochs from the application's start (or the first event) to the last event; none without executors. */
  lazy val epochs: Vector[Epoch] =
    if (count == 0 || firstAtMs == 0 || lastAtMs == 0) Vector.empty
    else {
      val built = new EpochBuilder
      val ordered = relevant
      var opened = if (foldedAtMs > 0) foldedAtMs else if (startedAtMs == 0) firstAtMs else Math.min(startedAtMs, firstAtMs)
      var index = 0
      while (index < ordered.length) {
        val change = ordered(index)
        if (change.atMs > opened) {
          built.close(opened, change.atMs)
          opened = change.atMs
        }
        built.take(change)
        index += 1
      }
      if (lastAtMs > opened) built.close(opened, lastAtMs)
      built.result
    }

  /** Executor cores alive after all changes: of the driver (local mode), and of the others. */
  def alive: (Int, Int) = {
    val built = new EpochBuilder
    relevant.foreach(built.take)
    (built.driverCores, built.workerCores)
  }

  /** All changes in order of time; the driver's own count only where nobody else's are told. */
  private def relevant: Array[Change] = {
    val all = java.util.Arrays.copyOf(changes, count)
    val others = all.filter(_.executorId != Timeline.Driver)
    val ordered = if (others.isEmpty) all else others
    java.util.Arrays.sort(ordered, TimelineView.ByTime)
    ordered
  }
}

private[collect] object TimelineView {
  val ByTime: java.util.Comparator[Change] = new java.util.Comparator[Change] {
    override def compare(one: Change, other: Change): Int =
      if (one.atMs != other.atMs) java.lang.Long.compare(one.atMs, other.atMs) else Integer.compare(one.order, other.order)
  }
}

/** Puts epochs together, change by change. Cores and hosts are counted on the way: summing them anew for every epoch would be
  * quadratic on a cluster that breathes.
  */
private final class EpochBuilder {
  private val alive = new java.util.HashMap[String, Change]
  private val onHost = new java.util.HashMap[String, Integer]
  private val epochs = Vector.newBuilder[Epoch]
  private var open: Epoch = null
  var driverCores = 0
  var workerCores = 0

  def take(change: Change): Unit = {
    val before = if (change.coreCount > 0) alive.put(change.executorId, change) else alive.remove(change.executorId)
    if (before != null) count(before, -1)
    if (change.coreCount > 0) count(change, 1)
  }

  private def count(change: Change, sign: Int): Unit =
    if (change.executorId == Timeline.Driver) driverCores += sign * change.coreCount
    else {
      workerCores += sign * change.coreCount
      val known = onHost.get(change.host)
      val left = (if (known == null) 0 else known.intValue) + sign
      if (left == 0) onHost.remove(change.host) else onHost.put(change.host, left)
    }

  def close(startAtMs: Long, endAtMs: Long): Unit = {
    val slots = driverCores + workerCores
    val workers = onHost.size
    if (open != null && open.slotCount == slots && open.workerCount == workers) open = open.copy(endAtMs = endAtMs)
    else {
      if (open != null) epochs += open
      open = Epoch(startAtMs, endAtMs, slots, workers)
    }
  }

  def result: Vector[Epoch] = {
    if (open != null) epochs += open
    epochs.result()
  }
}
