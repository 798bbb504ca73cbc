package com.clusop.listener.economics

import com.clusop.listener.analysis.StageRun
import com.clusop.listener.{Fraction, Reason, Units}

/** Slot-time of a stage by epoch, in whole nanoseconds (what is finer is cut). Mirror of
  * `clusop.analysis.economics.attribution`.
  */
object Attribution {
  val NsPerHour: Fraction = Units.MsPerHour * Units.NsPerMs
  val Cut: Reason = Reason("busy-above-slots")
  val Unplaced: Reason = Reason("no-timeline")

  /** Node-hours of some stages: `run` of their successful tasks, `lost` of failed, killed and losing ones (billed). */
  final case class WorkHours(run: NodeHours, lost: NodeHours, remarks: Vector[Reason] = Vector.empty) {

    /** All that is billed for this work. */
    def total: NodeHours = run + lost
  }

  /** Whether the source tells in which of `epochCount` epochs the stage ran. */
  def isPlaced(stage: StageRun, epochCount: Int): Boolean =
    if (stage.runByEpochMs.isEmpty) (stage.runMs + stage.lostRunMs).isZero
    else stage.runByEpochMs.forall { case (index, _) => 0 <= index && index < epochCount }

  /** Calls `each` with epoch, slot-nanoseconds in it, and how many of them were lost: lost time is spread like all of it. */
  def eachSlotNs(stage: StageRun, taskCpus: Int)(each: (Int, Fraction, Fraction) => Unit): Unit = {
    val total = stage.runMs + stage.lostRunMs
    val lostShare = if (total.isZero || stage.lostRunMs.isZero) Fraction.Zero else stage.lostRunMs / total
    val cpus = Fraction(taskCpus.toLong)
    stage.runByEpochMs.foreach { case (index, runMs) =>
      val slotNs = (runMs * Units.NsPerMs).truncated * cpus
      each(index, slotNs, if (lostShare.isZero) Fraction.Zero else (slotNs * lostShare).truncated)
    }
  }
}
