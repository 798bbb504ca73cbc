package com.clusop.listener.pricing

import com.clusop.listener.Range

/** What an entry prices; `value` is the word of the price table. Mirror of `clusop.pricing.entry.PriceKind`. */
sealed abstract class PriceKind(val value: String, val unit: String)

object PriceKind {
  case object NodeDbu extends PriceKind("node_dbu", "dbu/hour")
  case object DbuUsd extends PriceKind("dbu_usd", "usd/dbu")
  case object VmUsd extends PriceKind("vm_usd", "usd/hour")
  case object Multiplier extends PriceKind("multiplier", "ratio")
  case object SpotShare extends PriceKind("spot_share", "ratio")

  private val all = Vector(NodeDbu, DbuUsd, VmUsd, Multiplier, SpotShare)

  /** The kind of a word; none for one that the driver needs not (a customer's discount is the aggregator's matter). */
  def of(value: String): Option[PriceKind] = all.find(_.value == value)
}

/** One rate of the price table, as much of it as the driver needs: sources and notes are looked up by id elsewhere. */
final case class PriceEntry(id: String, kind: PriceKind, key: String, value: Range, asOf: String, also: Vector[String]) {

  /** Every spelling under which it is found. */
  def foldedKeys: Vector[String] = (key +: also).map(PriceKey.folded)

  def price: Price = Price(value, kind.unit, Vector(id))
}
