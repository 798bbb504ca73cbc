package com.clusop.listener.collect

import com.clusop.listener.Fraction
import com.clusop.listener.analysis.Epoch

/** Task time over epochs, exact. Mirror of `share_by_epoch` and `share_evenly` in `clusop.eventlog.timeline`. */
private[collect] object EpochShares {

  /** `totalMs` over `epochs` in the proportions of `spread`. */
  def ofSpread(spread: Spread, totalMs: Fraction, epochs: Vector[Epoch]): Vector[(Int, Fraction)] = {
    val seenMs = spread.total
    if (epochs.isEmpty || seenMs == 0) Vector.empty
    else {
      val byEpoch = new java.util.TreeMap[Integer, java.lang.Long]
      (0 until spread.size).foreach { at =>
        val index = Integer.valueOf(Math.max(startedBy(epochs, spread.key(at)) - 1, 0))
        val known = byEpoch.get(index)
        byEpoch.put(index, (if (known == null) 0L else known.longValue) + spread.amount(at))
      }
      val shares = Vector.newBuilder[(Int, Fraction)]
      val entries = byEpoch.entrySet.iterator
      while (entries.hasNext) {
        val entry = entries.next()
        val runMs = entry.getValue.longValue
        if (runMs != 0) shares += ((entry.getKey.intValue, totalMs * Fraction(runMs, seenMs)))
      }
      shares.result()
    }
  }

  /** `totalMs` over `epochs` by the slots that were alive between two times: for a stage whose tasks were not seen. */
  def even(
      startMs: Option[Long],
      endMs: Option[Long],
      totalMs: Fraction,
      epochs: Vector[Epoch]
  ): Vector[(Int, Fraction)] =
    if (epochs.isEmpty || totalMs.isZero) Vector.empty
    else {
      val first = startMs.getOrElse(epochs.head.startAtMs)
      val last = endMs.getOrElse(epochs.last.endAtMs)
      val weights = epochs.map { epoch =>
        val sharedMs = Math.max(Math.min(last, epoch.endAtMs) - Math.max(first, epoch.startAtMs), 0L)
        Fraction(sharedMs) * Fraction(epoch.slotCount.toLong)
      }
      val weight = weights.foldLeft(Fraction.Zero)(_ + _)
      if (weight.isZero) Vector((Math.max(startedBy(epochs, first) - 1, 0), totalMs))
      else weights.zipWithIndex.collect { case (part, index) if !part.isZero => (index, totalMs * part / weight) }
    }

  /** How many epochs had started at `atMs`. */
  private def startedBy(epochs: Vector[Epoch], atMs: Long): Int = {
    var low = 0
    var high = epochs.size
    while (low < high) {
      val middle = (low + high) >>> 1
      if (epochs(middle).startAtMs <= atMs) low = middle + 1 else high = middle
    }
    low
  }
}
