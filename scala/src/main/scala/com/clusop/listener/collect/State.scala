package com.clusop.listener.collect

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.{Losses, WeighedTask, Work}
import org.apache.spark.scheduler._
import org.apache.spark.sql.execution.ui._

/** All that is known of an application while it runs, and how each event changes it. Written by the bus's thread only. */
private[collect] final class State(
    limits: Limits,
    assessing: Assessing,
    held: AtomicLong,
    room: LiveRoom,
    work: Work,
    losses: Losses,
    nowMs: () => Long
) {
  private val timeline = new Timeline(limits.changes)
  private val environment = new Environment
  private val executions = new Executions(limits, held, losses)
  private val jobs = new JobsAndStages(limits, timeline, executions, assessing, held, losses)

  /** Executions that ended while stages of theirs ran, oldest first. The agent's thread looks at it too, and takes. */
  val endings = new ConcurrentLinkedQueue[Ending]
  private var application = ApplicationFacts()
  private var sawStart = false

  /** Found out by the agent's thread, lest a callback look through hundreds of settings. */
  @volatile private var wantsWords = false
  private var isEngineTold = true

  def executionCount: Int = executions.size
  def attemptCount: Int = jobs.attemptCount
  def jobCount: Int = jobs.jobCount

  private def context: Context = new Context(application, environment.snapshot, timeline.view)

  def seeded(seed: Seed): Unit = {
    application = if (sawStart) application.copy(sparkVersion = seed.application.sparkVersion) else seed.application
    timeline.applicationStarted(seed.startedAtMs)
    if (seed.settings.nonEmpty) environmentTold(seed.settings)
    seed.executors.foreach { one =>
      noted(one.addedAtMs, one.id, one.host, one.coreCount)
      if (one.removedAtMs > 0) noted(one.removedAtMs, one.id, "", 0)
    }
    // Nobody saw what the slots did before: they count from now on.
    if (seed.executors.nonEmpty) tellSlots(System.currentTimeMillis)
  }

  def applicationStarted(event: SparkListenerApplicationStart): Unit = {
    sawStart = true
    val id = if (event.appId.isEmpty) "" else event.appId.get
    application = application.copy(id = id, name = event.appName)
    timeline.applicationStarted(event.time)
  }

  def environmentUpdated(event: SparkListenerEnvironmentUpdate): Unit = {
    val told = event.environmentDetails.get("Spark Properties")
    if (told.isDefined) environmentTold(told.get)
  }

  private def environmentTold(properties: scala.collection.Iterable[(String, String)]): Unit = {
    environment.updated(properties)
    engineTold()
    // In local mode the driver's slots come before anything tells on which node they are.
    if (timeline.lastChangeAtMs > 0) tellSlots(timeline.lastChangeAtMs)
  }

  private def engineTold(): Unit = {
    val now = environment.snapshot
    isEngineTold = work.submit(new WeighedTask(0) { override def run(): Unit = wantsWords = assessing.tellsWords(now) })
  }

  def executorAdded(event: SparkListenerExecutorAdded): Unit =
    executorChanged(event.time, event.executorId, event.executorInfo.executorHost, event.executorInfo.totalCores)

  def executorRemoved(event: SparkListenerExecutorRemoved): Unit = executorChanged(event.time, event.executorId, "", 0)

  private def executorChanged(atMs: Long, executorId: String, host: String, cores: Int): Unit =
    if (noted(atMs, executorId, host, cores)) tellSlots(atMs)

  private def noted(atMs: Long, executorId: String, host: String, cores: Int): Boolean = {
    val isNew = !timeline.knows(atMs, executorId, cores)
    if (isNew) timeline.changed(atMs, executorId, host, cores)
    isNew
  }

  private def tellSlots(atMs: Long): Unit = {
    val now = context
    work.submit(new WeighedTask(0) { override def run(): Unit = assessing.slots(atMs, now) }): Unit
  }

  def jobStarted(event: SparkListenerJobStart): Unit = {
    val execution = jobs.jobStarted(event)
    // All jobs of one query run for whom its first one ran: the properties are looked at once.
    if (execution == null || (execution.job eq JobIdentity.Nobody)) {
      val before = environment.isTold
      val identity = environment.jobStarted(event.properties)
      if (!before && environment.isTold) engineTold()
      if (execution != null) execution.job = identity
    }
    makeRoom()
  }

  def jobEnded(event: SparkListenerJobEnd): Unit = {
    jobs.jobEnded(event)
    if (jobs.othersDone > 0) handOthersOn(all = false)
    if (!endings.isEmpty) tidyEndings()
  }

  def stageSubmitted(event: SparkListenerStageSubmitted): Unit = {
    jobs.stageSubmitted(event.stageInfo, event.properties)
    makeRoom()
  }

  def stageCompleted(event: SparkListenerStageCompleted): Unit = after(jobs.stageCompleted(event.stageInfo))

  def taskStarted(event: SparkListenerTaskStart): Unit = jobs.taskStarted(event.stageId, event.stageAttemptId)

  def taskEnded(event: SparkListenerTaskEnd): Unit =
    if (event.taskInfo != null) after(jobs.taskEnded(event))

  private def after(attempt: Attempt): Unit = {
    val execution = attempt.execution
    if (execution == null) {
      jobs.setAside(attempt)
      if (jobs.othersDone >= State.Batch) handOthersOn(all = false)
    } else if (execution.ending != null && execution.isSettled && execution.ending.freeze()) handOn(execution)
  }

  def executionStarted(event: SparkListenerSQLExecutionStart): Unit = {
    timeline.seen(executions.started(event).startAtMs)
    makeRoom()
    if (!endings.isEmpty) tidyEndings()
  }

  def planUpdated(event: SparkListenerSQLAdaptiveExecutionUpdate): Unit = {
    executions.updated(event.executionId, event.sparkPlanInfo, event.physicalPlanDescription)
    makeRoom()
  }

  def accumulated(event: SparkListenerDriverAccumUpdates): Unit = {
    executions.accumulated(event)
    makeRoom()
  }

  def executionEnded(event: SparkListenerSQLExecutionEnd): Unit = {
    if (!isEngineTold) engineTold()
    val execution = executions.ending(event.executionId)
    execution.hasEnded = true
    execution.beganEarlier = !execution.wasStarted && !sawStart && executions.beganEarlier(execution.id)
    execution.endAtMs = event.time
    // What the error says is not kept, only that there was one.
    execution.error = Getter.ErrorMessage.optional(event) match {
      case said: String => if (said.isEmpty) "" else "failed"
      // Spark 3.3 has no message, and its log tells nothing; its live event still holds what was thrown.
      case _ => if (Getter.Failure.optional(event) == null) null else "failed"
    }
    timeline.seen(event.time)
    val query = Getter.LivePlan.of(event)
    execution.owner = Getter.SessionId.text(Getter.Session.of(query))
    execution.ending = new Ending(execution, nowMs() + limits.graceMs, context, liveOf(execution, query))
    if (execution.isSettled && execution.ending.freeze()) handOn(execution)
    else endings.add(execution.ending)
    if (!endings.isEmpty) tidyEndings()
  }

  private def liveOf(execution: Execution, query: AnyRef): LivePlan =
    // Without a plan at the start the query may have failed in planning: asked again for its plan, it fails again.
    if (!wantsWords || query == null || execution.startRoot.isEmpty) null
    else if (room.enter()) new LivePlan(query)
    else {
      losses.count("live-plan-not-asked", 1)
      null
    }

  /** Hands on those whose grace is over, and lets go of those the agent's thread took; the oldest stand first. */
  private def tidyEndings(): Unit = {
    val now = nowMs()
    var isMoving = true
    while (isMoving) {
      val oldest = endings.peek
      if (oldest == null) isMoving = false
      else if (oldest.isFrozen) endings.poll(): Unit
      else if (oldest.isTaken) {
        endings.poll()
        jobs.release(oldest.execution)
      } else if (now >= oldest.deadlineMs && oldest.freeze()) {
        endings.poll()
        handOn(oldest.execution)
      } else isMoving = false
    }
  }

  private def makeRoom(): Unit = {
    val oldest = executions.tooMany
    if (oldest != null) {
      if (oldest.ending == null) {
        executions.drop(oldest)
        jobs.abandon(oldest)
      } else if (oldest.ending.freeze()) handOn(oldest)
      else jobs.release(oldest)
    }
  }

  /** Hands on an execution that is frozen, or still runs when the application ends. */
  private def handOn(execution: Execution): Unit = {
    val live = if (execution.ending == null) null else execution.ending.takeLive()
    val finished = FinishedExecution.of(execution, context, live, jobs.hasJob)
    jobs.release(execution)
    val isTaken = work.submit(new Runnable { override def run(): Unit = assessing.take(finished) })
    if (!isTaken) {
      held.addAndGet(-finished.bytes)
      if (finished.takeLive() != null) room.leave()
    }
  }

  private def handOthersOn(all: Boolean): Unit = {
    val taken = jobs.takeOthers(all)
    if (!taken.isEmpty) {
      val others = taken.toArray(new Array[Attempt](taken.size))
      val now = context
      val isTaken = work.submit(new WeighedTask(others.length.toLong) {
        override def run(): Unit = assessing.takeOthers(others, now)
      })
      if (!isTaken) others.foreach(attempt => if (attempt.sums.totals != null) held.addAndGet(-attempt.sums.totals.bytes): Unit)
    }
  }

  /** Hands everything on; what has not ended is running. */
  def applicationEnded(atMs: Long): Unit = {
    timeline.seen(atMs)
    endings.clear()
    val left = executions.all.iterator
    while (left.hasNext) {
      val execution = left.next()
      if (execution.ending == null || execution.ending.freeze()) handOn(execution) else jobs.release(execution)
    }
    handOthersOn(all = true)
    val now = context
    work.submit(new WeighedTask(0) { override def run(): Unit = assessing.ended(now) }): Unit
  }
}

private[collect] object State {

  /** So many stages of no query go to the agent's thread together. */
  private val Batch = 32
}
