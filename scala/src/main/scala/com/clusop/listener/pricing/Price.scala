package com.clusop.listener.pricing

import com.clusop.listener.{Range, Reason}

/** A value or the reason why there is none. */
sealed trait Priced[+A]

/** There is no figure, and why. Mirror of `clusop.pricing.price.Unpriced`. */
final case class Unpriced(reason: Reason) extends Priced[Nothing]

/** There is one. */
final case class Known[+A](value: A) extends Priced[A]

/** A rate with a range; `unit` is `usd/dbu`, `usd/hour`, `dbu/hour` or `ratio`; `entryIds` name entries of the price table. */
final case class Price(value: Range, unit: String, entryIds: Vector[String])
