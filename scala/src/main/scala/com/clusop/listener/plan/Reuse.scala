package com.clusop.listener.plan

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

/** One operator as it was met, in pre-order: its parent by index (-1 for none), its region (0 is outside every reuse, each reuse
  * opens one), the accumulators of its metrics.
  */
private[plan] final class Occurrence(val parent: Int, val region: Int, val accumulatorIds: Vector[Long])

/** Which operators below a reuse are duplicates: those all of whose accumulators were seen elsewhere. Mirror of
  * `clusop.plan.reuse`.
  */
private[plan] object Reuse {

  /** For each occurrence whether it stays. `regionLevels` says how many reuses stand around each region. Outer regions are settled
    * before inner ones, regions of one level in their order. An operator without metrics goes where every operator around it in its
    * region goes.
    */
  def kept(occurrences: Vector[Occurrence], regionLevels: Vector[Int]): Array[Boolean] = {
    val kept = occurrences.iterator.map(_.region == 0).toArray
    val members = Array.fill(regionLevels.size)(ArrayBuffer.empty[Int])
    occurrences.indices.foreach(index => members(occurrences(index).region) += index)
    val seen = mutable.HashSet.empty[Long]
    members(0).foreach(index => seen ++= occurrences(index).accumulatorIds)
    (1 until regionLevels.size).sortBy(regionLevels(_)).foreach(region => settle(occurrences, members(region), seen, kept))
    kept
  }

  private def settle(
      occurrences: Vector[Occurrence],
      region: ArrayBuffer[Int],
      seen: mutable.HashSet[Long],
      kept: Array[Boolean]
  ): Unit = {
    region.foreach(index => kept(index) = !occurrences(index).accumulatorIds.forall(seen))
    keepBetween(occurrences, region, kept)
    region.foreach(index => seen ++= occurrences(index).accumulatorIds)
  }

  /** Keeps operators without metrics whose nearest relative with metrics, above or below in the region, stays. */
  private def keepBetween(occurrences: Vector[Occurrence], region: ArrayBuffer[Int], kept: Array[Boolean]): Unit = {
    val above = mutable.HashMap.empty[Int, Boolean]
    val below = mutable.HashMap.empty[Int, Boolean]
    region.foreach { index =>
      val parent = occurrences(index).parent
      // The parent stands before its child: it is in the map if it is in the region.
      val near = above.contains(parent) && (if (occurrences(parent).accumulatorIds.nonEmpty) kept(parent) else above(parent))
      above.put(index, near)
    }
    region.reverseIterator.foreach { index =>
      val occurrence = occurrences(index)
      val stays = if (occurrence.accumulatorIds.nonEmpty) kept(index) else below.getOrElse(index, false)
      if (above.contains(occurrence.parent))
        below.put(occurrence.parent, below.getOrElse(occurrence.parent, false) || stays)
    }
    region.foreach { index =>
      if (occurrences(index).accumulatorIds.isEmpty) kept(index) = above(index) || below.getOrElse(index, false)
    }
  }
}
