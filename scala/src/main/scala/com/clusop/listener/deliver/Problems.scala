package com.clusop.listener.deliver

import com.clusop.listener.analysis.{Finding, Leg, QueryAssessment, RatioBasis, Role, RunStatus, Signature, TimeSplit, Verdict}
import com.clusop.listener.json.Json
import com.clusop.listener.plan.Plan
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Range, Reason, Reasons}

/** Whose work it is, through the gates. `key` is a workload key; `secretKey` the key of all hashes. */
final case class Workload(workspace: String, key: String, taskKey: String, secretKey: Array[Byte])

/** One problem of one execution. `finding` is its own, `position` its place among all of the query's, `others`. */
final case class SeenProblem(
    signature: String,
    family: String,
    occurrence: Int,
    finding: Finding,
    position: Int,
    others: OtherFindings,
    plan: SeenPlan,
    locator: Vector[(String, Json)],
    share: Priced[Range],
    assessment: QueryAssessment,
    workload: Workload
)

/** The problems of one execution that are told, and how many are not. */
final case class SeenProblems(told: Vector[SeenProblem], leftOut: Int)

/** The problems of one assessed query: what becomes a signal. Mirror of `clusop.analysis.records.problems`. */
object Problems {

  /** So many problems of one execution are told: those with the largest shares of time. */
  val MaxProblems = 64
  private val MaxReasons = 32
  private val NotWorthAChange = Set("marginal-operator", "row-source")

  /** Whether a finding is worth a change: a row source is where it holds a whole island back. */
  def isProblem(finding: Finding): Boolean =
    !NotWorthAChange(finding.cause) || (finding.cause == "row-source" && finding.island.isDefined)

  /** The problems of one execution, lowest operator first; none of internal, failed or fully native ones. What they share is
    * computed once: there may be thousands of findings in a plan of thousands of operators.
    */
  def of(assessment: QueryAssessment, workload: Workload): SeenProblems = {
    val found = assessment.diagnosis
    val isGround = found.role == Role.User && found.observed.status == RunStatus.Succeeded &&
      (found.verdict == Verdict.Fallback || found.verdict == Verdict.Partial)
    if (!isGround) SeenProblems(Vector.empty, 0)
    else {
      val ordered = lowestFirst(assessment)
      val numbered = numberedOf(ordered)
      val chosen = largest(numbered)
      val first = ordered.take(OtherFindings.Most + 1).map(one => findingJson(one, depthOf(one, assessment), one.timeRatio))
      val others = new OtherFindings(first, ordered.size)
      val plans = found.plans.map(new SeenPlan(_))
      val locator = locatorOf(assessment, workload)
      val told = chosen.map { one =>
        val signature = Signature.signature(
          Signature.Problem(workload.workspace, workload.key, workload.taskKey, one.finding.cause, one.family, one.occurrence)
        )
        SeenProblem(
          signature,
          one.family,
          one.occurrence,
          one.finding,
          one.position,
          others,
          plans(one.finding.graph),
          locator,
          shareOf(one.finding, found.time),
          assessment,
          workload
        )
      }
      SeenProblems(told, numbered.size - told.size)
    }
  }

  private final case class Numbered(finding: Finding, position: Int, family: String, occurrence: Int)

  /** All problems, left out or not, count for the number of those alike: which one is which hangs on no share of time. */
  private def numberedOf(ordered: Vector[Finding]): Vector[Numbered] = {
    val counts = new java.util.HashMap[(String, String), Integer]
    ordered.zipWithIndex.filter(entry => isProblem(entry._1)).map { case (finding, position) =>
      val name = Gate.operatorName(finding.operator)
      val family = if (name == "?") name else Signature.operatorFamily(name)
      val place = (Signature.alikeCause(finding.cause), family)
      val occurrence: Int = if (counts.containsKey(place)) counts.get(place) else 0
      counts.put(place, occurrence + 1)
      Numbered(finding, position, family, occurrence)
    }
  }

  /** Those with the largest shares of time, in their order; of equal ones, and of those without a share, the lowest. */
  private def largest(all: Vector[Numbered]): Vector[Numbered] =
    if (all.size <= MaxProblems) all
    else {
      val byShare = all.sortWith { (one, other) =>
        one.finding.timeRatio match {
          case None        => false
          case Some(share) => other.finding.timeRatio.forall(share > _)
        }
      }
      byShare.take(MaxProblems).sortBy(_.position)
    }

