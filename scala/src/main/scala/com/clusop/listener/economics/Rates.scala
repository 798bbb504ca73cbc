package com.clusop.listener.economics

import com.clusop.listener.analysis.Cluster
import com.clusop.listener.pricing.{Known, Price, Priced, PriceSource, Unpriced}
import com.clusop.listener.{Fraction, Range, Reason}

/** Unit rates of a cluster, each a price or the reason why there is none; one unknown leaves the others alone. Mirror of
  * `clusop.analysis.economics.rates`.
  *
  * `multiplier` is what the bill multiplies DBUs with (1 where the engine costs no premium), `premium` is m for exposure. The
  * same node type for driver and workers is ''one'' unknown, not two: `isOneNodeType`.
  */
final case class Rates(
    usdPerDbu: Priced[Price],
    multiplier: Priced[Price],
    premium: Priced[Price],
    driverDbuPerHour: Priced[Price],
    workerDbuPerHour: Priced[Price],
    driverVmUsdPerHour: Priced[Price],
    onDemandWorkerVmUsdPerHour: Priced[Price],
    spotWorkerVmUsdPerHour: Priced[Price],
    isOneNodeType: Boolean,
    remarks: Vector[Reason] = Vector.empty
) {

  /** Why the DBU dollars of `hours` are not known; none where they are. */
  def dbuGap(hours: NodeHours): Option[Unpriced] = {
    val needed = Vector(usdPerDbu, multiplier, driverDbuPerHour)
    Rates.firstGap(if (hours.workers.signum > 0) needed :+ workerDbuPerHour else needed)
  }

  /** Why the VM dollars of `hours` are not known; none where they are. */
  def vmGap(hours: NodeHours): Option[Unpriced] = {
    var needed = Vector(driverVmUsdPerHour)
    if (hours.onDemandWorkers.signum > 0) needed = needed :+ onDemandWorkerVmUsdPerHour
    if (hours.spotWorkers.signum > 0) needed = needed :+ spotWorkerVmUsdPerHour
    Rates.firstGap(needed)
  }
}

object Rates {
  private val OnDemand = "ON_DEMAND"
  private val Spot = "SPOT"
  private val NoMultiplier = Known(Price(Range.of(Fraction.One), "ratio", Vector.empty))
  private val ServerlessGap = Unpriced(Reason("serverless-no-premium"))

  /** The nodes of the cluster while `workerCount` workers are alive, as node-hours per hour.
    *
    * The driver is on demand and counts first among `firstOnDemand`. Workers of unknown availability, and spot workers of a
    * cluster that does not say how many nodes are on demand, are counted as ''maybe spot'': their price is a range.
    */
  def nodesAlive(cluster: Cluster, workerCount: Int): NodeHours = {
    val workers = if (cluster.isSingleNode) 0L else workerCount.toLong
    val sure =
      if (cluster.availability == OnDemand) workers else Math.max(0L, cluster.firstOnDemand.getOrElse(0).toLong - 1L)
    val onDemand = Math.min(workers, sure)
    NodeHours(Fraction.One, Fraction(onDemand), Fraction(workers - onDemand))
  }

  /** The rates of `cluster` with `engine` (a dialect's id) switched on. The SKU follows the cluster, never a job id. */
  def of(cluster: Cluster, prices: PriceSource, engine: String): Rates = {
    val workerType = cluster.workerNodeType
    val driverType = if (cluster.driverNodeType.isEmpty) workerType else cluster.driverNodeType
    val isOneNodeType = workerType == driverType
    val (usdPerDbu, multiplier, premium) = billing(cluster, prices, engine)
    val driverDbu = nodeDbu(cluster, prices, driverType)
    val driverVm = vm(cluster, prices, driverType, OnDemand)
    val workerVm = if (isOneNodeType) driverVm else vm(cluster, prices, workerType, OnDemand)
    val (spotVm, spotRemarks) = spot(cluster, prices, workerVm)
    Rates(
      usdPerDbu,
      multiplier,
      premium,
      driverDbuPerHour = driverDbu,
      workerDbuPerHour = if (isOneNodeType) driverDbu else nodeDbu(cluster, prices, workerType),
      driverVmUsdPerHour = driverVm,
      onDemandWorkerVmUsdPerHour = workerVm,
      spotWorkerVmUsdPerHour = spotVm,
      isOneNodeType = isOneNodeType,
      remarks = remarks(cluster, usdPerDbu, spotRemarks)
    )
  }

