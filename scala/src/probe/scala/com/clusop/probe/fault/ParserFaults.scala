package com.clusop.probe.fault

import com.clusop.listener.PhotonFallbackListener
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.execution.SparkPlanInfo
import org.apache.spark.sql.execution.ui._

/** Plans that throw while they are parsed, on the agent's own thread: one that raises whatever its children are asked, and one far
  * deeper than any stack.
  */
final class ParserFaults(checks: Checks) {
  import LocalSpark._

  private final class PoisonedChildren(kind: String) extends scala.collection.immutable.Seq[SparkPlanInfo] {
    override def length: Int = Poison.raise(kind)
    override def apply(at: Int): SparkPlanInfo = Poison.raise(kind)
    override def iterator: Iterator[SparkPlanInfo] = Poison.raise(kind)
    override def toString: String = "poisoned"
  }

  def parserThrows(
      session: SparkSession,
      shim: PhotonFallbackListener,
      status: () => String,
      firstId: Int,
      bare: String
  ): Unit = {
    // Whoever throws ThreadDeath wants the thread gone: that is agentThreadDies.
    val kinds = Poison.kinds.filterNot(_ == "thread-death")
    val before = ParserFaults.count(status(), "agent-error")
    kinds.zipWithIndex.foreach { case (kind, at) =>
      run(shim, node("Project", new PoisonedChildren(kind)), (firstId + at).toLong)
    }
    checks.soon("parser-errors-counted", status())(ParserFaults.count(status(), "agent-error") == before + kinds.size)
    val seen = ParserFaults.executions(status())
    run(shim, deep(100000), (firstId + kinds.size).toLong)
    checks.soon("deep-plan-judged", status())(ParserFaults.executions(status()) == seen + 1)
    val rows = rowsOf(session)
    drain(session.sparkContext)
    checks.that("parser-rows", rows == bare, rows)
    checks.that("parser-alive", !session.sparkContext.isStopped && status().contains("\"thread_alive\":true"), status())
  }

  private def run(shim: PhotonFallbackListener, plan: SparkPlanInfo, id: Long): Unit = {
    shim.onOtherEvent(SparkListenerSQLExecutionStart(id, None, "poisoned", "", "", plan, 0L))
    shim.onOtherEvent(SparkListenerSQLExecutionEnd(id, 1L))
  }

  private def deep(depth: Int): SparkPlanInfo =
    (1 to depth).foldLeft(node("Range", Nil))((below, _) => node("Project", below :: Nil))

  private def node(name: String, children: scala.collection.immutable.Seq[SparkPlanInfo]): SparkPlanInfo =
    new SparkPlanInfo(name, name, children, Map.empty, Nil)
}

private object ParserFaults {

  /** A count in the status' JSON text, 0 where the name is not there. */
  def count(status: String, name: String): Long = {
    val at = status.indexOf("\"" + name + "\":")
    if (at < 0) 0L else status.substring(at + name.length + 3).takeWhile(_.isDigit).toLong
  }

  /** How many executions were judged, whatever the verdict. */
  def executions(status: String): Long = {
    val told = status.substring(status.indexOf("\"executions\":{") + 14).takeWhile(_ != '}')
    told.split(',').filter(_.contains(":")).map(one => one.substring(one.indexOf(':') + 1).toLong).sum
  }
}