  private def locatorOf(assessment: QueryAssessment, workload: Workload): Vector[(String, Json)] = {
    val observed = assessment.diagnosis.observed
    val told = observed.description
    Vector(
      "execution" -> Json.str(Gate.matching(observed.queryId, Gate.Execution)),
      "text_hash" -> Json.str(if (told.isEmpty) "" else Gate.keyedHash(told, workload.secretKey))
    )
  }

  /** Findings by graph, and in a graph by post-order: wrappers that adaptive execution adds to a branch leave it alone. */
  private def lowestFirst(assessment: QueryAssessment): Vector[Finding] = {
    val ranks = assessment.diagnosis.plans.map(judged => judged.reading.plan.map(postOrder).getOrElse(new Array[Int](0)))
    assessment.diagnosis.findings.sortBy(finding => (finding.graph, ranks(finding.graph)(finding.index)))
  }

  private def postOrder(plan: Plan): Array[Int] = {
    val below = new Array[Int](plan.size)
    var index = plan.size - 1
    while (index >= 0) {
      val parent = plan.operators(index).parent
      if (parent >= 0) below(parent) += below(index) + 1
      index -= 1
    }
    Array.tabulate(plan.size)(at => at + below(at) - plan.depths(at))
  }

  /** J of one problem; from 0 on where its time is an upper bound. */
  private def shareOf(finding: Finding, time: TimeSplit): Priced[Range] = finding.timeRatio match {
    case Some(ratio) if finding.ratioBasis != RatioBasis.Structure =>
      val share = clamped(ratio)
      val isBound = finding.isUpperBound && time.nativeMs.isEmpty
      Known(Range(if (isBound) Fraction.Zero else share, share))
    case _ => Unpriced(Reason("no-time-no-price"))
  }

  private[deliver] def clamped(ratio: Fraction): Fraction = ratio.max(Fraction.Zero).min(Fraction.One)

  /** Ids only, each once: what fills a sentence may be a name. */
  private[deliver] def ids(reasons: Vector[Reason]): Vector[Json] =
    reasons.map(_.id).filter(Reasons.contains).distinct.take(MaxReasons).map(Json.str)

  private[deliver] def legJson(leg: Leg): Json = {
    val exact = new java.math.BigDecimal(leg.score).movePointRight(4).setScale(0, java.math.RoundingMode.HALF_EVEN)
    Json.obj(
      "score" -> fourDecimals(exact.toBigIntegerExact),
      "level" -> Json.str(leg.level),
      "reasons" -> Json.arr(ids(leg.reasons))
    )
  }

  /** Ten-thousandths as Python writes the float. */
  private[deliver] def fourDecimals(steps: java.math.BigInteger): Json = {
    val plain = new java.math.BigDecimal(steps, 4).stripTrailingZeros
    Json.Num((if (plain.scale < 1) plain.setScale(1) else plain).toPlainString)
  }

  private[deliver] def fourDecimals(ratio: Fraction): Json = fourDecimals((ratio * Fraction(10000)).rounded)

  private[deliver] def depthOf(finding: Finding, assessment: QueryAssessment): Int =
    assessment.diagnosis.plans(finding.graph).reading.plan.map(_.depths(finding.index)).getOrElse(0)

  private[deliver] def findingJson(finding: Finding, depth: Int, ratio: Option[Fraction]): Json = {
    val reason = if (ratio.isDefined) "" else finding.timeReason.map(_.id).getOrElse("no-times")
    Json.obj(
      "cause" -> Json.str(finding.cause),
      "operator" -> Json.str(Gate.operatorName(finding.operator)),
      "index" -> Json.num(finding.index.toLong),
      "depth" -> Json.num(depth.toLong),
      "operators" -> Json.num(finding.operatorCount.toLong),
      "time_ratio" -> ratio.map(found => fourDecimals(clamped(found))).getOrElse(Json.Null),
      "time_reason" -> Json.str(reason),
      "basis" -> Json.str(finding.ratioBasis.value),
      "is_upper_bound" -> Json.Bool(finding.isUpperBound),
      "functions" -> Json.arr(Gate.builtIn(finding.functions).take(16).map(Json.str))
    )
  }
}
