package com.clusop.listener

import java.math.BigInteger

/** Units and the only conversions between them. Mirror of `clusop.units`. */
object Units {
  val NsPerMs: Fraction = Fraction(1000000L)
  val MsPerHour: Fraction = Fraction(3600000L)
  private val Micro: Fraction = Fraction(1000000L)

  /** Dollars to whole micro-dollars, rounded half to even. Call it once, at the wire; sum before it, never after. */
  def usdToMicrousd(amountUsd: Fraction): BigInteger = (amountUsd * Micro).rounded
}
