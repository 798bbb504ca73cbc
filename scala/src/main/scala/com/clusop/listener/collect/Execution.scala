package com.clusop.listener.collect

import org.apache.spark.sql.execution.SparkPlanInfo

/** One SQL execution while it runs: references to the newest plan Spark told, and counters. Written by the bus's thread only,
  * until it is frozen. Mirror of `clusop.eventlog.executions.Execution`.
  */
private[collect] final class Execution(val id: Long) {
  var rootId: Long = id
  var description = ""
  var details = ""
  var startAtMs = 0L
  var endAtMs = 0L
  var wasStarted = false
  var hasEnded = false

  /** It has no start because nobody listened yet. */
  var beganEarlier = false

  /** Null where Spark does not tell (before 3.4), `""` for success. */
  var error: String = null
  var hasFailedJob = false
  var modified: Map[String, String] = Map.empty
  val driverAccumulators = new java.util.HashMap[java.lang.Long, java.lang.Long](4)
  var startPlan: ToldPlan = null
  var newestPlan: ToldPlan = null
  var startRoot = ""
  var job: JobIdentity = JobIdentity.Nobody
  var owner = ""
  var attempts = new java.util.ArrayList[Attempt](4)

  /** A plan or a stage of it was beyond what may be held: what is left proves nothing. */
  var isOverBudget = false
  var ending: Ending = null

  def isSettled: Boolean = {
    var index = attempts.size - 1
    while (index >= 0 && attempts.get(index).isSettled) index -= 1
    index < 0
  }

  def planBytes: Long = ToldPlan.bytesOf(startPlan) + ToldPlan.bytesOf(newestPlan)

  /** Bytes this one's plans and accumulators are counted with. */
  def bytes: Long = {
    var sum = planBytes
    var index = 0
    while (index < attempts.size) {
      val totals = attempts.get(index).sums.totals
      if (totals != null) sum += totals.bytes
      index += 1
    }
    sum
  }
}

/** A plan as an event carries it, by reference: Spark's own store holds the same objects. */
private[collect] final class ToldPlan(val info: SparkPlanInfo, val text: String) {

  /** An estimate: the text's length tells how many nodes there are, and walking the tree is not for a callback. */
  def bytes: Long = if (text == null) 4096L else 1024L + 3L * text.length

  def root: String = if (info == null || info.nodeName == null) "" else info.nodeName.trim
}

private[collect] object ToldPlan {
  def bytesOf(plan: ToldPlan): Long = if (plan == null) 0L else plan.bytes
}

/** One attempt of one stage while it runs, whose it is, and how many of its tasks are out. */
private[collect] final class Attempt(val sums: StageSums) {
  var execution: Execution = null

  /** Tasks of an attempt that was handed on already: their time counts, for no query; `isLateSql`: for SQL. */
  var isLate = false
  var isLateSql = false
  var hasJob = false
  var isCompleted = false
  var tasksOut = 0
  val key: Long = Attempt.key(sums.stageId, sums.attempt)

  def isSettled: Boolean = isCompleted && tasksOut <= 0
}

private[collect] object Attempt {
  def key(stageId: Int, attempt: Int): Long = (stageId.toLong << 32) | (attempt & 0xffffffffL)
}

/** A job that runs or ended lately. */
private[collect] final class Job(val id: Int, val execution: Long, val stageIds: Array[Int])

private[collect] object Job {
  val NoExecution: Long = Long.MinValue
}
