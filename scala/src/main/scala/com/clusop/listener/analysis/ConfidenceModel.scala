package com.clusop.listener.analysis

import scala.collection.mutable

import com.clusop.listener.economics.Terms
import com.clusop.listener.plan.{ExplanationVerdict, Phase, PlanReading, PlanSource}
import com.clusop.listener.pricing.{Known, Unpriced}
import com.clusop.listener.{Fraction, Reason}

/** The three legs on which advice rests. Mirror of `clusop.analysis.confidence.Evidence`. */
final case class Evidence(parse: Leg, diagnosis: Leg, cost: Leg) {

  /** The smaller of parse and diagnosis: what a fix rests on. */
  def ofTheCause: Double = Math.min(parse.score, diagnosis.score)
}

/** The four legs of confidence (DESIGN §7). Mirror of `clusop.analysis.confidence`, number for number: the order of the
  * multiplications counts, since doubles are not associative.
  */
object ConfidenceModel {
  private val BestParse = 0.99
  private val ParseFactors: Map[String, Double] = Map(
    "truncated-top" -> 0.5,
    "truncated-plan" -> 0.7,
    "irregular-indentation" -> 0.8,
    "missing-details" -> 0.9,
    "repaired-text" -> 0.92,
    "wrapped-lines" -> 0.92,
    "missing-header" -> 0.97,
    "new-native-name" -> 0.95,
    "initial-plan" -> 0.9,
    "not-final" -> 0.4,
    "empty" -> 0.0,
    "logical-only" -> 0.0,
    "too-large" -> 0.0,
    "unreadable" -> 0.0
  )
  private val OtherDamage = 0.9

  private val Agreed = 0.93
  private val AgreedByThree = 0.96
  private val Measured = 0.87
  private val Structure = 0.8
  private val Words = 0.7
  private val Unexplained = 0.4
  private val Disagreed = 0.6
  private val SilentEngineNative = 0.9
  private val Settings = 0.95
  private val Bounds = Set("no-stage-times", "no-native-time")

  /** The engine that converts adaptive stages one by one. */
  private val StageByStage = "photon"
  private val SideCauses = Set("row-source", "marginal-operator", "unexplained")
  private val ShownNames = 5

  private val Modeled = 0.79
  private val CostFactors: Map[String, Double] = Map(
    "unknown-tier" -> 0.95,
    "spot-unknown" -> 0.9,
    "vm-list-midpoint" -> 0.97,
    "part-not-priced" -> 0.8,
    "no-stage-times" -> 0.7,
    "no-native-time" -> 0.7,
    "shared-stage" -> 0.9,
    "failed-tasks" -> 0.9,
    "busy-above-slots" -> 0.8,
    "no-timeline" -> 0.7,
    "operators-basis" -> 0.7,
    "assumed-gain" -> 0.85
  )
  private val Places = 4

  /** How well the plan was read: 0.99 for a whole final plan, less for every damage and for a plan before its end. */
  def parseLeg(
      readings: Vector[PlanReading],
      newNativeNames: Vector[String],
      engine: String,
      problems: Vector[Reason]
  ): Leg = {
    val said = problems ++ readings.flatMap(_.problems)
    if (readings.forall(_.plan.isEmpty)) Leg(0.0, if (said.isEmpty) Vector(Reason("empty")) else said.distinct)
    else {
      val early = readings.collect {
        case reading if reading.phase == Phase.Initial || reading.phase == Phase.Current =>
          val isSound = reading.source == PlanSource.ExplainText && reading.phase == Phase.Initial
          Reason(if (isSound || engine != StageByStage) "initial-plan" else "not-final")
      }
      val reasons = said ++ early
      val isNew = newNativeNames.nonEmpty && !reasons.exists(_.id == "new-native-name")
      val named = s" (${newNativeNames.take(ShownNames).mkString(", ")})"
      lowered(BestParse, if (isNew) reasons :+ Reason("new-native-name", named) else reasons, ParseFactors, OtherDamage)
    }
  }

  /** How sure the verdict and its main cause are, by the witnesses. */
  def diagnosisLeg(
      verdict: Verdict,
      findings: Vector[Finding],
      explanation: ExplanationVerdict,
      verdictReasons: Vector[Reason]
  ): Leg =
    if (verdict == Verdict.Unknown) Leg(0.0, if (verdictReasons.isEmpty) Vector(Reason("no-engine-evidence")) else verdictReasons)
    else {
      val disagreements = findings.flatMap(_.disagreement) ++ verdictReasons.filter(_.id == "explanation-disagrees")
      val (score, reasons) = verdictScore(verdict, findings, explanation)
      if (disagreements.isEmpty) Leg(score, reasons) else Leg(rounded(score * Disagreed), reasons ++ disagreements.distinct)
    }

