package com.clusop.probe.fault

import java.util.Properties

import com.clusop.listener.{Door, PhotonFallbackListener}
import org.apache.spark.scheduler._
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.execution.ui._

/** Poisoned events for the agent as it ships: members that are null, properties that raise errors when they are read. They go to
  * our listener alone; Spark's own would not survive them.
  */
final class LiveFaults(checks: Checks) {
  import LocalSpark._
  private val Request = """{"op":"attach","door":"arm","settings":{"spark.clusop.budget.maxErrors":"100000"}}"""
  private val FirstId = 900000

  private final class PoisonedProperties(kind: String) extends Properties {
    override def getProperty(key: String): String = Poison.raise(kind)
    override def getProperty(key: String, default: String): String = Poison.raise(kind)
    override def get(key: Object): Object = Poison.raise(kind)
    override def clone(): Object = Poison.raise(kind)
  }

  def poisonedEvents(session: SparkSession, bare: String): Unit = {
    val context = session.sparkContext
    val answer = new Door(context, Request).toString
    checks.that("live-armed", answer.contains("\"armed\":true"), answer)
    drain(context)
    val shim = ourShims(context).last
    Poison.kinds.zipWithIndex.foreach { case (kind, at) => poison(shim, kind, FirstId + at) }
    withoutMembers(shim, FirstId + Poison.kinds.size)
    val rows = rowsOf(session)
    drain(context)
    checks.that("live-rows", rows == bare, rows)
    checks.that("live-alive", !context.isStopped)
    checks.that("live-errors-counted", status.contains("\"callback-error\":"), status)
    // Two sums, the failing query, and the collects of both sessions: all that came after the poison is still seen.
    checks.soon("live-still-judges", status)(status.contains("\"not-accelerated\":") && status.contains("\"armed\":true"))
    checks.that("live-thread-alive", status.contains("\"thread_alive\":true"), status)
    new ParserFaults(checks).parserThrows(session, shim, () => status, FirstId + 100, bare)
    ask("""{"op":"disarm"}"""): Unit
  }

  private def poison(shim: PhotonFallbackListener, kind: String, id: Int): Unit = {
    val properties = new PoisonedProperties(kind)
    shim.onOtherEvent(SparkListenerSQLExecutionStart(id.toLong, None, kind, "", "", null, 0L))
    shim.onJobStart(SparkListenerJobStart(id, 0L, Seq.empty, properties))
    shim.onStageSubmitted(SparkListenerStageSubmitted(null, properties))
    shim.onOtherEvent(SparkListenerSQLExecutionEnd(id.toLong, 1L))
  }

  private def withoutMembers(shim: PhotonFallbackListener, id: Int): Unit = {
    shim.onOtherEvent(SparkListenerSQLExecutionStart(id.toLong, null, null, null, null, null, 0L))
    shim.onJobStart(SparkListenerJobStart(id, 0L, Seq.empty, null))
    shim.onStageCompleted(SparkListenerStageCompleted(null))
    shim.onTaskStart(SparkListenerTaskStart(0, 0, null))
    shim.onTaskEnd(SparkListenerTaskEnd(0, 0, null, null, null, null, null))
    shim.onJobEnd(SparkListenerJobEnd(id, 0L, null))
    shim.onExecutorAdded(SparkListenerExecutorAdded(0L, null, null))
    shim.onExecutorRemoved(SparkListenerExecutorRemoved(0L, null, null))
    shim.onEnvironmentUpdate(SparkListenerEnvironmentUpdate(null))
    shim.onOtherEvent(SparkListenerSQLAdaptiveExecutionUpdate(id.toLong, null, null))
    shim.onOtherEvent(SparkListenerDriverAccumUpdates(id.toLong, null))
    shim.onOtherEvent(SparkListenerSQLExecutionEnd(id.toLong, 1L))
    shim.onOtherEvent(null)
  }

  private def status: String = ask("""{"op":"status"}""")

  /** As another class loader's door asks. */
  private def ask(request: String): String = {
    val published = System.getProperties.get("com.clusop.agent")
    published.asInstanceOf[java.util.Map[String, java.util.function.Function[String, String]]].get("call").apply(request)
  }
}
