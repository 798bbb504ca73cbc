package com.clusop.listener.collect

import java.util.concurrent.atomic.AtomicLong

import org.apache.spark.scheduler.{AccumulableInfo, StageInfo}

/** What StageCompleted says: the sums over all tasks whose updates the driver took, failed and killed ones included. Times are
  * [[Readings.NoInteger]] where it has none. SQL accumulators are plain arrays, copied in the callback and looked at later;
  * `order` is the order in which stages completed.
  */
private[collect] final class StageTotals(
    val runMs: Long,
    val nativeNs: Long,
    val ids: Array[Long],
    val levels: Array[Long],
    val hasFailed: Boolean,
    val order: Long
) {
  def bytes: Long = 16L * ids.length + 64

  def withoutAccumulators: StageTotals =
    new StageTotals(runMs, nativeNs, new Array[Long](0), new Array[Long](0), hasFailed, order)
}

private[collect] object StageTotals {
  private val Internal = "internal."
  private val orders = new AtomicLong

  /** Spark goes on changing the map while a straggler of the stage ends, so it is copied before it is looked at; a copy that
    * the change broke is made once more. Null where that fails too: the stage then counts by its tasks.
    */
  def of(info: StageInfo): StageTotals =
    copied(info) match {
      case null => copied(info)
      case done => done
    }

  private def copied(info: StageInfo): StageTotals =
    try sums(info)
    catch {
      case _: java.util.ConcurrentModificationException | _: IndexOutOfBoundsException | _: NullPointerException |
          _: NoSuchElementException =>
        null
    }

  private def sums(info: StageInfo): StageTotals = {
    val shared = info.accumulables
    // One spare place: the map may grow meanwhile.
    val entries = new Array[AccumulableInfo](shared.size + 16)
    var count = 0
    val values = shared.valuesIterator
    while (values.hasNext && count < entries.length) {
      entries(count) = values.next()
      count += 1
    }
    if (values.hasNext) throw new java.util.ConcurrentModificationException
    var runMs = Readings.NoInteger
    var nativeNs = Readings.NoInteger
    val ids = new Array[Long](count)
    val levels = new Array[Long](count)
    var kept = 0
    var index = 0
    while (index < count) {
      val entry = entries(index)
      val value = Readings.integer(entry.value)
      if (value != Readings.NoInteger) {
        val name = if (entry.name.isEmpty) null else entry.name.get
        if (name == null || !name.startsWith(Internal)) {
          ids(kept) = entry.id
          levels(kept) = value
          kept += 1
        } else if (name == Readings.RunTime) runMs = value
        else if (name == Readings.NativeTime) nativeNs = value
      }
      index += 1
    }
    new StageTotals(
      runMs,
      nativeNs,
      java.util.Arrays.copyOf(ids, kept),
      java.util.Arrays.copyOf(levels, kept),
      info.failureReason.exists(_.nonEmpty),
      orders.incrementAndGet()
    )
  }
}