  /** How sure the dollars are. Modeled ones, which is all there are in the driver, are at most medium; without dollars 0. */
  def costLeg(cost: QueryCost, time: TimeSplit, findings: Vector[Finding], remarks: Vector[Reason]): Leg =
    cost.attributed match {
      case Unpriced(reason)                                         => Leg(0.0, Vector(reason))
      case Known(figure) if time.ratioBasis != RatioBasis.Structure =>
        val said = Reason("modeled-dollars") +: (remarks ++ gaps(figure) ++ time.reasons.filter(r => CostFactors.contains(r.id)))
        val based = if (time.ratioBasis == RatioBasis.Operators) said :+ Reason("operators-basis") else said
        val isBounded = findings.exists(_.isUpperBound) && !based.exists(reason => Bounds(reason.id))
        val bounded =
          if (isBounded) based :+ Reason(if (time.nativeMs.isEmpty) "no-native-time" else "no-stage-times") else based
        val assumed = cost.avoidable match {
          case Unpriced(_) => bounded
          case Known(_)    => bounded :+ Reason("assumed-gain")
        }
        lowered(Modeled, assumed, CostFactors, 1.0)
      case Known(_) => Leg(0.0, if (time.reasons.isEmpty) Vector(Reason("no-times")) else time.reasons)
    }

  /** Never above a leg it rests on: switching the engine off and upgrading are dollar decisions and rest on cost too. */
  def recommendationLeg(action: Action, evidence: Evidence): Leg = {
    val two = Vector(evidence.parse, evidence.diagnosis)
    val legs = if (action == Action.Disable || action == Action.Upgrade) two :+ evidence.cost else two
    val score = legs.map(_.score).reduce((one, other) => Math.min(one, other))
    Leg(score, legs.filter(_.score == score).flatMap(_.reasons).distinct)
  }

  /** The four legs of a query whose proposal is `action`. */
  def confidenceOf(evidence: Evidence, action: Action): Confidence =
    Confidence(evidence.parse, evidence.diagnosis, evidence.cost, recommendationLeg(action, evidence))

  private def verdictScore(
      verdict: Verdict,
      findings: Vector[Finding],
      explanation: ExplanationVerdict
  ): (Double, Vector[Reason]) = {
    val isAgreed = (verdict == Verdict.Native && explanation == ExplanationVerdict.Fully) ||
      (verdict == Verdict.Command && explanation == ExplanationVerdict.Command)
    if (verdict == Verdict.Fallback || verdict == Verdict.Partial) {
      if (findings.isEmpty) (Unexplained, Vector(Reason("unexplained")))
      else findingScore(findings.reduce((best, next) => if (weighsMore(next, best)) next else best))
    } else if (isAgreed) (AgreedByThree, Vector.empty)
    else if (verdict == Verdict.Native) (SilentEngineNative, Vector(Reason("structure-only")))
    else (Settings, Vector.empty)
  }

  /** The finding a proposal would speak of comes out first; of equal ones the first. */
  private def weighsMore(one: Finding, other: Finding): Boolean = {
    val byCause = java.lang.Boolean.compare(!SideCauses(one.cause), !SideCauses(other.cause))
    if (byCause != 0) byCause > 0
    else {
      val byTime = one.timeRatio.getOrElse(Fraction.Zero).compare(other.timeRatio.getOrElse(Fraction.Zero))
      if (byTime != 0) byTime > 0 else one.operatorCount > other.operatorCount
    }
  }

  private def findingScore(finding: Finding): (Double, Vector[Reason]) = {
    val isMeasured = finding.witnesses.contains(Witness.Metrics)
    if (finding.cause == "unexplained") (Unexplained, Vector(Reason("unexplained")))
    else if (finding.witnesses.contains(Witness.Engine)) {
      if (!finding.witnesses.contains(Witness.Structure)) (Words, Vector(Reason("engine-words-only")))
      else (if (isMeasured) AgreedByThree else Agreed, Vector.empty)
    } else (if (isMeasured) Measured else Structure, Vector(Reason("structure-only")))
  }

  private def gaps(figure: Figure): Vector[Reason] =
    Terms.missingParts(figure).map { case (part, reason) => Reason("part-not-priced", s" ($part: $reason)") }

  /** `best` times the factor of each reason, each id once, however often it was said. */
  private def lowered(best: Double, reasons: Vector[Reason], factors: Map[String, Double], otherwise: Double): Leg = {
    val kept = reasons.distinct
    val met = mutable.HashSet.empty[String]
    val score = kept.foldLeft(best)((sofar, reason) =>
      if (met.add(reason.id)) sofar * factors.getOrElse(reason.id, otherwise) else sofar
    )
    Leg(rounded(score), kept)
  }

  /** Python's `round(score, 4)`: half to even on the exact value of the double. */
  private def rounded(score: Double): Double =
    new java.math.BigDecimal(score).setScale(Places, java.math.RoundingMode.HALF_EVEN).doubleValue
}
