package com.clusop.probe

import java.nio.charset.StandardCharsets.UTF_8

import com.clusop.listener.analysis.{Cluster, Diagnose, QueryAssessment, Signature, StageTimes}
import com.clusop.listener.deliver.{Compute, Gate, OpenProblem, Place, Problems, SeenExecution, Workload, WorkloadFacts}
import com.clusop.listener.economics.{Ledger, ShownEngines}
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.pricing.{ShippedPrices, Unpriced}
import com.clusop.listener.{Reason, WasteCalculator}

/** The problems of one run as they stand in a signal. Mirror of `tests/vectors/answers/record_answer.py`. */
object RecordAnswer {
  private val prices = new ShippedPrices
  private val key = "clusop".getBytes(UTF_8)

  def of(text: String): String = JsonWriter.canonical(MarketJson.read(text) match {
    case None         => Json.obj("refused" -> Json.str("no-market"))
    case Some(market) => answer(market)
  })

  private def answer(market: Market): Json = {
    val told = market.observed.description
    val workload = Workload(
      Gate.orHash(market.engine, Gate.Workspace, key),
      Signature.workloadKey(told, "", key),
      Gate.orHash(told, Gate.TaskKey, key),
      key
    )
    val assessed = assessment(market)
    val place = Place.of(seen(assessed, market.cluster.getOrElse(Cluster())), Vector.empty)
    val bodies = Problems.of(assessed, workload).told.map { problem =>
      val open = new OpenProblem
      open.add(problem, place)
      open.wholeBody
    }
    val tagged = Gate.tags(Map("team" -> told, "path/secret?" -> told), Vector("team", "path/secret?", "absent"))
    val computes = for {
      product <- Vector("JOBS_COMPUTE", "ALL_PURPOSE_COMPUTE", "DLT_COMPUTE")
      name <- Vector(told, s"job-42-run-7-$told")
      jobId <- Vector("", told, "9")
    } yield Compute.of(Cluster(product = product, clusterName = name, clusterId = told), jobId, key)
    Json.obj(
      "problems" -> Json.arr(bodies),
      "compute" -> Json.arr(computes.map(Json.str)),
      "call_site" -> Json.str(Gate.callSite(told)),
      "tags" -> Json.Obj(tagged.map { case (name, value) => name -> Json.str(value) })
    )
  }

  private[probe] def assessment(market: Market): QueryAssessment = {
    val calculator = new WasteCalculator(prices)
    val stages = market.observed.times match {
      case times: StageTimes => times.stages
      case _                 => Vector.empty
    }
    val isNativeTimeSeen = market.cluster.isDefined && (stages ++ market.others).exists(_.nativeNs.isDefined)
    val found = Diagnose.of(market.observed, isNativeTimeSeen)
    market.cluster match {
      case None          => calculator.unpriced(found)
      case Some(cluster) =>
        val engines = new ShownEngines
        engines.add(found.engine)
        val ledger = Ledger.of(cluster, stages ++ market.others)
        calculator.assess(found, cluster, ledger, engines.engineOf(market.engine)).assessment
    }
  }

  private def seen(assessment: QueryAssessment, cluster: Cluster): SeenExecution =
    SeenExecution(assessment, Unpriced(Reason("no-timeline")), cluster, WorkloadFacts(), "", "", 0L)
}
