package com.clusop.listener.plan

import org.apache.spark.sql.execution.SparkPlanInfo

import com.clusop.listener.Reason
import com.clusop.listener.json.{Json, JsonProblem}

/** Reads SparkPlanInfo, from JSON or live, into a plan. Mirror of `clusop.plan.plan_info`. */
private[listener] object PlanInfoReader {
  val MaxOperators: Int = 100000
  val MaxDepth: Int = 10000
  private val SubqueryEnds = Vector("Subquery", "SubqueryBroadcast", "SubqueryAdaptiveBroadcast")

  /** Whether an operator of this canonical name holds a subquery of the operator above it. */
  def isSubqueryName(name: String): Boolean = SubqueryEnds.exists(name.endsWith(_))

  def fromJson(document: Either[JsonProblem, Json], phaseHint: Option[Phase]): PlanReading = document match {
    case Left(problem) if problem.tooLarge => unread("too-large", s": ${problem.what}")
    case Left(_)                           => unread("unreadable", ": no JSON")
    case Right(value)                      =>
      JsonPlanInfo.of(value).map(read(_, phaseHint)).getOrElse {
        unread("unreadable", ": no SparkPlanInfo (a JSON object with nodeName and children)")
      }
  }

  def fromSpark(info: SparkPlanInfo, phaseHint: Option[Phase]): PlanReading = read(new SparkPlanInfoEntry(info), phaseHint)

  /** The plan of a root node. `phaseHint` says what a plan is that is not final: the plan of a start event is initial; without it
    * such a plan is current. A plan without adaptive execution is always static, one that says it is final final.
    */
  private[plan] def read(root: PlanInfoEntry, phaseHint: Option[Phase]): PlanReading = {
    val walk = new PlanInfoWalk
    walk.run(root) match {
      case Some(refusal) => unread("too-large", refusal)
      case None          =>
        val damage = s": ${walk.damaged} entries of the JSON are no plan nodes or metrics"
        val problems = if (walk.damaged > 0) Vector(Reason("truncated-plan", damage)) else Vector.empty
        PlanReading(Some(walk.plan), walk.phase(phaseHint), PlanSource.PlanInfo, problems = problems)
    }
  }

  /** No plan, and why. */
  private def unread(reason: String, detail: String): PlanReading =
    PlanReading(None, Phase.Static, PlanSource.PlanInfo, problems = Vector(Reason(reason, detail)))
}
