package com.clusop.probe

import java.nio.charset.StandardCharsets.US_ASCII

import com.clusop.listener.analysis._
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.pricing.Known
import com.clusop.listener.{Fraction, Range, Reason}

/** What the analysis says of one run, without dollars, as canonical JSON. Twin of `tests/vectors/answers/diagnosis_answer.py`. */
object DiagnosisAnswer {
  private val Key = "clusop".getBytes(US_ASCII)
  private val Bill = Known(
    Figure(
      Range.of(Fraction.One),
      "attributed-1",
      Vector("dbu_usd" -> "1", "vm_usd" -> "unpriced:unknown-vm-price"),
      Vector.empty
    )
  )

  /** Diagnosis, legs and signatures of the run that `text` describes. */
  def of(text: String): String = {
    val answer =
      try {
        val (observed, nativeTimeSeen) = ObservedJson.read(text)
        answerOf(observed, nativeTimeSeen)
      } catch { case _: NoObserved => Json.obj("refused" -> Json.str("no-observed")) }
    JsonWriter.canonical(answer)
  }

  private def answerOf(observed: Observed, nativeTimeSeen: Boolean): Json.Obj = {
    val found = Diagnose.of(observed, nativeTimeSeen)
    val evidence = com.clusop.listener.ConfidenceModel.evidenceOf(
      found,
      QueryCost(Bill, Bill, Bill),
      Vector(Reason("spot-unknown"))
    )
    Json.Obj(
      diagnosisJson(found).members ++ Vector(
        "parse" -> legJson(evidence.parse),
        "diagnosis" -> legJson(evidence.diagnosis),
        "cost" -> legJson(evidence.cost),
        "fix" -> legJson(ConfidenceModel.recommendationLeg(Action.Fix, evidence)),
        "disable" -> legJson(ConfidenceModel.recommendationLeg(Action.Disable, evidence)),
        "stem" -> Json.str(Signature.workloadStem(observed.description)),
        "workload" -> Json.str(Signature.workloadKey(observed.description, "", Key))
      )
    )
  }

  private def diagnosisJson(found: Diagnosis): Json.Obj = Json.obj(
    "explanation" -> Json.str(found.explanation.value),
    "engine" -> texts(Vector(found.engine.name, found.engine.state.value, found.engine.evidence)),
    "dialect" -> Json.str(found.dialect),
    "role" -> Json.str(found.role.value),
    "verdict" -> Json.str(found.verdict.value),
    "verdict_reasons" -> reasonsJson(found.verdictReasons),
    "plans" -> Json.arr(found.plans.map(planJson)),
    "native_operator_count" -> Json.num(found.nativeOperatorCount.toLong),
    "jvm_operators" -> Json.arr(found.jvmOperators.map { case (name, count) =>
      Json.arr(Vector(Json.str(name), Json.num(count.toLong)))
    }),
    "new_native_names" -> texts(found.newNativeNames),
    "islands" -> Json.arr(found.islands.map(islandJson)),
    "findings" -> Json.arr(findingsJson(found)),
    "time" -> timeJson(found.time)
  )

  private def findingsJson(found: Diagnosis): Vector[Json] = {
    val workload = Signature.workloadKey(found.observed.description, "", Key)
    val met = scala.collection.mutable.HashMap.empty[(String, String), Int]
    found.findings.map { finding =>
      val family = Signature.operatorFamily(finding.operator)
      val occurrence = met.getOrElse((finding.cause, family), 0)
      met.put((finding.cause, family), occurrence + 1)
      val problem = Signature.Problem("1234", workload, "load", finding.cause, family, occurrence)
      Json.Obj(
        findingJson(finding).members ++
          Vector("family" -> Json.str(family), "signature" -> Json.str(Signature.signature(problem)))
      )
    }
  }

  private def planJson(plan: JudgedPlan): Json = Json.obj(
    "phase" -> Json.str(plan.reading.phase.value),
    "source" -> Json.str(plan.reading.source.value),
    "kinds" -> texts(plan.kinds.map(_.value)),
    "island_of" -> Json.arr(plan.islandOf.map(number => if (number < 0) Json.Null else Json.num(number.toLong))),
    "ran" -> Json.arr(plan.ran.map(Json.Bool)),
    "verdict" -> Json.str(plan.verdict.value),
    "reasons" -> reasonsJson(plan.reasons)
  )

  private def islandJson(island: Island): Json = Json.obj(
    "number" -> Json.num(island.number.toLong),
    "graph" -> Json.num(island.graph.toLong),
    "operators" -> numbers(island.operators),
    "stage_ids" -> numbers(island.stageIds),
    "time_ms" -> fractionJson(island.timeMs),
    "time_reason" -> reasonJson(island.timeReason),
    "is_upper_bound" -> Json.Bool(island.isUpperBound),
    "remarks" -> reasonsJson(island.remarks)
  )

  private def findingJson(finding: Finding): Json.Obj = Json.obj(
    "cause" -> Json.str(finding.cause),
    "operator" -> Json.str(finding.operator),
    "graph" -> Json.num(finding.graph.toLong),
    "index" -> Json.num(finding.index.toLong),
    "detail" -> Json.str(finding.detail),
    "island" -> finding.island.fold[Json](Json.Null)(number => Json.num(number.toLong)),
    "functions" -> texts(finding.functions),
    "engine_says" -> Json.str(finding.engineSays),
    "witnesses" -> texts(finding.witnesses.map(_.value)),
    "disagreement" -> reasonJson(finding.disagreement),
    "inherited" -> numbers(finding.inherited),
    "time_ratio" -> fractionJson(finding.timeRatio),
    "time_reason" -> reasonJson(finding.timeReason),
    "ratio_basis" -> Json.str(finding.ratioBasis.value),
    "is_upper_bound" -> Json.Bool(finding.isUpperBound)
  )

  private def timeJson(time: TimeSplit): Json = Json.obj(
    "run_ms" -> fractionJson(time.runMs),
    "native_ms" -> fractionJson(time.nativeMs),
    "native_ratio" -> fractionJson(time.nativeRatio),
    "ratio_basis" -> Json.str(time.ratioBasis.value),
    "island_ms" -> fractionJson(time.islandMs),
    "row_source_ms" -> fractionJson(time.rowSourceMs),
    "boundary_ms" -> fractionJson(time.boundaryMs),
    "unexplained_ms" -> fractionJson(time.unexplainedMs),
    "lost_ms" -> fractionJson(time.lostMs),
    "reasons" -> reasonsJson(time.reasons)
  )

  private def legJson(leg: Leg): Json = {
    // The exact value of the double: two languages print doubles differently.
    val exact = Fraction.parse(new java.math.BigDecimal(leg.score).toPlainString)
    Json.obj("score" -> Json.str(exact.toString), "level" -> Json.str(leg.level), "reasons" -> reasonsJson(leg.reasons))
  }

  private def texts(values: Vector[String]): Json = Json.arr(values.map(Json.str))
  private def numbers(values: Vector[Int]): Json = Json.arr(values.map(value => Json.num(value.toLong)))
  private def fractionJson(value: Option[Fraction]): Json = value.fold[Json](Json.Null)(found => Json.str(found.toString))
  private def reasonJson(reason: Option[Reason]): Json =
    reason.fold[Json](Json.Null)(one => texts(Vector(one.id, one.detail)))
  private def reasonsJson(reasons: Vector[Reason]): Json =
    Json.arr(reasons.map(one => texts(Vector(one.id, one.detail))))
}