  private def billing(
      cluster: Cluster,
      prices: PriceSource,
      engine: String
  ): (Priced[Price], Priced[Price], Priced[Price]) = {
    val noPremium = Unpriced(Reason("no-premium"))
    def all(gap: Unpriced): (Priced[Price], Priced[Price], Priced[Price]) = (gap, gap, gap)
    if (cluster.isServerless) all(ServerlessGap)
    else if (!cluster.isDatabricks) (Unpriced(Reason("not-databricks")), NoMultiplier, noPremium)
    else if (cluster.cloud.isEmpty) all(Unpriced(Reason("unknown-cloud")))
    else if (cluster.product.isEmpty) all(Unpriced(Reason("unknown-product")))
    else {
      val usdPerDbu = prices.dbuUsd(cluster.cloud, cluster.tier, cluster.product)
      val premium =
        if (engine == "none") noPremium else prices.premiumMultiplier(engine, cluster.cloud, cluster.product)
      val isFree = premium match {
        case Unpriced(reason) => reason.id == "no-premium"
        case _                => false
      }
      (usdPerDbu, if (isFree) NoMultiplier else premium, premium)
    }
  }

  private def nodeDbu(cluster: Cluster, prices: PriceSource, nodeType: String): Priced[Price] =
    placeGap(cluster, nodeType).getOrElse {
      if (cluster.isDatabricks) prices.nodeDbu(cluster.cloud, nodeType) else Unpriced(Reason("not-databricks"))
    }

  private def vm(cluster: Cluster, prices: PriceSource, nodeType: String, availability: String): Priced[Price] =
    placeGap(cluster, nodeType).getOrElse(prices.vmUsd(cluster.cloud, nodeType, availability))

  private def placeGap(cluster: Cluster, nodeType: String): Option[Unpriced] =
    if (cluster.isServerless) Some(ServerlessGap)
    else if (nodeType.isEmpty)
      Some(Unpriced(Reason(if (cluster.isDatabricks) "unknown-shape" else "not-databricks")))
    else if (cluster.cloud.isEmpty) Some(Unpriced(Reason("unknown-cloud")))
    else None

  /** The price of a worker that may run on spot. Only a count of on-demand nodes and plain SPOT rule on-demand out. */
  private def spot(
      cluster: Cluster,
      prices: PriceSource,
      onDemand: Priced[Price]
  ): (Priced[Price], Vector[Reason]) = {
    val remark = Vector(Reason("spot-unknown"))
    if (cluster.availability == OnDemand || cluster.isSingleNode) (onDemand, Vector.empty)
    else
      (vm(cluster, prices, cluster.workerNodeType, Spot), onDemand) match {
        case (own, _) if cluster.availability == Spot && cluster.firstOnDemand.isDefined =>
          (own, if (isExact(own)) Vector.empty else remark)
        case (Known(own), Known(list)) =>
          val value = Range(own.value.low min list.value.low, own.value.high max list.value.high)
          (Known(Price(value, own.unit, (own.entryIds ++ list.entryIds).distinct)), remark)
        case (own, list) => (firstGap(Vector(own, list)).getOrElse(own), Vector.empty)
      }
  }

  private def remarks(cluster: Cluster, usdPerDbu: Priced[Price], spot: Vector[Reason]): Vector[Reason] = {
    val isTierOpen = cluster.tier.isEmpty && (usdPerDbu match {
      case Known(price) => !price.value.isExact
      case _            => false
    })
    (if (isTierOpen) Vector(Reason("unknown-tier")) else Vector.empty) ++ spot
  }

  private def isExact(price: Priced[Price]): Boolean = price match {
    case Known(known) => known.value.isExact
    case _            => false
  }

  private[economics] def firstGap(prices: Vector[Priced[Price]]): Option[Unpriced] =
    prices.collectFirst { case gap: Unpriced => gap }
}
