package com.clusop.listener.collect

import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.Losses
import com.clusop.listener.analysis._
import com.clusop.listener.deliver.{SeenExecution, Sink}

/** What becomes of finished executions on the agent's thread: read, diagnosed, priced and handed to the sink. */
private[collect] final class Assessor(
    appraising: Appraising,
    facts: FactSource,
    sink: Sink,
    limits: Limits,
    held: AtomicLong,
    liveRoom: LiveRoom,
    losses: Losses,
    nowMs: () => Long
) extends Assessing {

  /** Set by the bus's side at the first sign of the engine's own clock. */
  @volatile private var nativeTimeSeen = false
  private val undecided = new java.util.ArrayDeque[Undecided]
  private var undecidedBytes = 0L
  private var latest: Context = null

  // The context that came last, which is ahead of what waits undecided; and what of it was told.
  private var newest: Context = null
  private var toldOf: Context = null
  private var toldRevision = 0L
  private var toldEngine = ""

  def lastSeen: (Cluster, EngineFact) =
    if (latest == null) (Cluster(), EngineFact("", EngineState.Unknown))
    else (facts.clusterOf(latest.environment, latest.timeline.epochs), facts.engineOf(latest.environment))
  def hasNativeTime: Boolean = nativeTimeSeen

  override def tellsWords(environment: EnvironmentFacts): Boolean = {
    val engine = EngineOfSettings.configured(environment)
    engine.name == "comet" && engine.state == EngineState.On
  }

  override def sawNativeTime(): Unit = if (!nativeTimeSeen) nativeTimeSeen = true

  override def slots(atMs: Long, context: Context): Unit = {
    val cluster = facts.clusterOf(context.environment, Vector.empty)
    val (ofDriver, ofWorkers) = context.timeline.alive
    val slots = Vector(cluster.driverNodeType -> ofDriver, cluster.workerNodeType -> ofWorkers).filter(_._2 > 0)
    newest = context
    tellSurroundings()
    sink.executors(atMs, slots)
  }

  private def tellSurroundings(): Unit = {
    val environment = newest.environment
    toldOf = newest
    toldEngine = appraising.engineOf(facts.engineOf(environment))
    toldRevision = facts.revision
    sink.runsOn(facts.clusterOf(environment, Vector.empty), facts.applicationOf(newest, toldEngine))
  }

  /** Most work finds the application as it was: whose job it is becomes known with the first one, its engine with its plans. */
  private def tellWhatIsNew(): Unit = {
    val isTold = (toldOf ne null) && (toldOf.environment eq newest.environment) && toldOf.application == newest.application
    val engine = appraising.engineOf(facts.engineOf(newest.environment))
    if (!isTold || toldEngine != engine || toldRevision != facts.revision) tellSurroundings()
  }

  override def ended(context: Context): Unit = {
    latest = context
    newest = context
    settle(force = true)
    tellSurroundings()
    sink.applicationEnded()
  }

  /** Assesses an execution, unless its share of native time hangs on whether the engine ever reports any here. */
  override def take(finished: FinishedExecution): Unit = {
    latest = finished.context
    newest = finished.context
    if (!undecided.isEmpty) settle(force = false)
    val configured = facts.engineOf(finished.context.environment)
    if (nativeTimeSeen || !hangs(finished, configured)) assess(finished, configured)
    else {
      // The words are asked now: what waits must not pin a query.
      val words = wordsOf(finished, Int.MaxValue)
      undecided.add(new Undecided(finished, configured, words, nowMs()))
      undecidedBytes += finished.bytes
      settle(force = false)
    }
  }

  /** Assesses what need not, or with `force` must not, wait any longer. */
  def settle(force: Boolean): Unit = {
    val all = force || nativeTimeSeen
    while (!undecided.isEmpty && (all || isDue(undecided.peek))) {
      val next = undecided.poll()
      undecidedBytes -= next.finished.bytes
      assess(next.finished, next.configured, Some(next.words))
    }
  }

  /** Lets go of what waits; how many there were. */
  def forget(): Int = {
    val count = undecided.size
    undecided.clear()
    undecidedBytes = 0
    count
  }

  private def isDue(oldest: Undecided): Boolean =
    nowMs() - oldest.sinceMs >= limits.undecidedMs || undecided.size > limits.undecided ||
      undecidedBytes > limits.undecidedBytes

  /** Only an engine with a native clock, and only where no stage of this execution shows any. */
  private def hangs(finished: FinishedExecution, configured: EngineFact): Boolean =
    facts.hasNativeClock(configured) && finished.attempts.nonEmpty

  private def assess(finished: FinishedExecution, configured: EngineFact, told: Option[Vector[(String, String)]] = None): Unit =
    try {
      val cluster = facts.clusterOf(finished.context.environment, finished.context.timeline.epochs)
      val plans = Assembly.readPlans(finished.execution)
      val words = told.getOrElse(wordsOf(finished, plans.nodeCount))
      val runs = Assembly.runsOf(finished, cluster.epochs)
      val observed = Assembly.observed(finished, plans, configured, runs, words)
      val isFailed = observed.status == RunStatus.Failed
      finished.attempts.foreach { sums =>
        StageHours.of(sums, runs, isSql = true, cluster.taskCpus).foreach(done => sink.stageDone(done.copy(isFailed = isFailed)))
      }
      runs.foreach(appraising.worked(_, cluster, finished.context.timeline.folds))
      if (finished.execution.beganEarlier) losses.count("armed-late", 1)
      val appraised = appraising.appraise(observed, cluster, configured, finished.context.timeline.folds, nativeTimeSeen)
      tellWhatIsNew()
      sink.executed(
        SeenExecution(
          appraised.assessment,
          appraised.hours,
          appraised.cluster,
          facts.workloadOf(finished, appraised.engine),
          finished.execution.owner,
          CallSite.of(finished.execution.description, finished.execution.details),
          if (finished.execution.hasEnded) finished.execution.endAtMs else nowMs()
        )
      )
    } finally held.addAndGet(-finished.bytes): Unit

  override def takeOthers(others: Array[Attempt], context: Context): Unit = {
    val cluster = facts.clusterOf(context.environment, context.timeline.epochs)
    newest = context
    tellWhatIsNew()
    var failure: Throwable = null
    others.foreach { attempt =>
      try {
        val run = attempt.sums.run(cluster.epochs, Map.empty)
        appraising.worked(run, cluster, context.timeline.folds)
        StageHours.of(attempt.sums, Vector(run), attempt.isLateSql, cluster.taskCpus).foreach(sink.stageDone)
      } catch {
        // The others' hours are still to be counted; whoever runs this task counts one error, the rest is counted here.
        case thrown: Throwable => if (failure == null) failure = thrown else losses.count("agent-error", 1)
      } finally if (attempt.sums.totals != null) held.addAndGet(-attempt.sums.totals.bytes): Unit
    }
    if (failure != null) throw failure
  }

  private def wordsOf(finished: FinishedExecution, nodeCount: Int): Vector[(String, String)] =
    finished.takeLive() match {
      case null => Vector.empty
      case live =>
        try
          if (nodeCount > limits.liveNodes) {
            losses.count("live-plan-not-asked", 1)
            Vector.empty
          } else EngineWords.ask(live.query)
        catch {
          case _: Exception | _: LinkageError | _: StackOverflowError =>
            losses.count("live-plan-not-asked", 1)
            Vector.empty
        } finally liveRoom.leave()
    }
}

/** An execution that waits to learn whether its engine reports native time at all. */
private final class Undecided(
    val finished: FinishedExecution,
    val configured: EngineFact,
    val words: Vector[(String, String)],
    val sinceMs: Long
)
