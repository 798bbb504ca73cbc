package com.clusop.probe

import com.clusop.listener.analysis.{Cluster, Diagnose, Diagnosis, Figure, Leg, Proposal, QueryAssessment, QueryCost, StageTimes}
import com.clusop.listener.economics.Attribution.WorkHours
import com.clusop.listener.economics.{EpochRates, Formulas, Ledger, Merged, NodeHours, QueryFacts, QueryMoney}
import com.clusop.listener.economics.{QueryProposal, Rates, ShownEngines, Terms, Upgrade}
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.pricing.{Known, Price, Priced, ShippedPrices, Unpriced}
import com.clusop.listener.{Fraction, PricedQuery, Range, Reason, Units, WasteCalculator}

/** The money of one run on its cluster. Mirror of `tests/vectors/answers/cost_answer.py`. */
object CostAnswer {
  private val prices = new ShippedPrices

  def of(text: String): String = JsonWriter.canonical(MarketJson.read(text) match {
    case None         => Json.obj("refused" -> Json.str("no-market"))
    case Some(market) =>
      val calculator = new WasteCalculator(prices)
      market.cluster match {
        case None          => Json.obj(assessment(calculator.unpriced(diagnosis(market))): _*)
        case Some(cluster) => priced(market, cluster, calculator)
      }
  })

  private def diagnosis(market: Market): Diagnosis = {
    val isNativeTimeSeen = market.cluster.isDefined && (stagesOf(market) ++ market.others).exists(_.nativeNs.isDefined)
    Diagnose.of(market.observed, isNativeTimeSeen)
  }

  private def stagesOf(market: Market) = market.observed.times match {
    case times: StageTimes => times.stages
    case _                 => Vector.empty
  }

  private def priced(market: Market, cluster: Cluster, calculator: WasteCalculator): Json = {
    val found = diagnosis(market)
    val engines = new ShownEngines
    engines.add(found.engine)
    val engine = engines.engineOf(market.engine)
    val ledger = Ledger.of(cluster, stagesOf(market) ++ market.others)
    val query = calculator.assess(found, cluster, ledger, engine)
    val rates = calculator.ratesOf(cluster, engine)
    val members = assessment(query.assessment) ++ Vector(
      "engine" -> Json.str(engine),
      "hours" -> work(query.hours),
      "rates" -> ratesJson(rates, cluster),
      "merged" -> merged(market, rates)
    )
    Json.obj(members ++ upgrade(market, cluster, query, rates): _*)
  }

  private def upgrade(market: Market, cluster: Cluster, query: PricedQuery, rates: Rates): Vector[(String, Json)] =
    query.hours match {
      case Unpriced(_)  => Vector.empty
      case Known(hours) =>
        Upgrade.saving(rates, hours.run, Known(Range.of(Fraction.One)), cluster.uptime, market.certified) match {
          case Left(reason)  => Vector("upgrade" -> Json.arr(Vector(Json.str("declined"), Json.str(reason.id))))
          case Right(saving) =>
            val seen = query.assessment
            val facts = QueryFacts(
              verdict = seen.diagnosis.verdict,
              verdictReasons = seen.diagnosis.verdictReasons,
              role = seen.diagnosis.role,
              status = seen.diagnosis.observed.status,
              findings = seen.diagnosis.findings,
              time = seen.diagnosis.time,
              cost = seen.cost,
              uptime = cluster.uptime,
              evidenceScore = Math.min(seen.confidence.parse.score, seen.confidence.diagnosis.score),
              upgrade = Some(saving)
            )
            Vector("upgrade" -> money(saving), "upgraded" -> proposal(QueryProposal.of(facts)))
        }
    }

  private def merged(market: Market, rates: Rates): Json = {
    val sum = new Merged
    val accepted = market.sightings.map { one =>
      val share = one.share.map(Known(_)).getOrElse(Unpriced(Reason("no-island")))
      sum.add(QueryMoney.queryCost(Known(WorkHours(one.run, one.lost)), rates, share, one.uptime, one.isFailed))
    }
    Json.obj(
      "accepted" -> Json.arr(accepted.map(Json.Bool(_))),
      "sightings" -> Json.num(sum.sightings),
      "cost" -> sum.cost.map(costJson).getOrElse(Json.Null)
    )
  }

  private def assessment(query: QueryAssessment): Vector[(String, Json)] = Vector(
    "cost" -> costJson(query.cost),
    "cost_leg" -> leg(query.confidence.cost),
    "recommendation_leg" -> leg(query.confidence.recommendation),
    "proposal" -> proposal(query.proposal)
  )

