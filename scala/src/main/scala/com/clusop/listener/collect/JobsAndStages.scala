package com.clusop.listener.collect

import java.util.Properties
import java.util.concurrent.atomic.AtomicLong

import scala.collection.mutable.LongMap

import com.clusop.listener.agent.Losses
import org.apache.spark.scheduler.{JobSucceeded, SparkListenerJobEnd, SparkListenerJobStart, SparkListenerTaskEnd, StageInfo}

/** Which stage belongs to which execution, and what each of its attempts cost. Mirror of `clusop.eventlog.jobs_stages`, written
  * by the bus's thread only. Holds counters per attempt, nothing per task; what is done is taken away.
  */
private[collect] final class JobsAndStages(
    limits: Limits,
    timeline: Timeline,
    executions: Executions,
    assessing: Assessing,
    held: AtomicLong,
    losses: Losses
) {
  private val attempts = new java.util.LinkedHashMap[java.lang.Long, Attempt]
  private val jobs = new java.util.LinkedHashMap[Integer, Job]
  private val jobOfStage = new LongMap[Job]
  private val endedJobs = new java.util.ArrayDeque[Job]
  private val removedSql = new RecentKeys(limits.removedAttempts)
  private val removedOthers = new RecentKeys(limits.removedAttempts)
  private var newest: Attempt = null

  /** Attempts that are done and that no execution waits for: to be handed on with the next batch. */
  private var others = new java.util.ArrayList[Attempt]

  def attemptCount: Int = attempts.size
  def jobCount: Int = jobs.size

  /** Several jobs may list a stage; the latest before it is submitted is taken for its own. Returns the job's execution. */
  def jobStarted(event: SparkListenerJobStart): Execution = {
    timeline.seen(event.time)
    val listed = event.stageIds
    val stageIds = new Array[Int](listed.size)
    val job = new Job(event.jobId, JobsAndStages.executionOf(event.properties), stageIds)
    jobs.put(job.id, job)
    // A job lists dozens of stages: no boxes here, and one walk.
    var count = 0
    val ids = listed.iterator
    while (ids.hasNext) {
      val id = ids.next()
      stageIds(count) = id
      jobOfStage.update(id.toLong, job)
      count += 1
    }
    if (jobs.size > limits.jobs) forget(jobs.values.iterator.next())
    if (job.execution == Job.NoExecution) null else executions.open(job.execution)
  }

  def jobEnded(event: SparkListenerJobEnd): Unit = {
    timeline.seen(event.time)
    val job = jobs.get(event.jobId)
    if (job != null) {
      if (job.execution != Job.NoExecution && !(event.jobResult eq JobSucceeded)) {
        val execution = executions.get(job.execution)
        if (execution != null) execution.hasFailedJob = true
      }
      endedJobs.add(job)
      if (endedJobs.size > limits.endedJobs) forget(endedJobs.poll())
    }
  }

  private def forget(job: Job): Unit = {
    jobs.remove(job.id, job)
    var index = 0
    while (index < job.stageIds.length) {
      val id = job.stageIds(index).toLong
      if (jobOfStage.getOrNull(id) eq job) jobOfStage -= id
      index += 1
    }
  }

  /** The properties of the submission say best for whom the stage runs. */
  def stageSubmitted(info: StageInfo, properties: Properties): Unit = {
    val attempt = attemptOf(info.stageId, info.attemptNumber())
    if (attempt.execution == null) own(attempt, JobsAndStages.executionOf(properties))
    describe(attempt, info)
  }

  /** Returns the attempt, whose execution may be settled now. */
  def stageCompleted(info: StageInfo): Attempt = {
    val attempt = attemptOf(info.stageId, info.attemptNumber())
    describe(attempt, info)
    val totals = StageTotals.of(info)
    attempt.isCompleted = true
    if (totals != null) {
      if (totals.nativeNs != Readings.NoInteger) assessing.sawNativeTime()
      if (attempt.sums.totals != null) held.addAndGet(-attempt.sums.totals.bytes)
      attempt.sums.totals = totals
      if (held.addAndGet(totals.bytes) > limits.heldBytes) overBudget(attempt, totals)
    }
    attempt
  }

  /** Without its accumulators nobody can tell which operators ran. */
  private def overBudget(attempt: Attempt, totals: StageTotals): Unit = {
    val bare = totals.withoutAccumulators
    held.addAndGet(bare.bytes - totals.bytes)
    attempt.sums.totals = bare
    if (attempt.execution != null && !attempt.execution.isOverBudget) {
      attempt.execution.isOverBudget = true
      losses.count("plan-not-kept", 1)
    }
  }

  def taskStarted(stageId: Int, attemptNumber: Int): Unit = {
    val attempt = known(Attempt.key(stageId, attemptNumber))
    if (attempt != null && !isTaken(attempt)) attempt.tasksOut += 1
  }

  /** Returns the attempt, whose execution may be settled now. */
  def taskEnded(event: SparkListenerTaskEnd): Attempt = {
    val attempt = attemptOf(event.stageId, event.stageAttemptId)
    val task = TaskTimes.of(event, readsNative = attempt.isLate || attempt.sums.totals != null)
    attempt.tasksOut -= 1
    attempt.sums.add(task)
    if (task.broughtNative) assessing.sawNativeTime()
    timeline.spread(task, attempt.sums.spread)
    Hours.spread(task, attempt.sums.hours)
    timeline.seen(task.finishedAtMs)
    attempt
  }

  private def known(key: Long): Attempt =
    // Tasks of one stage come in rows.
    if (newest != null && newest.key == key) newest
    else {
      val found = attempts.get(key)
      if (found != null) newest = found
      found
    }

  /** What the agent's thread took is never written again. */
  private def isTaken(attempt: Attempt): Boolean = {
    val execution = attempt.execution
    execution != null && execution.ending != null && execution.ending.isTaken
  }

  private def attemptOf(stageId: Int, attemptNumber: Int): Attempt = {
    val key = Attempt.key(stageId, attemptNumber)
    val found = known(key)
    if (found != null && !isTaken(found)) found
    else {
      if (found != null) release(found.execution)
      val made = new Attempt(new StageSums(stageId, attemptNumber))
      made.isLateSql = removedSql.has(key)
      made.isLate = made.isLateSql || removedOthers.has(key)
      attempts.put(key, made)
      newest = made
      if (!made.isLate) own(made, Job.NoExecution)
      if (attempts.size > limits.attempts) tooMany()
      made
    }
  }

  /** The execution that was named, else the job's. */
  private def own(attempt: Attempt, named: Long): Unit = {
    val job = jobOfStage.getOrNull(attempt.sums.stageId.toLong)
    attempt.hasJob = job != null
    val id = if (named != Job.NoExecution) named else if (job != null) job.execution else Job.NoExecution
    if (id != Job.NoExecution) {
      val execution = executions.open(id)
      attempt.isLateSql = execution == null
      attempt.isLate = execution == null
      attempt.execution = execution
      if (execution != null) execution.attempts.add(attempt)
    }
  }

  private def tooMany(): Unit = {
    val oldest = attempts.values.iterator.next()
    losses.count("too-many-stages", 1)
    if (isTaken(oldest)) release(oldest.execution)
    else {
      remove(oldest)
      if (oldest.execution != null) {
        oldest.execution.isOverBudget = true
        oldest.execution.attempts.remove(oldest)
        oldest.execution = null
        oldest.isLateSql = true
      }
      others.add(oldest)
    }
  }

  private def describe(attempt: Attempt, info: StageInfo): Unit = {
    val sums = attempt.sums
    sums.taskTotal = info.numTasks
    sums.submittedAtMs = JobsAndStages.time(info.submissionTime, sums.submittedAtMs)
    sums.completedAtMs = JobsAndStages.time(info.completionTime, sums.completedAtMs)
    timeline.seen(sums.submittedAtMs)
    timeline.seen(sums.completedAtMs)
  }

  /** Whether a job claims the stage; where none does, events were lost before it. */
  def hasJob(attempt: Attempt): Boolean = attempt.hasJob || jobOfStage.contains(attempt.sums.stageId.toLong)

  /** The attempt is no longer written to; what still comes for it counts apart. */
  def remove(attempt: Attempt): Unit = {
    attempts.remove(attempt.key)
    (if (attempt.execution != null || attempt.isLateSql) removedSql else removedOthers).add(attempt.key)
    if (newest eq attempt) newest = null
  }

  /** The execution is no longer ours, nor are its stages. */
  def release(execution: Execution): Unit = {
    executions.remove(execution)
    var index = 0
    while (index < execution.attempts.size) {
      remove(execution.attempts.get(index))
      index += 1
    }
  }

  /** The attempts of an execution that was dropped go with the others: their time was used all the same. */
  def abandon(execution: Execution): Unit = {
    var index = 0
    while (index < execution.attempts.size) {
      val attempt = execution.attempts.get(index)
      remove(attempt)
      attempt.execution = null
      attempt.isLateSql = true
      others.add(attempt)
      index += 1
    }
  }

  /** Puts an attempt of no execution with the others once it is done. */
  def setAside(attempt: Attempt): Unit =
    if (attempt.isLate || attempt.isSettled) {
      remove(attempt)
      others.add(attempt)
    }

  def othersDone: Int = others.size

  /** The attempts set aside, with `all` also those that are not done; they are no longer known here. */
  def takeOthers(all: Boolean): java.util.ArrayList[Attempt] = {
    if (all) {
      val every = attempts.values.iterator
      while (every.hasNext) {
        val attempt = every.next()
        if (attempt.execution == null) {
          others.add(attempt)
          every.remove()
        }
      }
      newest = null
    }
    val taken = others
    others = new java.util.ArrayList[Attempt]
    taken
  }
}

private[collect] object JobsAndStages {
  val ExecutionId = "spark.sql.execution.id"

  /** The SQL execution a job's or stage's properties name. */
  def executionOf(properties: Properties): Long = {
    val told = if (properties == null) null else properties.getProperty(ExecutionId)
    val id = if (told == null) Readings.NoInteger else Readings.integerOf(told)
    if (id == Readings.NoInteger) Job.NoExecution else id
  }

  private def time(told: Option[Long], known: Long): Long =
    if (told.isEmpty) known
    else {
      val atMs = told.get
      if (atMs == 0) known else atMs
    }
}
