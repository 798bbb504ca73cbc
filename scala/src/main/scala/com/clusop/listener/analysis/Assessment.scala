package com.clusop.listener.analysis

import com.clusop.listener.plan.{ExplanationVerdict, Kind, PlanReading}
import com.clusop.listener.pricing.Priced
import com.clusop.listener.{Fraction, Range, Reason}

// What the analysis says of one query. Mirror of `clusop.analysis.assessment` (and of `figure`, `diagnosis`), field for field.

/** What became of a plan. */
sealed abstract class Verdict(val value: String)

object Verdict {
  case object Fallback extends Verdict("fallback")
  case object Partial extends Verdict("partial")
  case object Native extends Verdict("native")
  case object Command extends Verdict("command")
  case object NotAccelerated extends Verdict("not-accelerated")
  case object Unknown extends Verdict("unknown")
}

/** Whose execution it is. */
sealed abstract class Role(val value: String)

object Role {
  case object User extends Role("user")
  case object Internal extends Role("internal")
  case object Command extends Role("command")
}

/** What a share of time rests on. */
sealed abstract class RatioBasis(val value: String)

object RatioBasis {
  case object Measured extends RatioBasis("measured")
  case object Profile extends RatioBasis("profile")
  case object Operators extends RatioBasis("operators")
  case object Structure extends RatioBasis("structure")
}

/** Who says that an operator left the engine, and why. */
sealed abstract class Witness(val value: String)

object Witness {
  case object Structure extends Witness("structure")
  case object Engine extends Witness("engine")
  case object Metrics extends Witness("metrics")
}

/** What is proposed. Never done. */
sealed abstract class Action(val value: String)

object Action {
  case object Fix extends Action("fix")
  case object Disable extends Action("disable")
  case object Upgrade extends Action("upgrade")
  case object Keep extends Action("keep")
  case object NoAction extends Action("none")
}

/** One graph with the kind of every operator, its island (`-1` outside) and whether it ran in this execution. */
final case class JudgedPlan(
    reading: PlanReading,
    kinds: Vector[Kind],
    islandOf: Vector[Int],
    ran: Vector[Boolean],
    verdict: Verdict,
    reasons: Vector[Reason] = Vector.empty
)

/** A connected group of operators off the engine, deepest first. */
final case class Island(
    number: Int,
    graph: Int,
    operators: Vector[Int],
    stageIds: Vector[Int] = Vector.empty,
    timeMs: Option[Fraction] = None,
    timeReason: Option[Reason] = None,
    isUpperBound: Boolean = false,
    remarks: Vector[Reason] = Vector.empty
)

/** A cause at an operator. */
final case class Finding(
    cause: String,
    operator: String,
    graph: Int,
    index: Int,
    detail: String = "",
    island: Option[Int] = None,
    functions: Vector[String] = Vector.empty,
    engineSays: String = "",
    witnesses: Vector[Witness] = Vector.empty,
    disagreement: Option[Reason] = None,
    inherited: Vector[Int] = Vector.empty,
    timeRatio: Option[Fraction] = None,
    timeReason: Option[Reason] = None,
    ratioBasis: RatioBasis = RatioBasis.Structure,
    isUpperBound: Boolean = false
) {
  def operatorCount: Int = 1 + inherited.size
}

/** Where a query's task time went, ms; the classes add up to `runMs`. */
final case class TimeSplit(
    runMs: Option[Fraction],
    nativeMs: Option[Fraction],
    ratioBasis: RatioBasis,
    islandMs: Option[Fraction] = None,
    rowSourceMs: Option[Fraction] = None,
    boundaryMs: Option[Fraction] = None,
    unexplainedMs: Option[Fraction] = None,
    lostMs: Option[Fraction] = None,
    reasons: Vector[Reason] = Vector.empty
) {
  def nativeRatio: Option[Fraction] = (runMs, nativeMs) match {
    case (Some(run), Some(native)) if !run.isZero => Some(native / run)
    case _                                        => None
  }
}

/** One leg of confidence: 0..1 and what lowered it. */
final case class Leg(score: Double, reasons: Vector[Reason] = Vector.empty) {
  def level: String = if (score >= 0.8) "high" else if (score >= 0.5) "medium" else "low"
}

final case class Confidence(parse: Leg, diagnosis: Leg, cost: Leg, recommendation: Leg)

/** An amount of dollars that can be recomputed; live figures are always modeled. `inputs` keep their order. */
final case class Figure(usd: Range, formula: String, inputs: Vector[(String, String)], priceIds: Vector[String]) {
  def basis: String = "modeled"
}

final case class QueryCost(
    attributed: Priced[Figure],
    exposure: Priced[Figure],
    avoidable: Priced[Figure],
    avoidableIsCapacity: Boolean = false
)

final case class Proposal(
    action: Action,
    sentence: String,
    saving: Option[Priced[Figure]] = None,
    reasons: Vector[Reason] = Vector.empty
)

/** What became of one run; everything but money. `dialect` is the id of the dialect it was judged by. */
final case class Diagnosis(
    observed: Observed,
    explanation: ExplanationVerdict,
    engine: EngineFact,
    dialect: String,
    role: Role,
    verdict: Verdict,
    verdictReasons: Vector[Reason],
    plans: Vector[JudgedPlan],
    nativeOperatorCount: Int,
    jvmOperators: Vector[(String, Int)],
    newNativeNames: Vector[String],
    islands: Vector[Island],
    findings: Vector[Finding],
    time: TimeSplit
)

/** All that is said of one query. */
final case class QueryAssessment(diagnosis: Diagnosis, cost: QueryCost, confidence: Confidence, proposal: Proposal)
