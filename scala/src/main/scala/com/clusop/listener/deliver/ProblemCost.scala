package com.clusop.listener.deliver

import com.clusop.listener.analysis.{Figure, QueryCost}
import com.clusop.listener.economics.{ExactText, Formulas}
import com.clusop.listener.json.Json
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Range, Units}

/** The part of a query's money that is one problem's, and figures on the wire. Mirror of `clusop.analysis.records.money`. */
object ProblemCost {
  private val PartNames = Vector("dbu_usd", "vm_usd")
  private val MaxPriceIds = 16
  private val MaxInputs = 24

  /** `cost` with `share` (J of one problem) in place of the query's: attributed stays that of the whole query. */
  def of(cost: QueryCost, share: Priced[Range]): QueryCost =
    cost.copy(exposure = withShare(cost.exposure, share), avoidable = withShare(cost.avoidable, share))

  private def withShare(figure: Priced[Figure], share: Priced[Range]): Priced[Figure] = (figure, share) match {
    case (gap: Unpriced, _)          => gap
    case (_, gap: Unpriced)          => gap
    case (Known(found), Known(part)) =>
      val hasParts = found.inputs.exists(entry => PartNames.contains(entry._1))
      val inputs = found.inputs.filterNot(isPricedPart).map { case (name, text) =>
        name -> (if (name == "J") ExactText.rangeText(part) else text)
      }
      Known(
        if (hasParts) Formulas.figureWithParts(found.formula, inputs, found.priceIds)
        else Formulas.figureOf(found.formula, inputs, found.priceIds)
      )
  }

  /** The wire form. Only ids and exact numbers pass: a sentence may tell a node's name. */
  def json(figure: Priced[Figure]): Json = figure match {
    case Unpriced(reason) => Json.obj("unpriced" -> Json.obj("reason" -> Json.str(reason.id)))
    case Known(found)     =>
      val clean = found.inputs.filter { case (name, text) =>
        Gate.matching(name, Gate.InputName).nonEmpty && Gate.matching(text, Gate.InputValue).nonEmpty
      }
      Json.obj(
        "low_microusd" -> Json.num(Units.usdToMicrousd(found.usd.low)),
        "high_microusd" -> Json.num(Units.usdToMicrousd(found.usd.high)),
        "basis" -> Json.str(found.basis),
        "formula" -> Json.str(found.formula),
        "inputs" -> Json.Obj(clean.take(MaxInputs).map { case (name, text) => name -> Json.str(text) }),
        "price_ids" -> Json.arr(found.priceIds.filter(Gate.matching(_, Gate.PriceId).nonEmpty).take(MaxPriceIds).map(Json.str))
      )
  }

  private def isPricedPart(input: (String, String)): Boolean =
    PartNames.contains(input._1) && !input._2.startsWith(Formulas.UnpricedMark)
}
