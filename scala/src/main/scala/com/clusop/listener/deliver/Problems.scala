package com.clusop.listener.deliver

import com.clusop.listener.analysis.{Finding, Leg, QueryAssessment, RatioBasis, Role, RunStatus, Signature, TimeSplit, Verdict}
import com.clusop.listener.json.Json
import com.clusop.listener.plan.{Fingerprint, Plan}
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Range, Reason, Reasons}

/** Whose work it is, through the gates. `key` is a workload key; `secretKey` the key of all hashes. */
final case class Workload(workspace: String, key: String, taskKey: String, secretKey: Array[Byte])

/** One problem of one execution. `finding` is its own, `others` the rest of the query's. */
final case class SeenProblem(
    signature: String,
    family: String,
    occurrence: Int,
    finding: Finding,
    others: Vector[Finding],
    share: Priced[Range],
    assessment: QueryAssessment,
    workload: Workload
)

/** The problems of one assessed query: what becomes a signal. Mirror of `clusop.analysis.records.problems`. */
object Problems {
  private val MaxReasons = 32
  private val NotWorthAChange = Set("marginal-operator", "row-source")

  /** Whether a finding is worth a change: a row source is where it holds a whole island back. */
  def isProblem(finding: Finding): Boolean =
    !NotWorthAChange(finding.cause) || (finding.cause == "row-source" && finding.island.isDefined)

  /** The problems of one execution, lowest operator first; none of internal, failed or fully native ones. */
  def of(assessment: QueryAssessment, workload: Workload): Vector[SeenProblem] = {
    val found = assessment.diagnosis
    val isGround = found.role == Role.User && found.observed.status == RunStatus.Succeeded &&
      (found.verdict == Verdict.Fallback || found.verdict == Verdict.Partial)
    if (!isGround) Vector.empty
    else {
      val ordered = lowestFirst(assessment)
      val counts = new java.util.HashMap[(String, String), Integer]
      ordered.filter(isProblem).map { finding =>
        val name = Gate.operatorName(finding.operator)
        val family = if (name == "?") name else Signature.operatorFamily(name)
        val place = (finding.cause, family)
        val occurrence: Int = if (counts.containsKey(place)) counts.get(place) else 0
        counts.put(place, occurrence + 1)
        val signature = Signature.signature(
          Signature.Problem(workload.workspace, workload.key, workload.taskKey, finding.cause, family, occurrence)
        )
        val others = ordered.filter(_ ne finding)
        SeenProblem(signature, family, occurrence, finding, others, shareOf(finding, found.time), assessment, workload)
      }
    }
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

  /** The fingerprint of the plan the finding is in. */
  def fingerprintOf(seen: SeenProblem): String =
    seen.assessment.diagnosis.plans(seen.finding.graph).reading.plan.map(Fingerprint.of).getOrElse("")

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
