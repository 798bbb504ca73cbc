package com.clusop.listener.economics

import com.clusop.listener.analysis.{Figure, QueryCost, Uptime}
import com.clusop.listener.economics.Attribution.WorkHours
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Range, Reason}

/** What one query cost, what of that was premium for nothing, and what a repair would save. Mirror of
  * `clusop.analysis.economics.query`, `exposure`, `fix` and `prior`.
  */
object QueryMoney {

  /** `g`: how much faster a part gets when it is brought back to the engine, where nobody has measured it. */
  val AssumedGain: Range = Range(Fraction(3L, 2L), Fraction(4L))

  /** J: `offEngineMs` as a share of `runMs`, 0..1; from 0 on where it is an upper bound. */
  def shareOf(offEngineMs: Fraction, runMs: Fraction, isUpperBound: Boolean): Priced[Range] =
    if (runMs.signum <= 0) Unpriced(Reason("no-time-no-price"))
    else {
      val share = (offEngineMs / runMs max Fraction.Zero) min Fraction.One
      Known(Range(if (isUpperBound) Fraction.Zero else share, share))
    }

  /** The money of one query; `islandShare` is its J by islands, or why that is not known. Attributed counts lost run time, for
    * it is billed; exposure and avoidable rest on successful tasks only, and on none of a failed query.
    */
  def queryCost(
      hours: Priced[WorkHours],
      rates: Rates,
      islandShare: Priced[Range],
      uptime: Uptime,
      isFailed: Boolean
  ): QueryCost = hours match {
    case Unpriced(reason) => unpriced(reason)
    case Known(work)      =>
      val share = if (isFailed) Unpriced(Reason("failed-run")) else islandShare
      QueryCost(
        attributed = Terms.costFigure("attributed-1", rates, work.total),
        exposure = exposure(rates, work.run, share),
        avoidable = fixSaving(rates, work.run, share, uptime),
        avoidableIsCapacity = uptime == Uptime.Fixed
      )
  }

  /** A query without dollars. */
  def unpriced(reason: Reason): QueryCost = {
    val gap = Unpriced(reason)
    QueryCost(gap, gap, gap)
  }

  /** (m − 1)·d·h·J: the premium only; what a change would save may be more. VM prices play no part. */
  def exposure(rates: Rates, hours: NodeHours, share: Priced[Range]): Priced[Figure] = (rates.premium, share) match {
    case (gap: Unpriced, _) => gap
    case (_, gap: Unpriced) => gap
    case (_, Known(j))      =>
      rates.dbuGap(hours).getOrElse {
        val inputs = Terms.hoursInputs(hours) ++ Terms.dbuInputs(rates, hours, rates.premium) :+
          ("J" -> ExactText.rangeText(j))
        Known(Formulas.figureOf("exposure-1", inputs, Terms.priceIds(rates, inputs)))
      }
  }

  /** (m·d + v)·h·J·(1 − 1/g): cash on elastic uptime, capacity on fixed uptime, never above what the hours cost. */
  def fixSaving(
      rates: Rates,
      hours: NodeHours,
      share: Priced[Range],
      uptime: Uptime,
      gain: Range = AssumedGain
  ): Priced[Figure] = share match {
    case gap: Unpriced => gap
    case Known(j)      =>
      val extra = Vector("J" -> ExactText.rangeText(j), "g" -> ExactText.rangeText(gain), "uptime" -> uptime.value)
      Terms.costFigure("fix-1", rates, hours, extra)
  }
}
