package com.clusop.probe

import com.clusop.listener.PlanParser
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.plan.{Dialect, Fingerprint, Metric, Operator, Plan, PlanReading, Scrub}

/** All that is read from one plan, as canonical JSON. Twin of `tests/vectors/answers/plan_answer.py`. */
object PlanAnswer {

  /** What explain text gives. */
  def ofText(text: String): String = ofReading(PlanParser.fromText(text))

  /** What a SparkPlanInfo in JSON gives. */
  def ofPlanInfo(text: String): String = ofReading(PlanParser.fromPlanInfoJson(text))

  /** A reading with everything the dialects, the fingerprint and the scrubber make of it. */
  def ofReading(reading: PlanReading): String = {
    val told = reading.explanation
    val blocks = told.blocks.map(each => texts(each.subject, each.subjectKind, each.detail, each.reference))
    JsonWriter.canonical(
      Json.obj(
        "source" -> Json.str(reading.source.value),
        "phase" -> Json.str(reading.phase.value),
        "explanation" -> Json.obj("verdict" -> Json.str(told.verdict.value), "blocks" -> Json.arr(blocks)),
        "problems" -> Json.arr(reading.problems.map(each => texts(each.id, each.detail))),
        "plan" -> reading.plan.fold[Json](Json.Null)(planJson)
      )
    )
  }

  private def planJson(plan: Plan): Json = {
    val dialects = Dialect.ids.map(Dialect.of)
    val kinds = dialects.map(spoken => spoken.id -> Json.arr(Dialect.classify(plan, spoken).map(kind => Json.str(kind.value))))
    val fresh = dialects.map { spoken =>
      spoken.id -> Json.arr(plan.operators.map(operator => Json.Bool(spoken.isNew(operator.name))))
    }
    Json.obj(
      "operators" -> Json.arr(plan.operators.map(operatorJson)),
      "codegens" -> Json.arr(plan.codegens.map(each => Json.arr(Vector(number(each.number), metricsJson(each.metrics))))),
      "kinds" -> Json.obj(kinds: _*),
      "new" -> Json.obj(fresh: _*),
      "engine_of_names" -> Json.str(Dialect.engineOfNames(plan)),
      "fingerprint" -> Json.str(Fingerprint.of(plan))
    )
  }

  private def operatorJson(operator: Operator): Json = Json.obj(
    "name" -> Json.str(operator.name),
    "parent" -> Json.num(operator.parent.toLong),
    "link" -> Json.str(operator.link.value),
    "arguments" -> Json.str(operator.arguments),
    "scrubbed" -> Json.str(Scrub.scrubArguments(operator.arguments)),
    "metrics" -> metricsJson(operator.metrics),
    "number" -> number(operator.number),
    "codegen" -> number(operator.codegen)
  )

  private def metricsJson(metrics: Vector[Metric]): Json = Json.arr(metrics.map { metric =>
    Json.arr(Vector(Json.str(metric.name), Json.str(metric.kind), metric.accumulatorId.fold[Json](Json.Null)(Json.num(_: Long))))
  })

  private def number(value: Option[Int]): Json = value.fold[Json](Json.Null)(each => Json.num(each.toLong))

  private def texts(each: String*): Json = Json.arr(each.map(Json.str))
}
