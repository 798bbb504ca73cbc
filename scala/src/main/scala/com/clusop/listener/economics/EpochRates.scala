package com.clusop.listener.economics

import com.clusop.listener.analysis.Cluster
import com.clusop.listener.pricing.{Known, Price, Priced, Unpriced}
import com.clusop.listener.{Fraction, Range}

/** What the whole cluster costs per hour while its make-up lasts, driver too; DBU without premium. Mirror of `EpochRates` in
  * `clusop.analysis.economics.rates`.
  */
final case class EpochRates(dbuPerHour: Priced[Range], dbuUsdPerHour: Priced[Range], vmUsdPerHour: Priced[Range])

object EpochRates {

  /** The cluster's hourly rates with `workerCount` workers alive. */
  def of(rates: Rates, cluster: Cluster, workerCount: Int): EpochRates = {
    val nodes = Rates.nodesAlive(cluster, workerCount)
    val dbu = sum(Vector((nodes.driver, rates.driverDbuPerHour), (nodes.workers, rates.workerDbuPerHour)))
    val vm = sum(
      Vector(
        (nodes.driver, rates.driverVmUsdPerHour),
        (nodes.onDemandWorkers, rates.onDemandWorkerVmUsdPerHour),
        (nodes.spotWorkers, rates.spotWorkerVmUsdPerHour)
      )
    )
    val usd = (rates.usdPerDbu, dbu) match {
      case (gap: Unpriced, _)           => gap
      case (_, gap: Unpriced)           => gap
      case (Known(price), Known(total)) => Known(total * price.value)
    }
    EpochRates(dbu, usd, vm)
  }

  private def sum(parts: Vector[(Fraction, Priced[Price])]): Priced[Range] = {
    val needed = parts.filter { case (count, _) => !count.isZero }
    Rates.firstGap(needed.map(_._2)).getOrElse {
      Known(needed.foldLeft(Range.of(Fraction.Zero)) {
        case (total, (count, Known(price))) => total + price.value * count
        case (total, _)                     => total
      })
    }
  }
}
