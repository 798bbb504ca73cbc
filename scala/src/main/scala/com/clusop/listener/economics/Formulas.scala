package com.clusop.listener.economics

import com.clusop.listener.analysis.Figure
import com.clusop.listener.{Fraction, Range}

/** The formulas of a query's money. A figure is computed from its inputs' text and from nothing else. Mirror of
  * `clusop.analysis.economics.formulas`, as far as one query goes.
  *
  * All of these rise in every input, so the all-low and the all-high corner of the inputs' ranges are their ends.
  */
object Formulas {

  /** `dbu_usd` or `vm_usd` begin so, with the reason's id, where that part of a figure has no price and is not in it. */
  val UnpricedMark: String = "unpriced:"

  type Inputs = Vector[(String, String)]

  private val NotNumbers =
    Set("dbu_usd", "vm_usd", "break_even_speedup", "uptime", "of", "evidence", "sightings")

  /** A figure is (its DBU dollars + its VM dollars) × a share of them: parts first, for the share makes the digits many. */
  private final case class Formula(dbu: Corner => Fraction, vm: Corner => Fraction, share: Corner => Fraction)

  private val Evaluations: Map[String, Formula] = Map(
    "attributed-1" -> Formula(billedDbuUsd, vmUsd, _ => Fraction.One),
    "exposure-1" -> Formula(premiumUsd, _ => Fraction.Zero, _("J")),
    "fix-1" -> Formula(billedDbuUsd, vmUsd, saved),
    "upgrade-1" -> Formula(billedDbuUsd, vmUsd, saved)
  )

  /** The modeled figure that `inputs` make. */
  def figureOf(formula: String, inputs: Inputs, priceIds: Vector[String]): Figure =
    Figure(new Box(formula, inputs).whole, formula, inputs, priceIds)

  /** The same with its DBU dollars and VM dollars apart in `dbu_usd` and `vm_usd`, where they are not said to be unpriced. */
  def figureWithParts(formula: String, inputs: Inputs, priceIds: Vector[String]): Figure = {
    val box = new Box(formula, inputs)
    val names = inputs.map(_._1)
    val dbu = if (names.contains("dbu_usd")) Vector.empty else Vector("dbu_usd" -> ExactText.rangeText(box.dbuOnly))
    val vm = if (names.contains("vm_usd")) Vector.empty else Vector("vm_usd" -> ExactText.rangeText(box.vmOnly))
    Figure(box.whole, formula, inputs ++ dbu ++ vm, priceIds)
  }

  /** The exact dollars of a figure from its formula and inputs alone. Throws `IllegalArgumentException` where it is not whole. */
  def recompute(figure: Figure): Range = new Box(figure.formula, figure.inputs).whole

  /** m·D. */
  private def billedDbuUsd(at: Corner): Fraction = if (at.hasDbu) at("m") * dbuUsd(at) else Fraction.Zero

  /** (m − 1)·D. */
  private def premiumUsd(at: Corner): Fraction = ((at("m") - Fraction.One) max Fraction.Zero) * dbuUsd(at)

  /** J·(1 − 1/g), never below 0: g < 1 would be a loss nobody has to take. */
  private def saved(at: Corner): Fraction = {
    if (at("g").isZero) throw new IllegalArgumentException("an input that divides is 0")
    at("J") * ((Fraction.One - Fraction.One / at("g")) max Fraction.Zero)
  }

  /** `D`: DBU dollars without premium; 0 where this part is not priced. */
  private def dbuUsd(at: Corner): Fraction =
    if (!at.hasDbu) Fraction.Zero
    else {
      val dbu = at.times("driver_node_hours", "driver_dbu_per_hour") +
        at.times("on_demand_worker_node_hours", "worker_dbu_per_hour") +
        at.times("spot_worker_node_hours", "worker_dbu_per_hour")
      dbu * at("usd_per_dbu")
    }

  /** `V`: VM dollars; 0 where this part is not priced. */
  private def vmUsd(at: Corner): Fraction =
    if (!at.hasVm) Fraction.Zero
    else
      at.times("driver_node_hours", "driver_vm_usd_per_hour") +
        at.times("on_demand_worker_node_hours", "on_demand_worker_vm_usd_per_hour") +
        at.times("spot_worker_node_hours", "spot_worker_vm_usd_per_hour")

  /** One end of every input at a time. */
  private final class Corner(box: Box, isHigh: Boolean, val hasDbu: Boolean, val hasVm: Boolean) {
    def apply(name: String): Fraction = if (isHigh) box.range(name).high else box.range(name).low

    /** Hours × rate; the rate of a class of node that never lived need not be known. */
    def times(hours: String, rate: String): Fraction = {
      val lived = apply(hours)
      if (lived.isZero) Fraction.Zero else lived * apply(rate)
    }
  }

  /** The inputs as ranges, whatever their text. */
  private final class Box(name: String, inputs: Inputs) {
    private val formula =
      Evaluations.getOrElse(name, throw new IllegalArgumentException(s"formula ${name.take(60)} is not known here"))
    private val ranges = new java.util.HashMap[String, Range]
    private val aliases = new java.util.HashMap[String, String]
    private var isExact = true

    inputs.foreach { case (input, text) =>
      if (NotNumbers.contains(input)) ()
      else if (text.startsWith("=")) aliases.put(input, text.substring(1))
      else {
        val value = ExactText.parseRange(input, text)
        isExact &&= value.isExact
        ranges.put(input, value)
      }
    }

    private val low = new Corner(this, isHigh = false, isPriced("dbu_usd"), isPriced("vm_usd"))
    private val high = if (isExact) low else new Corner(this, isHigh = true, low.hasDbu, low.hasVm)
    private val dbuUsd = span(formula.dbu)
    private val vmUsd = span(formula.vm)
    private val share = span(formula.share)

    def whole: Range = of(Range(dbuUsd.low + vmUsd.low, dbuUsd.high + vmUsd.high))
    def dbuOnly: Range = of(dbuUsd)
    def vmOnly: Range = of(vmUsd)

    def range(input: String): Range = {
      val origin = aliases.get(input)
      val found = ranges.get(if (origin == null) input else origin)
      if (found == null) throw new IllegalArgumentException(s"$name: the input $input is missing")
      found
    }

    /** All of it rises in every input, so each end is made of the same ends. */
    private def of(usd: Range): Range =
      if (isExact) Range.of(usd.low * share.low) else Range(usd.low * share.low, usd.high * share.high)

    private def span(part: Corner => Fraction): Range = if (isExact) Range.of(part(low)) else Range(part(low), part(high))

    private def isPriced(part: String): Boolean =
      !inputs.exists { case (input, text) => input == part && text.startsWith(UnpricedMark) }
  }
}
