package com.clusop.listener.economics

import com.clusop.listener.analysis.{Cluster, StageRun}
import com.clusop.listener.economics.Attribution.WorkHours
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Reason, Units}

/** All work on a cluster, by epoch: what was asked for there. Live twin of `clusop.analysis.economics.attribution.Ledger`.
  *
  * It is fed every stage attempt that ended, SQL or not, each once, and keeps one number per epoch and no stage: it grows
  * with the cluster's changes, not with its work. One thread's. Where more was asked for than was there, everybody is cut in
  * the same proportion; a query is cut by what was asked for until now.
  */
final class Ledger(taskCpus: Int) {
  private var busyNs: Array[Fraction] = new Array[Fraction](16)

  /** A stage attempt that ended, while the cluster had `epochCount` epochs. */
  def add(stage: StageRun, epochCount: Int): Unit =
    if (Attribution.isPlaced(stage, epochCount)) Attribution.eachSlotNs(stage, taskCpus) { (index, slotNs, _) =>
      if (index >= busyNs.length) busyNs = java.util.Arrays.copyOf(busyNs, Math.max(index + 1, busyNs.length * 2))
      busyNs(index) = busyIn(index) + slotNs
    }

  /** Slot-nanoseconds asked for in an epoch so far. */
  def busyIn(index: Int): Fraction =
    if (index < busyNs.length && busyNs(index) != null) busyNs(index) else Fraction.Zero

  /** The node-hours of `stages`, or `no-timeline` where the source does not tell when they ran. */
  def hoursOf(stages: Vector[StageRun], cluster: Cluster): Priced[WorkHours] = {
    val gap = Unpriced(Reason("no-timeline"))
    if (!stages.forall(Attribution.isPlaced(_, cluster.epochs.size))) gap
    else {
      val granted = new Granted(cluster)
      stages.foreach(granted.add)
      val hours = granted.hours
      if (hours.remarks == Vector(Attribution.Unplaced) && hours.total.driver.isZero) gap else Known(hours)
    }
  }

  /** What is granted of what stages ask for. */
  private final class Granted(cluster: Cluster) {
    private val runNs = new java.util.TreeMap[Integer, Fraction]
    private val lostNs = new java.util.TreeMap[Integer, Fraction]
    private var isCut = false
    private var isUnplaced = false

    def add(stage: StageRun): Unit = Attribution.eachSlotNs(stage, taskCpus) { (index, askedNs, askedLostNs) =>
      // A stage the ledger was never told of asks for its own time all the same.
      val busy = busyIn(index) max askedNs
      val room = roomIn(index)
      val isShort = busy > room
      if (isShort && room.isZero) isUnplaced = true
      if (isShort && room.signum > 0) isCut = true
      val slotNs = if (isShort) (askedNs * room / busy).floored else askedNs
      val lost = if (isShort) (askedLostNs * room / busy).floored else askedLostNs
      put(runNs, index, slotNs - lost)
      put(lostNs, index, lost)
    }

    def hours: WorkHours = WorkHours(
      nodeHours(runNs),
      nodeHours(lostNs),
      (if (isCut) Vector(Attribution.Cut) else Vector.empty) ++ (if (isUnplaced) Vector(Attribution.Unplaced) else Vector.empty)
    )

    private def roomIn(index: Int): Fraction = {
      val epoch = cluster.epochs(index)
      Fraction(epoch.endAtMs - epoch.startAtMs) * Units.NsPerMs * Fraction(epoch.slotCount.toLong)
    }

    private def put(sums: java.util.TreeMap[Integer, Fraction], index: Int, ns: Fraction): Unit = {
      val before = sums.get(index)
      sums.put(index, if (before == null) ns else before + ns): Unit
    }

    private def nodeHours(sums: java.util.TreeMap[Integer, Fraction]): NodeHours = {
      var hours = NodeHours.None
      val entries = sums.entrySet.iterator
      while (entries.hasNext) {
        val entry = entries.next()
        if (!entry.getValue.isZero) {
          val epoch = cluster.epochs(entry.getKey.intValue)
          val share = entry.getValue / (Fraction(epoch.slotCount.toLong) * Attribution.NsPerHour)
          hours = hours + Rates.nodesAlive(cluster, epoch.workerCount) * share
        }
      }
      hours
    }
  }
}

object Ledger {

  /** The ledger of a cluster on which exactly `stages` ran; a stage attempt named twice counts once. */
  def of(cluster: Cluster, stages: Vector[StageRun]): Ledger = {
    val ledger = new Ledger(cluster.taskCpus)
    val seen = new java.util.HashSet[(Int, Int)]
    stages.foreach { stage =>
      if (seen.add((stage.stageId, stage.attempt))) ledger.add(stage, cluster.epochs.size)
    }
    ledger
  }
}
