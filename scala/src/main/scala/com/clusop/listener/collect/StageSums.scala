package com.clusop.listener.collect

import com.clusop.listener.analysis.{Epoch, StageRun}
import com.clusop.listener.{Fraction, Reason}

/** Sums over some tasks of a stage. */
private[collect] final class TaskSums {
  var count = 0
  var runMs = 0L
  var nativeNs = 0L
  var countedRunMs = 0L
  var broughtNative = false

  def add(task: TaskTimes): Unit = {
    count += 1
    runMs += task.runMs
    countedRunMs += task.countedRunMs
    if (task.broughtNative) {
      nativeNs += task.nativeNs
      broughtNative = true
    }
  }
}

/** One attempt of one stage while the application runs, and the [[StageRun]] it ends as. Mirror of `clusop.eventlog.stage_sums`.
  *
  * Tasks that end after StageCompleted (zombies of an earlier attempt, late losers) are kept apart: its sums do not hold them.
  * 0 stands for a time nobody told, as in Spark's own logs.
  */
private[collect] final class StageSums(val stageId: Int, val attempt: Int) {
  var taskTotal = 0
  var submittedAtMs = 0L
  var completedAtMs = 0L
  var totals: StageTotals = null
  private val good = new TaskSums
  private var lost: TaskSums = StageSums.Nothing
  private var lateGood: TaskSums = StageSums.Nothing
  private var lateLost: TaskSums = StageSums.Nothing
  private var failedCount = 0
  private var killedCount = 0
  private var speculativeCount = 0
  val spread = new Spread
  val hours = new Spread

  def add(task: TaskTimes): Unit = {
    val isLate = totals != null
    if (task.isSuccess) {
      if (isLate && (lateGood eq StageSums.Nothing)) lateGood = new TaskSums
      (if (isLate) lateGood else good).add(task)
    } else {
      if (isLate && (lateLost eq StageSums.Nothing)) lateLost = new TaskSums
      if (!isLate && (lost eq StageSums.Nothing)) lost = new TaskSums
      (if (isLate) lateLost else lost).add(task)
      if (task.isKilled) killedCount += 1 else failedCount += 1
    }
    if (task.isSpeculative) speculativeCount += 1
  }

  def lostMs: Long = lost.runMs + lateLost.runMs

  /** The attempt as analysis sees it. Run time is StageCompleted's sum less what lost tasks put into it, plus good tasks that
    * ended too late for it; without StageCompleted it is the sum over the good tasks seen. Native time likewise.
    */
  def run(epochs: Vector[Epoch], accumulators: Map[Long, Long]): StageRun = {
    val hasRunSum = totals != null && totals.runMs != Readings.NoInteger
    val ofGoodMs = if (hasRunSum) Math.max(totals.runMs - lost.countedRunMs, 0L) else good.runMs
    val runMs = ofGoodMs + lateGood.runMs
    val allMs = Fraction(runMs + lostMs)
    val seen = EpochShares.ofSpread(spread, allMs, epochs)
    val isEven = seen.isEmpty && !allMs.isZero
    val isDamaged = failedCount > 0 || killedCount > 0 || lateGood.count > 0
    StageRun(
      stageId = stageId,
      attempt = attempt,
      runMs = Fraction(runMs),
      nativeNs = nativeNs(ofGoodMs == good.runMs),
      lostRunMs = Fraction(lostMs),
      taskCount = taskCount,
      failedTaskCount = failedCount,
      killedTaskCount = killedCount,
      speculativeTaskCount = speculativeCount,
      succeeded = totals != null && !totals.hasFailed,
      accumulators = accumulators,
      runByEpochMs = if (isEven) EpochShares.even(time(submittedAtMs), time(completedAtMs), allMs, epochs) else seen,
      submittedAtMs = time(submittedAtMs),
      completedAtMs = time(completedAtMs),
      remarks = Vector(
        if (totals == null) Some(Reason("stage-without-end")) else None,
        if (isDamaged) Some(Reason("failed-tasks", lostDetail)) else None,
        if (isEven) Some(Reason("tasks-not-seen")) else None
      ).flatten
    )
  }

  /** Native time of the good tasks; none where none of them brought any. Good tasks that end before their stage are not searched
    * for it: theirs is the stage's sum less what lost tasks put into it. Where that sum is never told, it is known of nobody.
    */
  private def nativeNs(allSeen: Boolean): Option[Long] =
    if (totals == null) { if (good.broughtNative) Some(good.nativeNs) else None }
    else {
      val isTold = totals.nativeNs != Readings.NoInteger
      val ofGoodNs = if (isTold) Math.max(totals.nativeNs - lost.nativeNs, 0L) else 0L
      // A task whose engine took no time brings no update: where nothing is left, nothing was brought.
      val isBrought =
        if (!allSeen || good.count == 0) isTold
        else lateGood.broughtNative || (if (lost.count > 0) ofGoodNs > 0 else isTold)
      if (isBrought) Some(ofGoodNs + lateGood.nativeNs) else None
    }

  private def taskCount: Int = {
    val ended = good.count + lateGood.count + lost.count + lateLost.count
    if (ended > 0) ended else if (totals != null) taskTotal else 0
  }

  private def time(atMs: Long): Option[Long] = if (atMs == 0) None else Some(atMs)

  private def lostDetail: String =
    Vector((failedCount, "failed"), (killedCount, "killed"), (lateGood.count, "ended after their stage"))
      .collect { case (count, what) if count > 0 => s"$count $what" }
      .mkString(": ", ", ", "")
}

private[collect] object StageSums {

  /** Shared and never added to. */
  private val Nothing = new TaskSums
}
