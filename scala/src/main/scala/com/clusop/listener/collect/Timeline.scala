package com.clusop.listener.collect

/** An executor that came (`coreCount` > 0) or left (0). `order` tells changes of one time apart. */
private[collect] final class Change(val atMs: Long, val order: Int, val executorId: String, val host: String, val coreCount: Int)

/** Who was alive when, and how task time spreads over the spans in which that did not change. Mirror of
  * `clusop.eventlog.timeline.Timeline`; written by the bus's thread only, read elsewhere through [[view]].
  *
  * Beyond `limit` changes the older half is folded: the timeline then begins later, with whoever was alive.
  */
private[collect] final class Timeline(limit: Int) {
  private var changes = new Array[Change](16)
  private var count = 0
  private var orders = 0
  private var times = new Array[Long](16)
  private var timeCount = 0
  private var startedAtMs = 0L
  private var firstAtMs = 0L
  private var lastAtMs = 0L
  private var foldedAtMs = 0L
  private var folds = 0

  /** When an executor last came or left; 0 before the first. */
  def lastChangeAtMs: Long = if (count == 0) 0 else changes(count - 1).atMs

  def applicationStarted(atMs: Long): Unit = if (atMs > 0) {
    startedAtMs = atMs
    seen(atMs)
  }

  /** Note that something happened at this time. */
  def seen(atMs: Long): Unit = if (atMs > 0) {
    if (firstAtMs == 0 || atMs < firstAtMs) firstAtMs = atMs
    if (atMs > lastAtMs) lastAtMs = atMs
  }

  def changed(atMs: Long, executorId: String, host: String, coreCount: Int): Unit = {
    seen(atMs)
    if (count >= limit) fold()
    append(atMs, executorId, host, coreCount)
  }

  private def append(atMs: Long, executorId: String, host: String, coreCount: Int): Unit = {
    // Views share the array: what lies below their count is never written again.
    if (count == changes.length) changes = java.util.Arrays.copyOf(changes, count * 2)
    changes(count) = new Change(atMs, orders, executorId, host, coreCount)
    count += 1
    orders += 1
    val found = java.util.Arrays.binarySearch(times, 0, timeCount, atMs)
    if (found < 0) {
      val place = -found - 1
      if (timeCount == times.length) times = java.util.Arrays.copyOf(times, timeCount * 2)
      System.arraycopy(times, place, times, place + 1, timeCount - place)
      times(place) = atMs
      timeCount += 1
    }
  }

  /** Whether this executor was told of already, in the same words: a seed and an event may both tell. */
  def knows(atMs: Long, executorId: String, coreCount: Int): Boolean = {
    var index = count - 1
    while (index >= 0) {
      val one = changes(index)
      if (one.atMs == atMs && one.coreCount == coreCount && one.executorId == executorId) return true
      index -= 1
    }
    false
  }

  def view: TimelineView = new TimelineView(changes, count, startedAtMs, firstAtMs, lastAtMs, foldedAtMs, folds)

  /** Add the run time of `task` to `into`, under the time of the change that opened each span it ran in: in proportion to the
    * overlap, in whole ms; what rounding leaves goes to the last span. 0 stands for the span before all changes.
    */
  def spread(task: TaskTimes, into: Spread): Unit = {
    val launched = task.launchedAtMs
    val finished = task.finishedAtMs
    if (timeCount == 0 || launched >= times(timeCount - 1)) into.add(if (timeCount == 0) 0 else times(timeCount - 1), task.runMs)
    else {
      val first = after(launched)
      val last = if (finished > times(timeCount - 1)) timeCount else after(finished - 1)
      if (last <= first) into.add(if (first > 0) times(first - 1) else 0, task.runMs)
      else {
        var leftMs = task.runMs
        var index = first
        while (index < last) {
          val start = if (index > 0) Math.max(launched, times(index - 1)) else launched
          val partMs = Timeline.part(task.runMs, times(index) - start, finished - launched)
          into.add(if (index > 0) times(index - 1) else 0, partMs)
          leftMs -= partMs
          index += 1
        }
        into.add(times(last - 1), leftMs)
      }
    }
  }

  /** The index of the first change after `atMs`. */
  private def after(atMs: Long): Int = {
    val found = java.util.Arrays.binarySearch(times, 0, timeCount, atMs)
    if (found >= 0) found + 1 else -found - 1
  }

  private def fold(): Unit = {
    val ordered = java.util.Arrays.copyOf(changes, count)
    java.util.Arrays.sort(ordered, TimelineView.ByTime)
    val cut = ordered(count / 2).atMs
    val alive = new java.util.LinkedHashMap[String, Change]
    var from = 0
    while (from < ordered.length && ordered(from).atMs <= cut) {
      val one = ordered(from)
      if (one.coreCount > 0) alive.put(one.executorId, one) else alive.remove(one.executorId)
      from += 1
    }
    changes = new Array[Change](Math.max(limit, 16))
    times = new Array[Long](Math.max(limit, 16))
    count = 0
    timeCount = 0
    foldedAtMs = cut
    folds += 1
    val staying = alive.values.iterator
    while (staying.hasNext) {
      val one = staying.next()
      append(cut, one.executorId, one.host, one.coreCount)
    }
    while (from < ordered.length) {
      val one = ordered(from)
      append(one.atMs, one.executorId, one.host, one.coreCount)
      from += 1
    }
  }
}

private[collect] object Timeline {

  /** The executor id of local mode, where the driver's own cores are the slots. */
  val Driver = "driver"

  /** `runMs * partMs // wholeMs`, whatever the size of the numbers. */
  def part(runMs: Long, partMs: Long, wholeMs: Long): Long =
    if (runMs >= 0 && runMs < Int.MaxValue && partMs >= 0 && partMs < Int.MaxValue) runMs * partMs / wholeMs
    else {
      val parts = java.math.BigInteger.valueOf(runMs).multiply(java.math.BigInteger.valueOf(partMs))
      val whole = java.math.BigInteger.valueOf(wholeMs)
      val quotient = parts.divideAndRemainder(whole)
      // Python rounds a quotient down, Java towards zero.
      if (quotient(1).signum != 0 && quotient(1).signum != whole.signum) quotient(0).longValue - 1 else quotient(0).longValue
    }
}
