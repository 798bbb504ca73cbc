package com.clusop.listener.economics

import com.clusop.listener.analysis.Figure
import com.clusop.listener.economics.Formulas.{Inputs, UnpricedMark}
import com.clusop.listener.pricing.{Known, Price, Priced, Unpriced}

/** From rates and node-hours to the inputs of a formula. Mirror of `clusop.analysis.economics.terms`. */
object Terms {

  /** The node-hours, exact. */
  def hoursInputs(hours: NodeHours): Inputs = Vector(
    "driver_node_hours" -> ExactText.numberText(hours.driver),
    "on_demand_worker_node_hours" -> ExactText.numberText(hours.onDemandWorkers),
    "spot_worker_node_hours" -> ExactText.numberText(hours.spotWorkers)
  )

  /** DBU rates, the price of a DBU and the multiplier `m`, as far as `hours` need them. */
  def dbuInputs(rates: Rates, hours: NodeHours, multiplier: Priced[Price]): Inputs = {
    val general = priced(
      "driver_dbu_per_hour" -> rates.driverDbuPerHour,
      "usd_per_dbu" -> rates.usdPerDbu,
      "m" -> multiplier
    )
    if (hours.workers.signum <= 0) general
    else if (rates.isOneNodeType) general :+ ("worker_dbu_per_hour" -> "=driver_dbu_per_hour")
    else general ++ priced("worker_dbu_per_hour" -> rates.workerDbuPerHour)
  }

  /** VM rates, as far as `hours` need them. */
  def vmInputs(rates: Rates, hours: NodeHours): Inputs = {
    val driver = priced("driver_vm_usd_per_hour" -> rates.driverVmUsdPerHour)
    val onDemand =
      if (hours.onDemandWorkers.signum <= 0) Vector.empty
      else if (rates.isOneNodeType) Vector("on_demand_worker_vm_usd_per_hour" -> "=driver_vm_usd_per_hour")
      else priced("on_demand_worker_vm_usd_per_hour" -> rates.onDemandWorkerVmUsdPerHour)
    val spot =
      if (hours.spotWorkers.signum <= 0) Vector.empty
      else priced("spot_worker_vm_usd_per_hour" -> rates.spotWorkerVmUsdPerHour)
    driver ++ onDemand ++ spot
  }

  /** The entries of the price list behind those of `inputs` that are prices, each once. */
  def priceIds(rates: Rates, inputs: Inputs): Vector[String] = {
    val names = new java.util.HashSet[String]
    inputs.foreach { case (name, _) => names.add(name) }
    val found = Vector.newBuilder[String]
    def add(name: String, price: Priced[Price]): Unit = price match {
      case Known(known) if names.contains(name) => found ++= known.entryIds
      case _                                    => ()
    }
    add("usd_per_dbu", rates.usdPerDbu)
    add("m", rates.multiplier)
    add("driver_dbu_per_hour", rates.driverDbuPerHour)
    add("worker_dbu_per_hour", rates.workerDbuPerHour)
    add("driver_vm_usd_per_hour", rates.driverVmUsdPerHour)
    add("on_demand_worker_vm_usd_per_hour", rates.onDemandWorkerVmUsdPerHour)
    add("spot_worker_vm_usd_per_hour", rates.spotWorkerVmUsdPerHour)
    found.result().distinct
  }

  /** A figure over m·D + V of `hours`, its DBU dollars and VM dollars apart in `dbu_usd` and `vm_usd`.
    *
    * Where a part of the bill has no price, there is no figure: a sum without it would pass for the whole. A cluster that is
    * no Databricks cluster has no DBU part; its VM dollars are all there is.
    */
  def costFigure(formula: String, rates: Rates, hours: NodeHours, extra: Inputs = Vector.empty): Priced[Figure] =
    (rates.dbuGap(hours), rates.vmGap(hours)) match {
      case (Some(dbu), Some(_))                                   => dbu
      case (Some(dbu), None) if dbu.reason.id != "not-databricks" => dbu
      case (None, Some(vm))                                       => vm
      case (dbuGap, _)                                            =>
        val dbu = dbuGap match {
          case Some(Unpriced(reason)) => Vector("dbu_usd" -> (UnpricedMark + reason.id))
          case None                   => dbuInputs(rates, hours, rates.multiplier)
        }
        val inputs = hoursInputs(hours) ++ extra ++ dbu ++ vmInputs(rates, hours)
        Known(Formulas.figureWithParts(formula, inputs, priceIds(rates, inputs)))
    }

  /** The parts of the bill that are ''not'' in this figure for want of a price: `("vm", reason id)`, `("dbu", …)`. */
  def missingParts(figure: Figure): Vector[(String, String)] =
    Vector("dbu" -> "dbu_usd", "vm" -> "vm_usd").flatMap { case (part, input) =>
      figure.inputs.collect {
        case (name, text) if name == input && text.startsWith(UnpricedMark) => part -> text.substring(UnpricedMark.length)
      }
    }

  private def priced(prices: (String, Priced[Price])*): Inputs = prices.toVector.collect { case (name, Known(price)) =>
    name -> ExactText.rangeText(price.value)
  }
}
