package com.clusop.listener.pricing

/** What the economics ask of a price list. Every question has a [[Price]] or a reason for an answer. Mirror of
  * `clusop.analysis.economics.source`.
  */
trait PriceSource {

  /** DBU per hour of one node without premium (`dbu/hour`). */
  def nodeDbu(cloud: String, nodeType: String): Priced[Price]

  /** Dollars per DBU (`usd/dbu`); an empty `tier` gives the range over all tiers. */
  def dbuUsd(cloud: String, tier: String, product: String): Priced[Price]

  /** Dollars per hour of one VM (`usd/hour`), `ON_DEMAND` or `SPOT`. */
  def vmUsd(cloud: String, nodeType: String, availability: String): Priced[Price]

  /** What the engine multiplies the DBU quantity with (`ratio`), or `no-premium`. */
  def premiumMultiplier(engine: String, cloud: String, product: String): Priced[Price]
}
