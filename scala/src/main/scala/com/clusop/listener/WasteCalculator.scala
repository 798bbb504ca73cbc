package com.clusop.listener

import com.clusop.listener.analysis.{Cluster, Diagnosis, QueryAssessment, QueryCost}
import com.clusop.listener.analysis.{QueryTimes, RatioBasis, RunStatus, StageRun, StageTimes, Uptime}
import com.clusop.listener.economics.Attribution.WorkHours
import com.clusop.listener.economics.{Ledger, QueryFacts, QueryMoney, QueryProposal, Rates}
import com.clusop.listener.plan.Dialect
import com.clusop.listener.pricing.{Known, Priced, PriceSource, ShippedPrices, Unpriced}

/** A query's assessment and the node-hours it rests on. */
final case class PricedQuery(assessment: QueryAssessment, hours: Priced[WorkHours])

/** From the diagnosis of one query to its money, confidence and proposal. Mirror of `_assessed` and `_cost` in
  * `clusop.analysis.assess`. One thread's: it remembers the rates of the cluster it priced last.
  */
final class WasteCalculator(prices: PriceSource) {
  import WasteCalculator._

  private var lastKey: (Cluster, String) = (Cluster(), "")
  private var lastRates: Option[Rates] = None

  def this() = this(new ShippedPrices)

  /** A query on `cluster` (with its epochs until now) and `engine` (see `ShownEngines`); `ledger` holds all work on it so far,
    * this query's own stages too.
    */
  def assess(found: Diagnosis, cluster: Cluster, ledger: Ledger, engine: String): PricedQuery = {
    val rates = ratesOf(cluster, engine)
    val hours = hoursOf(found, cluster, ledger)
    val (cost, remarks) = hours match {
      case Known(work) =>
        val isFailed = found.observed.status == RunStatus.Failed
        (QueryMoney.queryCost(hours, rates, islandShare(found), cluster.uptime, isFailed), work.remarks)
      case Unpriced(reason) => (QueryMoney.unpriced(reason), Vector.empty)
    }
    PricedQuery(assessed(found, cost, cluster.uptime, rates.remarks ++ remarks), hours)
  }

  /** A query known by itself: it has no cluster, so it has no dollars, and says why. */
  def unpriced(found: Diagnosis): QueryAssessment = {
    // Query profiles come from SQL warehouses and serverless compute, where the engine has no price of its own.
    val gap = found.observed.times match {
      case _: QueryTimes => "serverless-no-premium"
      case _             => "no-query-shape"
    }
    assessed(found, QueryMoney.unpriced(Reason(gap)), Uptime.Unknown, Vector.empty)
  }

  /** The rates of `cluster` with `engine`; they change with its facts, not with its epochs. */
  def ratesOf(cluster: Cluster, engine: String): Rates = {
    val key = (cluster.copy(epochs = Vector.empty), engine)
    lastRates match {
      case Some(rates) if key == lastKey => rates
      case _                             =>
        prices match {
          case shipped: ShippedPrices => shipped.expect(cluster.cloud, cluster.driverNodeType, cluster.workerNodeType)
          case _                      => ()
        }
        val rates = Rates.of(sold(cluster, engine), prices, engine)
        lastKey = key
        lastRates = Some(rates)
        rates
    }
  }
}

object WasteCalculator {

  /** An engine that costs a premium runs on Databricks only, whatever the tags hide. */
  private def sold(cluster: Cluster, engine: String): Cluster =
    if (cluster.isDatabricks || !Dialect.ids.contains(engine) || !Dialect.of(engine).hasPremium) cluster
    else cluster.copy(isDatabricks = true)

  private def hoursOf(found: Diagnosis, cluster: Cluster, ledger: Ledger): Priced[WorkHours] = {
    val stages: Vector[StageRun] = found.observed.times match {
      case times: StageTimes => times.stages
      case _                 => Vector.empty
    }
    if (stages.isEmpty) Unpriced(Reason("no-tasks"))
    else if (found.time.runMs.isEmpty) Unpriced(Reason("no-time-no-price"))
    else ledger.hoursOf(stages, cluster)
  }

  /** J of a query by its islands. */
  private def islandShare(found: Diagnosis): Priced[Range] =
    if (found.islands.isEmpty) Unpriced(Reason("no-island"))
    else
      (found.time.islandMs, found.time.runMs) match {
        case (Some(island), Some(run)) if found.time.ratioBasis != RatioBasis.Structure && !run.isZero =>
          val isBounded = found.islands.exists(_.isUpperBound) && found.time.nativeMs.isEmpty
          QueryMoney.shareOf(island, run, isBounded)
        case _ => Unpriced(Reason("no-time-no-price"))
      }

  private def assessed(
      found: Diagnosis,
      cost: QueryCost,
      uptime: Uptime,
      remarks: Vector[Reason]
  ): QueryAssessment = {
    val evidence = ConfidenceModel.evidenceOf(found, cost, remarks)
    val proposal = QueryProposal.of(
      QueryFacts(
        verdict = found.verdict,
        verdictReasons = found.verdictReasons,
        role = found.role,
        status = found.observed.status,
        findings = found.findings,
        time = found.time,
        cost = cost,
        uptime = uptime,
        evidenceScore = evidence.ofTheCause
      )
    )
    QueryAssessment(found, cost, ConfidenceModel.of(evidence, proposal.action), proposal)
  }
}
