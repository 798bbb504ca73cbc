package com.clusop.listener.collect

import com.clusop.listener.Fraction
import com.clusop.listener.analysis.StageRun
import com.clusop.listener.deliver.StageDone

/** The parts of a stage attempt by UTC hour, as its tasks' own times tell; they add up to the attempt. */
private[collect] object StageHours {

  def of(sums: StageSums, runs: Vector[StageRun], isSql: Boolean, taskCpus: Int): Vector[StageDone] =
    runs.find(run => run.stageId == sums.stageId && run.attempt == sums.attempt) match {
      case None                               => Vector.empty
      case Some(run) if sums.hours.total <= 0 => Vector(whole(run, isSql, taskCpus))
      case Some(run) if sums.hours.size == 1  => Vector(within(whole(run, isSql, taskCpus), sums.hours.key(0)))
      case Some(run)                          =>
        val all = whole(run, isSql, taskCpus)
        val seenMs = sums.hours.total
        var nativeLeft = run.nativeNs.getOrElse(0L)
        (0 until sums.hours.size).iterator.map { index =>
          val share = Fraction(sums.hours.amount(index), seenMs)
          // Whole nanoseconds; the last hour takes what rounding left.
          val nativeNs = run.nativeNs.map { total =>
            if (index == sums.hours.size - 1) nativeLeft else (Fraction(total) * share).rounded.longValue
          }
          nativeLeft -= nativeNs.getOrElse(0L)
          within(all.copy(runMs = run.runMs * share, lostMs = run.lostRunMs * share, nativeNs = nativeNs), sums.hours.key(index))
        }.toVector
    }

  private def whole(run: StageRun, isSql: Boolean, taskCpus: Int): StageDone = {
    val end = run.completedAtMs.orElse(run.submittedAtMs).getOrElse(0L)
    StageDone(run.submittedAtMs.getOrElse(end), end, run.runMs, run.lostRunMs, run.nativeNs, isSql, taskCpus)
  }

  /** The same, begun and ended in the hour that starts at `hourMs`. */
  private def within(done: StageDone, hourMs: Long): StageDone = {
    val last = hourMs + Hours.MsPerHour - 1
    val start = Math.min(Math.max(done.startAtMs, hourMs), last)
    val end = if (done.endAtMs <= 0) last else Math.min(Math.max(done.endAtMs, start), last)
    done.copy(startAtMs = start, endAtMs = end)
  }
}
