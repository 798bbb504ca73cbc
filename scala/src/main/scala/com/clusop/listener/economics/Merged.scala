package com.clusop.listener.economics

import com.clusop.listener.analysis.{Figure, QueryCost}
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Range}

/** Several sightings of one problem, at the same prices, as one record. Mirror of `clusop.analysis.economics.merged`.
  *
  * Hours and share of a sighting become ''island node-hours'', h·J, at both ends; their sums take the place of the hours, with
  * J = 1. So a merged figure has the inputs of any other and is recomputed from them alone. One sighting alone keeps its own
  * figures; of several, each figure counts those that have one and says in its input `sightings` how many.
  */
final class Merged {
  import Merged._

  private var count = 0L
  private var first: Option[QueryCost] = None
  private val attributed = new FigureSum
  private val exposure = new FigureSum
  private val avoidable = new FigureSum

  def sightings: Long = count

  /** Adds a sighting. `false`, and nothing is added, where it has other prices than those before: they are no sum. */
  def add(cost: QueryCost): Boolean = {
    // What nobody can price as a whole is no ground of a saving: the saving could exceed the rest's cost.
    val saving = cost.attributed match {
      case gap: Unpriced => gap
      case _             => cost.avoidable
    }
    val isSameKind = first.forall(_.avoidableIsCapacity == cost.avoidableIsCapacity)
    val isAccepted = isSameKind && attributed.accepts(cost.attributed) && exposure.accepts(cost.exposure) &&
      avoidable.accepts(saving)
    if (isAccepted) {
      if (first.isEmpty) first = Some(cost)
      count += 1
      attributed.add(cost.attributed)
      exposure.add(cost.exposure)
      avoidable.add(saving)
    }
    isAccepted
  }

  /** The money of all sightings; none before the first. */
  def cost: Option[QueryCost] =
    if (count <= 1L) first
    else first.map(one => QueryCost(attributed.figure, exposure.figure, avoidable.figure, one.avoidableIsCapacity))
}

object Merged {
  private val Hours = Vector("driver_node_hours", "on_demand_worker_node_hours", "spot_worker_node_hours")
  private val Parts = Vector("dbu_usd", "vm_usd")

  /** Island hours are counted in whole 10⁻¹² hours (3.6 ns) and what is finer is cut, as attribution cuts what is finer than
    * a nanosecond. Sums of arbitrary fractions would grow by some digits with every sighting, past any record's size.
    */
  private val Grain = Fraction(1000000000000L)

  /** One figure's part of a [[Merged]]. */
  private final class FigureSum {
    private var formula = ""
    private var count = 0L
    private var gap: Option[Unpriced] = None
    private val hours = Array.fill(Hours.size)(Range.of(Fraction.Zero))
    private val terms = new java.util.LinkedHashMap[String, String]
    private val priceIds = new java.util.LinkedHashSet[String]

    /** Whether all that both price, they price alike. */
    def accepts(figure: Priced[Figure]): Boolean = figure match {
      case Known(offered) if count > 0L =>
        offered.formula == formula && termsOf(offered).forall { case (name, text) =>
          !terms.containsKey(name) || terms.get(name) == text
        }
      case _ => true
    }

    def add(figure: Priced[Figure]): Unit = figure match {
      case none: Unpriced => if (gap.isEmpty) gap = Some(none)
      case Known(seen)    =>
        formula = seen.formula
        count += 1
        val share = input(seen, "J").map(ExactText.parseRange("J", _))
        Hours.indices.foreach { index =>
          val name = Hours(index)
          val whole = ExactText.parseRange(name, input(seen, name).getOrElse(""))
          hours(index) = hours(index) + wholeGrains(share.map(whole * _).getOrElse(whole))
        }
        termsOf(seen).foreach { case (name, text) => if (!terms.containsKey(name)) terms.put(name, text) }
        seen.priceIds.foreach(priceIds.add)
    }

    /** The figure of the sums, or the first gap where nothing has a price. */
    def figure: Priced[Figure] = gap match {
      case Some(none) if count == 0L => none
      case _                         =>
        val summed = Hours.indices.iterator.map(index => Hours(index) -> ExactText.rangeText(hours(index))).toVector
        val kept = Vector.newBuilder[(String, String)]
        val entries = terms.entrySet.iterator
        while (entries.hasNext) {
          val entry = entries.next()
          if (!entry.getValue.isEmpty) kept += (entry.getKey -> entry.getValue)
          else if (entry.getKey == "J") kept += ("J" -> "1")
        }
        val inputs = (summed ++ kept.result()) :+ ("sightings" -> count.toString)
        val ids = Vector.newBuilder[String]
        val each = priceIds.iterator
        while (each.hasNext) ids += each.next()
        val hasParts = Parts.exists(part => terms.containsKey(part))
        Known(
          if (hasParts) Formulas.figureWithParts(formula, inputs, ids.result())
          else Formulas.figureOf(formula, inputs, ids.result())
        )
    }
  }

  /** What must be the same in all sightings. Empty texts stand for what differs by nature: J, and the parts' dollars. */
  private def termsOf(figure: Figure): Vector[(String, String)] =
    figure.inputs.filterNot { case (name, _) => Hours.contains(name) }.map { case (name, text) =>
      val isOpen = (name == "J" || Parts.contains(name)) && !text.startsWith(Formulas.UnpricedMark)
      name -> (if (isOpen) "" else text)
    }

  private def input(figure: Figure, name: String): Option[String] =
    figure.inputs.collectFirst { case (found, text) if found == name => text }

  private def wholeGrains(hours: Range): Range =
    Range((hours.low * Grain).floored / Grain, (hours.high * Grain).floored / Grain)
}