  private def costJson(cost: QueryCost): Json = Json.obj(
    "attributed" -> money(cost.attributed),
    "exposure" -> money(cost.exposure),
    "avoidable" -> money(cost.avoidable),
    "is_capacity" -> Json.Bool(cost.avoidableIsCapacity)
  )

  private def money(figure: Priced[Figure]): Json = figure match {
    case gap: Unpriced => gapJson(gap)
    case Known(known)  =>
      Json.obj(
        "low_microusd" -> Json.num(Units.usdToMicrousd(known.usd.low)),
        "high_microusd" -> Json.num(Units.usdToMicrousd(known.usd.high)),
        "basis" -> Json.str(known.basis),
        "formula" -> Json.str(known.formula),
        "inputs" -> Json.obj(known.inputs.map { case (name, text) => name -> Json.str(text) }: _*),
        "price_ids" -> Json.arr(known.priceIds.map(Json.str)),
        "usd" -> range(known.usd),
        "recomputed" -> range(Formulas.recompute(known)),
        "missing" -> Json.arr(Terms.missingParts(known).map { case (part, id) =>
          Json.arr(Vector(Json.str(part), Json.str(id)))
        })
      )
  }

  private def proposal(found: Proposal): Json = Json.obj(
    "action" -> Json.str(found.action.value),
    "sentence" -> Json.str(found.sentence),
    "saving" -> found.saving.map(money).getOrElse(Json.Null),
    "reasons" -> reasons(found.reasons)
  )

  private def ratesJson(rates: Rates, cluster: Cluster): Json = Json.obj(
    "usd_per_dbu" -> price(rates.usdPerDbu),
    "multiplier" -> price(rates.multiplier),
    "premium" -> price(rates.premium),
    "driver_dbu" -> price(rates.driverDbuPerHour),
    "worker_dbu" -> price(rates.workerDbuPerHour),
    "driver_vm" -> price(rates.driverVmUsdPerHour),
    "on_demand_vm" -> price(rates.onDemandWorkerVmUsdPerHour),
    "spot_vm" -> price(rates.spotWorkerVmUsdPerHour),
    "is_one_node_type" -> Json.Bool(rates.isOneNodeType),
    "remarks" -> reasons(rates.remarks),
    "epochs" -> Json.arr(cluster.epochs.map { epoch =>
      val found = EpochRates.of(rates, cluster, epoch.workerCount)
      Json.arr(Vector(rate(found.dbuPerHour), rate(found.dbuUsdPerHour), rate(found.vmUsdPerHour)))
    })
  )

  private def price(found: Priced[Price]): Json = found match {
    case gap: Unpriced => gapJson(gap)
    case Known(known)  =>
      Json.obj(
        "value" -> range(known.value),
        "unit" -> Json.str(known.unit),
        "entry_ids" -> Json.arr(known.entryIds.map(Json.str))
      )
  }

  private def rate(found: Priced[Range]): Json = found match {
    case gap: Unpriced => gapJson(gap)
    case Known(known)  => range(known)
  }

  private def work(hours: Priced[WorkHours]): Json = hours match {
    case gap: Unpriced => gapJson(gap)
    case Known(known)  =>
      Json.obj(
        "h" -> Json.str(known.total.clusterHours.toString),
        "run" -> nodeHours(known.run),
        "lost" -> nodeHours(known.lost),
        "remarks" -> reasons(known.remarks)
      )
  }

  private def nodeHours(hours: NodeHours): Json =
    Json.arr(Vector(hours.driver, hours.onDemandWorkers, hours.spotWorkers).map(one => Json.str(one.toString)))

  private def range(value: Range): Json = Json.arr(Vector(Json.str(value.low.toString), Json.str(value.high.toString)))

  private def leg(found: Leg): Json = Json.obj(
    "score" -> Json.str(Fraction.parse(new java.math.BigDecimal(found.score).toPlainString).toString),
    "level" -> Json.str(found.level),
    "reasons" -> reasons(found.reasons)
  )

  private def gapJson(gap: Unpriced): Json =
    Json.arr(Vector(Json.str("unpriced"), Json.str(gap.reason.id), Json.str(gap.reason.detail)))

  private def reasons(found: Vector[Reason]): Json =
    Json.arr(found.map(one => Json.arr(Vector(Json.str(one.id), Json.str(one.detail)))))
}
