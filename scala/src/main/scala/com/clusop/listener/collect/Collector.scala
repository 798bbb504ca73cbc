package com.clusop.listener.collect

import java.lang.ref.WeakReference
import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.{EventFeed, Losses, Work}
import com.clusop.listener.analysis.{Cluster, EngineFact}
import org.apache.spark.scheduler._
import org.apache.spark.sql.execution.ui._

/** The events of one SparkContext, as they come, to finished executions on the agent's thread.
  *
  * A callback does no I/O, waits for nobody, takes no lock and parses nothing. It keeps counters and references in bounded maps
  * that its own thread alone writes. All that outlives an execution's end is what [[Limits]] allows.
  */
final class Collector private[collect] (
    limits: Limits,
    assessor: Assessor,
    held: AtomicLong,
    room: LiveRoom,
    work: Work,
    losses: Losses,
    nowMs: () => Long,
    context: Object
) extends EventFeed {

  /** Null once stopped: everything held hangs on it. */
  @volatile private var state: State = new State(limits, assessor, held, room, work, losses, nowMs)

  /** Callbacks begun and ended: odd while one runs. Lets the agent's thread see that a callback it raced with is over. */
  @volatile private var turns = 0L
  @volatile private var seed: Seed = null

  /** What the agent's thread took, until it is sure that nobody writes to it. Its own. */
  private val taken = new java.util.ArrayDeque[Ending]

  /** A context that runs already is asked when the collector is made, and once more when it surely listens: between the two
    * an executor may come or go.
    */
  private val contextRef = if (context == null) null else new WeakReference[Object](context)
  private var asksAgain = contextRef != null
  if (asksAgain) seed = Seed.of(context, losses).orNull

  private def plantAgain(): Unit = {
    asksAgain = false
    // It may have been stopped meanwhile: nothing is lost then.
    Seed.of(contextRef.get, Collector.Silent).foreach(told => seed = told)
  }

  /** Executions in flight, stage attempts and jobs held. */
  private[clusop] def sizes: (Int, Int, Int) = {
    val open = state
    if (open == null) (0, 0, 0) else (open.executionCount, open.attemptCount, open.jobCount)
  }

  /** Cluster and engine as of the latest finished work, and whether the engine's own clock was seen. */
  private[clusop] def lastSeen: (Cluster, EngineFact) = assessor.lastSeen
  private[clusop] def hasNativeTime: Boolean = assessor.hasNativeTime

  override def accept(event: Object): Unit = {
    val open = state
    if (open != null) {
      turns += 1
      try {
        if (seed != null) planted(open)
        dispatch(open, event)
      } finally turns += 1
    }
  }

  private def planted(open: State): Unit = {
    val told = seed
    seed = null
    open.seeded(told)
  }

  /** By class, the most frequent first. What is not here costs the comparisons. */
  private def dispatch(open: State, event: Object): Unit = event match {
    case told: SparkListenerTaskEnd                    => open.taskEnded(told)
    case told: SparkListenerTaskStart                  => open.taskStarted(told)
    case told: SparkListenerStageCompleted             => open.stageCompleted(told)
    case told: SparkListenerStageSubmitted             => open.stageSubmitted(told)
    case told: SparkListenerSQLAdaptiveExecutionUpdate => open.planUpdated(told)
    case told: SparkListenerDriverAccumUpdates         => open.accumulated(told)
    case told: SparkListenerJobStart                   => open.jobStarted(told)
    case told: SparkListenerJobEnd                     => open.jobEnded(told)
    case told: SparkListenerSQLExecutionStart          => open.executionStarted(told)
    case told: SparkListenerSQLExecutionEnd            => open.executionEnded(told)
    case told: SparkListenerExecutorAdded              => open.executorAdded(told)
    case told: SparkListenerExecutorRemoved            => open.executorRemoved(told)
    case told: SparkListenerEnvironmentUpdate          => open.environmentUpdated(told)
    case told: SparkListenerApplicationStart           => open.applicationStarted(told)
    case told: SparkListenerApplicationEnd             => open.applicationEnded(told.time)
    case _                                             => ()
  }

  /** On the agent's thread, about every second: takes executions whose last stages are overdue, decides what waited. */
  override def tick(): Unit = {
    val open = state
    if (open != null) {
      if (asksAgain) plantAgain()
      val now = nowMs()
      val each = open.endings.iterator
      while (each.hasNext) {
        val ending = each.next()
        if (now >= ending.deadlineMs && ending.take()) {
          ending.takenAt = turns
          taken.add(ending)
        }
      }
    }
    assessTaken()
    assessor.settle(force = false)
  }

  /** A callback that ran while an execution was taken may have been writing to it; later ones see that it is taken. */
  private def assessTaken(): Unit = {
    val each = taken.iterator
    while (each.hasNext) {
      val ending = each.next()
      if (ending.takenAt % 2 == 0 || turns != ending.takenAt) {
        each.remove()
        assessor.take(FinishedExecution.of(ending.execution, ending.context, ending.takeLive(), _.hasJob))
      }
    }
  }

  override def stop(reason: String): Unit = {
    if (reason == Collector.ApplicationEnded) {
      assessTaken()
      assessor.settle(force = true)
    } else {
      val left = sizes._1 + taken.size + assessor.forget()
      if (left > 0) losses.count("went-quiet", left.toLong)
    }
    taken.clear()
    state = null
    seed = null
    held.set(0)
  }

  override def retainedBytes: Long = {
    val open = state
    if (open == null) 0
    else {
      val counters = Collector.BytesPerExecution * open.executionCount + Collector.BytesPerAttempt * open.attemptCount
      Math.max(held.get, 0L) + counters
    }
  }
}

object Collector {
  private val Silent = new Losses {
    override def count(reason: String, number: Long): Unit = ()
  }
  private val ApplicationEnded = "application-ended"
  private val BytesPerExecution = 1000L
  private val BytesPerAttempt = 800L
}
