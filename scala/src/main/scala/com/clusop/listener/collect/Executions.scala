package com.clusop.listener.collect

import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.Losses
import com.clusop.listener.plan.Chars
import org.apache.spark.sql.execution.SparkPlanInfo
import org.apache.spark.sql.execution.ui.{SparkListenerDriverAccumUpdates, SparkListenerSQLExecutionStart}

/** Executions in flight, from their start to the moment they are frozen. Mirror of `clusop.eventlog.executions.Executions`.
  * `held` counts the bytes of what is referred to, here and in what waits for the agent's thread.
  */
private[collect] final class Executions(limits: Limits, held: AtomicLong, losses: Losses) {
  private val inFlight = new java.util.LinkedHashMap[java.lang.Long, Execution]
  private val ended = new RecentKeys(Executions.EndedKept)
  private var lowestStarted = Long.MaxValue

  def size: Int = inFlight.size

  def started(event: SparkListenerSQLExecutionStart): Execution = {
    val execution = of(event.executionId)
    execution.rootId = Getter.RootExecutionId.optional(event) match {
      case root: java.lang.Long => root.longValue
      case _                    => event.executionId
    }
    execution.description = if (event.description == null) "" else Chars.cut(event.description, limits.description)
    execution.details = Executions.head(event.details)
    execution.startAtMs = event.time
    execution.wasStarted = true
    execution.modified = Executions.switchesIn(Getter.ModifiedConfigs.of(event))
    lowestStarted = Math.min(lowestStarted, event.executionId)
    val plan = new ToldPlan(event.sparkPlanInfo, event.physicalPlanDescription)
    execution.startRoot = plan.root
    if (hold(execution, plan)) execution.startPlan = plan
    execution
  }

  /** Only the newest plan counts; an adaptive start is never needed again. */
  def updated(executionId: Long, info: SparkPlanInfo, text: String): Unit = {
    val execution = open(executionId)
    if (execution != null) {
      held.addAndGet(-ToldPlan.bytesOf(execution.newestPlan))
      execution.newestPlan = null
      if (execution.startRoot == Executions.AdaptiveRoot) {
        held.addAndGet(-ToldPlan.bytesOf(execution.startPlan))
        execution.startPlan = null
      }
      val plan = new ToldPlan(info, text)
      if (hold(execution, plan)) execution.newestPlan = plan
    }
  }

  /** A metric the driver raises several times counts with the sum, as in Spark's UI. */
  def accumulated(event: SparkListenerDriverAccumUpdates): Unit = {
    val execution = open(event.executionId)
    if (execution != null) {
      val into = execution.driverAccumulators
      val updates = event.accumUpdates.iterator
      while (updates.hasNext) {
        val update = updates.next()
        val id = java.lang.Long.valueOf(update._1)
        val known = into.get(id)
        if (known != null || into.size < limits.accumulatorsOfDriver)
          into.put(id, (if (known == null) 0L else known.longValue) + update._2)
      }
    }
  }

  /** Whether an execution that ends without a start began before anything was listened to. */
  def beganEarlier(executionId: Long): Boolean = executionId < lowestStarted

  /** The execution while it is in flight, else null. One the agent's thread took is no longer ours. */
  def get(executionId: Long): Execution = {
    val known = inFlight.get(executionId)
    if (known != null && known.ending != null && known.ending.isTaken) {
      remove(known)
      null
    } else known
  }

  /** The execution, made where it is new; null where it ended lately. */
  def open(executionId: Long): Execution = {
    val known = get(executionId)
    if (known != null) known else if (ended.has(executionId)) null else made(executionId)
  }

  /** The execution that ends now; one nobody knows takes no place among those in flight. */
  def ending(executionId: Long): Execution = {
    val known = get(executionId)
    if (known != null) known else new Execution(executionId)
  }

  private def of(executionId: Long): Execution = {
    val known = get(executionId)
    if (known != null) known else made(executionId)
  }

  private def made(executionId: Long): Execution = {
    val execution = new Execution(executionId)
    inFlight.put(executionId, execution)
    execution
  }

  /** The oldest where there are too many, else null. */
  def tooMany: Execution = if (inFlight.size > limits.executions) inFlight.values.iterator.next() else null

  /** No longer in flight. Its bytes stay counted: they go with it. */
  def remove(execution: Execution): Unit = {
    inFlight.remove(execution.id)
    ended.add(execution.id)
  }

  /** Dropped for want of room: its end will be one without a start, and what comes before it makes no new one. Its stages live
    * on with those of no query, and what they hold stays counted until they are done.
    */
  def drop(execution: Execution): Unit = {
    remove(execution)
    held.addAndGet(-execution.planBytes)
    losses.count("too-many-executions", 1)
  }

  def all: java.util.ArrayList[Execution] = new java.util.ArrayList(inFlight.values)

  private def hold(execution: Execution, plan: ToldPlan): Boolean = {
    val bytes = plan.bytes
    val fits = held.addAndGet(bytes) <= limits.heldBytes
    if (!fits) {
      held.addAndGet(-bytes)
      if (!execution.isOverBudget) losses.count("plan-not-kept", 1)
      execution.isOverBudget = true
    }
    fits
  }
}

private[collect] object Executions {
  val AdaptiveRoot = "AdaptiveSparkPlan"
  private val EndedKept = 4096
  private val MaxDetails = 4000

  /** The call stack by reference; of a longer one its head, where the caller stands. */
  private def head(details: String): String =
    if (details == null) "" else if (details.length <= MaxDetails) details else details.substring(0, MaxDetails)

  /** Of an execution's own settings only the engines' switches are kept. */
  private def switchesIn(modified: AnyRef): Map[String, String] = modified match {
    case told: scala.collection.Map[_, _] if told.nonEmpty =>
      val all = told.asInstanceOf[scala.collection.Map[String, String]]
      var found = Map.empty[String, String]
      var index = 0
      while (index < Environment.AllSwitches.length) {
        val name = Environment.AllSwitches(index)
        if (all.contains(name)) found = found.updated(name, String.valueOf(all(name)))
        index += 1
      }
      found
    case _ => Map.empty
  }
}

/** The newest `limit` keys. */
private[collect] final class RecentKeys(limit: Int) {
  private val keys = new java.util.LinkedHashSet[java.lang.Long]

  def has(key: Long): Boolean = keys.contains(key)

  def add(key: Long): Unit = {
    keys.add(key)
    if (keys.size > limit) {
      val oldest = keys.iterator
      oldest.next()
      oldest.remove()
    }
  }
}
