package com.clusop.listener.collect

import org.apache.spark.{Success, TaskKilled}
import org.apache.spark.scheduler.SparkListenerTaskEnd

/** What one ended task tells. Mirror of `clusop.eventlog.task_end.TaskEnd`.
  *
  * `runMs` is its run time; `countedRunMs` and `nativeNs` are what it added to its stage's sums: nothing where the driver never
  * took its updates (a lost executor, a losing copy). `nativeNs` is [[Readings.NoInteger]] where it brought none.
  */
private[collect] final class TaskTimes(
    val launchedAtMs: Long,
    val finishedAtMs: Long,
    val runMs: Long,
    val nativeNs: Long,
    val isSuccess: Boolean,
    val isKilled: Boolean,
    val isSpeculative: Boolean,
    val countedRunMs: Long
) {
  def broughtNative: Boolean = nativeNs != Readings.NoInteger
}

private[collect] object TaskTimes {

  /** `readsNative`: whether a successful task is searched for native time. A task has hundreds of accumulables, and where it ends
    * before its stage, the stage tells their sum.
    */
  def of(event: SparkListenerTaskEnd, readsNative: Boolean): TaskTimes = {
    val info = event.taskInfo
    val metrics = event.taskMetrics
    val reason = event.reason
    val isSuccess = (reason eq Success) && !info.failed && !info.killed
    var nativeNs = Readings.NoInteger
    var countedMs = Readings.NoInteger
    if (!isSuccess || readsNative || metrics == null) {
      val updates = info.accumulables.iterator
      while (updates.hasNext) {
        val entry = updates.next()
        val name = if (entry.name.isEmpty) null else entry.name.get
        if (name != null && name.length == Readings.NativeTime.length && name == Readings.NativeTime)
          nativeNs = Readings.integer(entry.update)
        else if (!isSuccess || metrics == null) {
          if (name == Readings.RunTime) countedMs = Readings.integer(entry.update)
        }
      }
    }
    val launched = info.launchTime
    val finished = info.finishTime
    var runMs = if (metrics != null) metrics.executorRunTime else if (countedMs == Readings.NoInteger) 0L else countedMs
    if (!isSuccess && runMs == 0) runMs = Math.max(finished - launched, 0L)
    new TaskTimes(
      launched,
      finished,
      runMs,
      nativeNs,
      isSuccess,
      !isSuccess && (info.killed || reason.isInstanceOf[TaskKilled]),
      info.speculative,
      if (isSuccess) runMs else if (countedMs == Readings.NoInteger) 0L else countedMs
    )
  }
}
