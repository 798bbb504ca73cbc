package com.clusop.listener.pricing

/** The price list that lies in the jar, held in the driver only as far as this cluster's node types need it. One thread's.
  *
  * A cluster has one or two node types; each new one that was not expected reads the table again, a few times at most. From
  * then on (nobody's cluster, but an event stream may say anything) the whole table is kept.
  */
final class ShippedPrices extends PriceSource {
  import ShippedPrices._

  private var asked: Set[String] = Set.empty
  private var readings: Int = 0
  private var book: Option[PriceBook] = None

  /** Makes ready for what will be asked of a cluster, in one reading. */
  def expect(cloud: String, nodeTypes: String*): Unit = {
    val keys = nodeTypes.filter(PriceKey.folded(_).nonEmpty).map(keyOf(cloud, _)).filterNot(asked.contains)
    if (keys.nonEmpty && PriceKey.canonicalCloud(cloud).nonEmpty && readings <= MaxReadings) {
      asked = asked ++ keys ++ keys.map(key => s"$key/spot")
      read()
    }
  }

  def nodeDbu(cloud: String, nodeType: String): Priced[Price] = withNode(cloud, nodeType).nodeDbu(cloud, nodeType)
  def dbuUsd(cloud: String, tier: String, product: String): Priced[Price] = held.dbuUsd(cloud, tier, product)
  def vmUsd(cloud: String, nodeType: String, availability: String): Priced[Price] =
    withNode(cloud, nodeType).vmUsd(cloud, nodeType, availability)
  def premiumMultiplier(engine: String, cloud: String, product: String): Priced[Price] =
    held.premiumMultiplier(engine, cloud, product)

  private def held: PriceBook = {
    if (book.isEmpty) read()
    book.getOrElse(PriceBook.of(Vector.empty))
  }

  private def withNode(cloud: String, nodeType: String): PriceBook = {
    expect(cloud, nodeType)
    held
  }

  private def read(): Unit = {
    readings += 1
    book = Some(PriceBook.of(PriceTable.shipped(if (readings > MaxReadings) None else Some(asked))))
  }
}

object ShippedPrices {
  private val MaxReadings = 8

  private def keyOf(cloud: String, nodeType: String): String =
    PriceKey.folded(s"${PriceKey.canonicalCloud(cloud)}/$nodeType")
}
