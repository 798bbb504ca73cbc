package com.clusop.listener.pricing

import com.clusop.listener.{Range, Reason}

/** What a node, a DBU, a machine or an engine costs, or why that is not known. Mirror of `clusop.pricing.provider`. */
final class PriceBook private (entryOfKey: Map[(PriceKind, String), PriceEntry]) extends PriceSource {
  import PriceBook._

  /** DBUs a node uses in an hour without the engine's premium. */
  def nodeDbu(cloud: String, nodeType: String): Priced[Price] = onNode(cloud, nodeType) { known =>
    find(PriceKind.NodeDbu, known, nodeType) match {
      case Some(entry) => Known(entry.price)
      case None        => Unpriced(Reason("unknown-node-type", s"$known $nodeType"))
    }
  }

  /** Dollars per DBU. `DLT_COMPUTE`, a pipeline of unknown edition, gives the range over its editions. */
  def dbuUsd(cloud: String, tier: String, product: String): Priced[Price] = onProduct(cloud, product) {
    (known, name, editions) =>
      val wanted = PriceKey.capitals(tier)
      val tiers = if (wanted.isEmpty) PriceKey.Tiers else Vector(wanted)
      val prices = for {
        edition <- editions
        one <- tiers
        entry <- find(PriceKind.DbuUsd, known, one, edition)
      } yield entry.price
      if (prices.nonEmpty) Known(span(prices))
      else Unpriced(Reason("unknown-dbu-price", Vector(known, wanted, name).filter(_.nonEmpty).mkString(" ")))
  }

  /** Dollars per machine-hour: the list price, the assumed share of it for `SPOT`, for anything else the span of both. */
  def vmUsd(cloud: String, nodeType: String, availability: String): Priced[Price] = onNode(cloud, nodeType) { known =>
    val onDemand = find(PriceKind.VmUsd, known, nodeType)
    val asked = PriceKey.canonicalAvailability(availability) match {
      case PriceKey.OnDemand => Vector(onDemand.map(_.price))
      case PriceKey.Spot     => Vector(spot(known, nodeType, onDemand))
      case _                 => Vector(spot(known, nodeType, onDemand), onDemand.map(_.price))
    }
    // Half of a span is no span.
    if (asked.exists(_.isEmpty)) Unpriced(Reason("unknown-vm-price", s"$known $nodeType")) else Known(span(asked.flatten))
  }

  /** How many times the DBUs are billed with the engine on. */
  def premiumMultiplier(engine: String, cloud: String, product: String): Priced[Price] = {
    val name = PriceKey.folded(engine)
    if (EnginesWithoutPremium.contains(name)) Unpriced(Reason("no-premium"))
    else if (name != EngineWithPremium)
      Unpriced(Reason("unknown-multiplier", s"engine ${if (name.isEmpty) "not told" else name}"))
    else if (PriceKey.hasNoSeparateEnginePrice(PriceKey.canonicalProduct(product)))
      Unpriced(Reason("serverless-no-premium"))
    else
      onProduct(cloud, product) { (known, word, editions) =>
        val prices = editions.flatMap(find(PriceKind.Multiplier, known, _)).map(_.price)
        if (prices.isEmpty) Unpriced(Reason("unknown-multiplier", s"$known $word")) else Known(span(prices))
      }
  }

  private def find(kind: PriceKind, parts: String*): Option[PriceEntry] =
    entryOfKey.get((kind, PriceKey.folded(parts.mkString("/"))))

  private def spot(cloud: String, nodeType: String, onDemand: Option[PriceEntry]): Option[Price] =
    find(PriceKind.VmUsd, cloud, nodeType, PriceKey.Spot).map(_.price).orElse {
      for {
        list <- onDemand
        share <- find(PriceKind.SpotShare, cloud)
      } yield Price(list.value * share.value, list.kind.unit, Vector(list.id, share.id))
    }
}

object PriceBook {
  private val EngineWithPremium = "photon"
  private val EnginesWithoutPremium = Set("none", "comet", "gluten", "velox", "rapids")
  private val PipelineOfUnknownEdition = "DLT_COMPUTE"

  /** A book of any entries. Where a key has several, the one with the newest date is the price. */
  def of(entries: Vector[PriceEntry]): PriceBook = {
    val dated = entries.sortBy(_.asOf)
    new PriceBook(dated.flatMap(entry => entry.foldedKeys.map(key => (entry.kind: PriceKind, key) -> entry)).toMap)
  }

  private def onNode(cloud: String, nodeType: String)(price: String => Priced[Price]): Priced[Price] = {
    val known = PriceKey.canonicalCloud(cloud)
    if (known.isEmpty) Unpriced(Reason("unknown-cloud"))
    else if (PriceKey.folded(nodeType).isEmpty) Unpriced(Reason("unknown-shape"))
    else price(known)
  }

  /** `price` gets the cloud, the product and the products of the list behind it. */
  private def onProduct(cloud: String, product: String)(
      price: (String, String, Vector[String]) => Priced[Price]
  ): Priced[Price] = {
    val known = PriceKey.canonicalCloud(cloud)
    val name = PriceKey.canonicalProduct(product)
    val editions = editionsOf(name)
    if (known.isEmpty) Unpriced(Reason("unknown-cloud"))
    else if (editions.isEmpty)
      Unpriced(Reason("unknown-product", if (name.isEmpty) "" else s": no price list names $name"))
    else price(known, name, editions)
  }

  /** Itself, or every edition of a pipeline that does not tell its own. */
  private def editionsOf(product: String): Vector[String] =
    if (product == PipelineOfUnknownEdition) PriceKey.Products.filter(_.startsWith("DLT_"))
    else if (PriceKey.Products.contains(product)) Vector(product)
    else Vector.empty

  private def span(prices: Vector[Price]): Price = {
    val low = prices.map(_.value.low).reduce(_ min _)
    val high = prices.map(_.value.high).reduce(_ max _)
    Price(Range(low, high), prices.head.unit, prices.flatMap(_.entryIds).distinct)
  }
}
