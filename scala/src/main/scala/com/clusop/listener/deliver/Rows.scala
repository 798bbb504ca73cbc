package com.clusop.listener.deliver

import com.clusop.listener.analysis.{Figure, QueryAssessment}
import com.clusop.listener.json.Json
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Units}

/** The newest finished executions for `clusop.report()`. They stay in the driver: a row shows the query's own description.
  * Bounded in number and bytes; the oldest goes. Not thread-safe: the caller holds the lock.
  */
final class Rows {
  private val rows = new java.util.ArrayDeque[Row]
  @volatile private var held = 0L

  def add(seen: SeenExecution): Unit = {
    val made = Rows.row(seen)
    val size = HeldBytes.of(made)
    rows.addLast(Row(seen.owner, made, size))
    held += size
    while (rows.size > Rows.MaxRows || held > Rows.MaxBytes) held -= rows.removeFirst().size
  }

  def bytes: Long = held

  /** The rows of one owner, or of everybody, newest last. */
  def of(owner: String, all: Boolean): Vector[Json] = {
    val found = Vector.newBuilder[Json]
    val each = rows.iterator
    while (each.hasNext) {
      val row = each.next()
      if (all || row.owner == owner) found += row.json
    }
    found.result()
  }
}

private final case class Row(owner: String, json: Json, size: Long)

object Rows {
  private val MaxRows = 200
  private val MaxBytes = 2L * 1024 * 1024
  private val MaxTextChars = 200
  private val MaxFindings = 8

  private def row(seen: SeenExecution): Json = {
    val assessment = seen.assessment
    val found = assessment.diagnosis
    val time = found.time
    Json.obj(
      "execution" -> Json.str(text(found.observed.queryId)),
      "description" -> Json.str(text(found.observed.description)),
      "at_ms" -> Json.num(seen.atMs),
      "status" -> Json.str(found.observed.status.value),
      "role" -> Json.str(found.role.value),
      "engine" -> Json.str(found.dialect),
      "verdict" -> Json.str(found.verdict.value),
      "verdict_reasons" -> Json.arr(Problems.ids(found.verdictReasons)),
      "run_ms" -> ms(time.runMs),
      "native_ratio" -> time.nativeRatio.map(ratio => Problems.fourDecimals(Problems.clamped(ratio))).getOrElse(Json.Null),
      "ratio_basis" -> Json.str(time.ratioBasis.value),
      "findings" -> Json.arr(found.findings.take(MaxFindings).map { finding =>
        Json.obj(
          "cause" -> Json.str(finding.cause),
          "operator" -> Json.str(text(finding.operator)),
          "functions" -> Json.arr(finding.functions.take(MaxFindings).map(name => Json.str(text(name)))),
          "time_ratio" -> finding.timeRatio.map(ratio => Problems.fourDecimals(Problems.clamped(ratio))).getOrElse(Json.Null)
        )
      }),
      "cost" -> costJson(assessment),
      "confidence" -> Json.str(assessment.confidence.recommendation.level),
      "action" -> Json.str(assessment.proposal.action.value),
      "sentence" -> Json.str(Gate.cut(assessment.proposal.sentence, 2 * MaxTextChars))
    )
  }

  private def costJson(assessment: QueryAssessment): Json = Json.obj(
    "attributed" -> figure(assessment.cost.attributed),
    "exposure" -> figure(assessment.cost.exposure),
    "avoidable" -> figure(assessment.cost.avoidable),
    "avoidable_is_capacity" -> Json.Bool(assessment.cost.avoidableIsCapacity)
  )

  private def figure(priced: Priced[Figure]): Json = priced match {
    case Unpriced(reason) => Json.obj("unpriced" -> Json.str(reason.id))
    case Known(found)     =>
      Json.obj(
        "low_microusd" -> Json.num(Units.usdToMicrousd(found.usd.low)),
        "high_microusd" -> Json.num(Units.usdToMicrousd(found.usd.high)),
        "basis" -> Json.str(found.basis)
      )
  }

  private def ms(value: Option[Fraction]): Json = value.map(found => Json.num(found.rounded)).getOrElse(Json.Null)
  private def text(value: String): String = Gate.cut(value, MaxTextChars)
}
