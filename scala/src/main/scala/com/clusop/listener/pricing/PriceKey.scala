package com.clusop.listener.pricing

/** How clouds, tiers, products, node types and availabilities are spelled. Mirror of `clusop.pricing.key`.
  *
  * Only ASCII letters have a case here and only ASCII blanks are cut: what the default locale or Unicode says of a dotted
  * capital I must not change a price.
  */
object PriceKey {
  val Clouds: Vector[String] = Vector("AWS", "AZURE", "GCP")
  val Tiers: Vector[String] = Vector("STANDARD", "PREMIUM", "ENTERPRISE")
  val Products: Vector[String] = Vector(
    "JOBS_COMPUTE",
    "ALL_PURPOSE_COMPUTE",
    "DLT_CORE_COMPUTE",
    "DLT_PRO_COMPUTE",
    "DLT_ADVANCED_COMPUTE",
    "JOBS_LIGHT_COMPUTE",
    "SQL_COMPUTE",
    "SQL_PRO_COMPUTE",
    "SERVERLESS_SQL_COMPUTE",
    "JOBS_SERVERLESS_COMPUTE",
    "ALL_PURPOSE_SERVERLESS_COMPUTE"
  )
  val OnDemand: String = "ON_DEMAND"
  val Spot: String = "SPOT"

  private val Blanks = " \t\n\r\u000b\f"
  private val Variant = java.util.regex.Pattern.compile("_\\([A-Z ]+\\)\\z")
  private val CloudSuffix = java.util.regex.Pattern.compile("_(?:AZURE|GCP)\\z")

  /** `AWS`, `AZURE` or `GCP`; `""` for anything else. */
  def canonicalCloud(cloud: String): String = {
    val upper = capitals(cloud)
    if (Clouds.contains(upper)) upper else ""
  }

  /** The product in capitals without the variant of a SKU: `jobs_compute_(photon)` is `JOBS_COMPUTE`. */
  def canonicalProduct(product: String): String = Variant.matcher(capitals(product)).replaceFirst("")

  /** `ON_DEMAND`, `SPOT` or `""` where it may be either (a fallback to on-demand, an unknown word). */
  def canonicalAvailability(availability: String): String = {
    val word = CloudSuffix.matcher(capitals(availability)).replaceFirst("").replace("PREEMPTIBLE", Spot)
    if (word == OnDemand || word == Spot) word else ""
  }

  /** Whether the engine is part of the product: SQL warehouses and serverless compute. */
  def hasNoSeparateEnginePrice(product: String): Boolean = product.contains("SERVERLESS") || product.startsWith("SQL_")

  /** The form in which keys are compared. */
  def folded(key: String): String = mapped(key, 'A', 'Z', 'a' - 'A')

  /** A cloud, tier, product or availability as price lists spell it. */
  def capitals(word: String): String = mapped(word, 'a', 'z', 'A' - 'a')

  private def mapped(text: String, first: Char, last: Char, shift: Int): String = {
    var start = 0
    var end = text.length
    while (start < end && Blanks.indexOf(text.charAt(start).toInt) >= 0) start += 1
    while (end > start && Blanks.indexOf(text.charAt(end - 1).toInt) >= 0) end -= 1
    val chars = text.substring(start, end).toCharArray
    var index = 0
    while (index < chars.length) {
      if (chars(index) >= first && chars(index) <= last) chars(index) = (chars(index) + shift).toChar
      index += 1
    }
    new String(chars)
  }
}
