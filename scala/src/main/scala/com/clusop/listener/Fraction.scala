package com.clusop.listener

import java.math.{BigDecimal, BigInteger}

/** An exact rational number in lowest terms, denominator above 0. What Python's `fractions.Fraction` is.
  *
  * Two longs where they fit, else two big integers (`wide`): the form follows from the value, so equal values look alike.
  */
final class Fraction private (num: Long, den: Long, wide: Fraction.Wide) extends Ordered[Fraction] {
  import Fraction._

  private[listener] def isNarrow: Boolean = wide == null
  private def smallNum: Long = num
  private def smallDen: Long = den
  private def wider: Wide = wide

  def numerator: BigInteger = if (wide == null) BigInteger.valueOf(num) else wide.num
  def denominator: BigInteger = if (wide == null) BigInteger.valueOf(den) else wide.den
  def signum: Int = if (wide == null) java.lang.Long.signum(num) else wide.num.signum
  def isZero: Boolean = wide == null && num == 0L
  def isWhole: Boolean = if (wide == null) den == 1L else wide.den == BigInteger.ONE

  def +(other: Fraction): Fraction = sum(other, 1L)
  def -(other: Fraction): Fraction = sum(other, -1L)

  /** Knuth's sum and product: what is common is taken out first, by longs as long as one operand is narrow. */
  private def sum(other: Fraction, sign: Long): Fraction =
    if (wide == null && other.isNarrow) {
      val shared = gcd(den, other.smallDen)
      val own = den / shared
      val theirs = other.smallDen / shared
      if (fits(num, theirs) && fits(other.smallNum, own)) {
        val top = exactSum(num * theirs, sign * other.smallNum * own)
        if (top != Long.MinValue) {
          val common = gcd(magnitude(top), shared)
          val left = other.smallDen / common
          return if (fits(own, left)) new Fraction(top / common, own * left, null) else of(big(top / common), product(own, left))
        }
      }
      val scaled = product(sign * other.smallNum, own)
      lowest(product(num, theirs).add(scaled), big(own), other.smallDen, shared)
    } else if (other.isNarrow) wide.plus(sign * other.smallNum, other.smallDen)
    else if (wide == null) {
      val total = other.wider.plus(sign * num, den)
      if (sign > 0L) total else total.negated
    } else {
      val scaled = other.numerator.multiply(wide.den)
      val top = wide.num.multiply(other.denominator)
      reduced(if (sign > 0L) top.add(scaled) else top.subtract(scaled), wide.den.multiply(other.denominator))
    }

  def *(other: Fraction): Fraction =
    if (wide == null && other.isNarrow) {
      val left = gcd(magnitude(num), other.smallDen)
      val right = gcd(magnitude(other.smallNum), den)
      val (a, b, c, d) = (num / left, other.smallNum / right, den / right, other.smallDen / left)
      if (fits(a, b) && fits(c, d)) new Fraction(a * b, c * d, null) else of(product(a, b), product(c, d))
    } else if (other.isNarrow) wide.times(other.smallNum, other.smallDen)
    else if (wide == null) other.wider.times(num, den)
    else reduced(wide.num.multiply(other.numerator), wide.den.multiply(other.denominator))

  /** Throws `ArithmeticException` where `other` is 0. */
  def /(other: Fraction): Fraction = this * other.inverse

  private def inverse: Fraction =
    if (isZero) throw new ArithmeticException("a fraction's denominator is 0")
    else if (wide == null) new Fraction(if (num < 0L) -den else den, magnitude(num), null)
    else if (wide.num.signum < 0) of(wide.den.negate, wide.num.negate)
    else of(wide.den, wide.num)

  def negated: Fraction = if (wide == null) new Fraction(-num, den, null) else of(wide.num.negate, wide.den)
  def min(other: Fraction): Fraction = if (this <= other) this else other
  def max(other: Fraction): Fraction = if (this >= other) this else other

  override def compare(other: Fraction): Int =
    if (wide == null && other.isNarrow && den == other.smallDen) java.lang.Long.compare(num, other.smallNum)
    else if (wide == null && other.isNarrow && fits(num, other.smallDen) && fits(other.smallNum, den))
      java.lang.Long.compare(num * other.smallDen, other.smallNum * den)
    else numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator))

  override def equals(other: Any): Boolean = other match {
    case that: Fraction =>
      if (wide == null) that.isNarrow && num == that.smallNum && den == that.smallDen
      else !that.isNarrow && wide.num == that.numerator && wide.den == that.denominator
    case _ => false
  }
  override def hashCode: Int = 31 * numerator.hashCode + denominator.hashCode

  /** `"7"`, `"-1/3"`: Python's `str(Fraction)`. */
  override def toString: String =
    if (wide == null) { if (den == 1L) num.toString else s"$num/$den" }
    else if (wide.den == BigInteger.ONE) wide.num.toString
    else s"${wide.num}/${wide.den}"

  /** The nearest integer, ties to even: Python's `round`. */
  def rounded: BigInteger = {
    val parts = numerator.divideAndRemainder(denominator)
    val twice = parts(1).abs.shiftLeft(1).compareTo(denominator)
    if (twice < 0 || (twice == 0 && !parts(0).testBit(0))) parts(0)
    else parts(0).add(BigInteger.valueOf(signum.toLong))
  }

  /** The integer nearest to it towards 0, as a fraction: Python's `int`. */
  def truncated: Fraction =
    if (wide == null) new Fraction(num / den, 1L, null) else of(wide.num.divide(wide.den), BigInteger.ONE)

  /** The greatest integer not above it, as a fraction: Python's `//`. */
  def floored: Fraction = {
    val cut = truncated
    if (signum < 0 && !isWhole) cut - One else cut
  }

  /** The nearest double, ties to even, as Python's `float`: for confidence and display only, never for money. */
  def toDouble: Double =
    if (wide == null && magnitude(num) <= ExactDouble && den <= ExactDouble) num.toDouble / den.toDouble
    else {
      val top = numerator.abs
      val shift = 66 - top.bitLength + denominator.bitLength
      val parts = (if (shift >= 0) top.shiftLeft(shift) else top).divideAndRemainder(
        if (shift >= 0) denominator else denominator.shiftLeft(-shift)
      )
      // The lowest of 66 bits says whether anything is left below: so the one rounding that follows sees it.
      val sticky = if (parts(1).signum == 0) parts(0) else parts(0).setBit(0)
      val near = if (math.abs(shift) < 900) Math.scalb(sticky.doubleValue, -shift) else extreme(sticky, shift)
      if (signum < 0) -near else near
    }
}

object Fraction {

  /** A numerator or denominator that no long holds. */
  private final class Wide(val num: BigInteger, val den: BigInteger) {
    def times(n: Long, d: Long): Fraction =
      if (n == 0L) Zero
      else {
        val left = commonOf(den, magnitude(n))
        val right = commonOf(num, d)
        of(num.divide(big(right)).multiply(big(n / left)), den.divide(big(left)).multiply(big(d / right)))
      }

    def plus(n: Long, d: Long): Fraction = {
      val shared = commonOf(den, d)
      val own = den.divide(big(shared))
      lowest(num.multiply(big(d / shared)).add(own.multiply(big(n))), own, d, shared)
    }
  }

  private val ExactDouble = 1L << 53
  private val MaxDigits = 10000
  private val Decimal = java.util.regex.Pattern.compile("-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,5})?")
  private val PowersOfTen: Array[Long] = Array.iterate(1L, 19)(_ * 10L)

  val Zero: Fraction = new Fraction(0L, 1L, null)
  val One: Fraction = new Fraction(1L, 1L, null)

  def apply(value: Long): Fraction =
    if (value == Long.MinValue) of(BigInteger.valueOf(value), BigInteger.ONE) else new Fraction(value, 1L, null)

  def apply(numerator: Long, denominator: Long): Fraction =
    if (denominator > 0L && numerator != Long.MinValue) {
      val common = gcd(magnitude(numerator), denominator)
      new Fraction(numerator / common, denominator / common, null)
    } else apply(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator))

  def apply(numerator: BigInteger, denominator: BigInteger): Fraction = reduced(numerator, denominator)

  /** The exact value of a number in decimal (`"0.55"`, `"1e-3"`) or as a fraction (`"3/200"`).
    *
    * Throws `NumberFormatException` for anything else: digits are ASCII, and no exponent makes a number of a million digits.
    */
  def parse(text: String): Fraction = {
    val slash = text.indexOf('/')
    if (slash >= 0) {
      if (!isRatio(text, slash)) throw new NumberFormatException(shortened(text))
      val (over, under) = (text.substring(0, slash), text.substring(slash + 1))
      if (over.length <= 18 && under.length <= 18) apply(over.toLong, under.toLong)
      else apply(new BigInteger(over), new BigInteger(under))
    } else plain(text).getOrElse {
      if (!Decimal.matcher(text).matches) throw new NumberFormatException(shortened(text))
      val decimal = new BigDecimal(text)
      if (math.abs(decimal.scale) > MaxDigits) throw new NumberFormatException(shortened(text))
      if (decimal.scale <= 0) apply(decimal.toBigIntegerExact, BigInteger.ONE)
      else apply(decimal.unscaledValue, BigInteger.TEN.pow(decimal.scale))
    }
  }

  /** A decimal of at most 18 digits, without a regular expression: nearly every rate and share is one. */
  private def plain(text: String): Option[Fraction] = {
    val start = if (text.nonEmpty && text.charAt(0) == '-') 1 else 0
    if (text.length == start || text.length > 18) return None
    var value = 0L
    var places = -1
    var index = start
    while (index < text.length) {
      val char = text.charAt(index)
      if (char >= '0' && char <= '9') {
        value = value * 10L + (char - '0').toLong
        if (places >= 0) places += 1
      } else if (char == '.' && places < 0 && index > start) places = 0
      else return None
      index += 1
    }
    if (places == 0) None else Some(apply(if (start == 1) -value else value, PowersOfTen(math.max(0, places))))
  }

  private def isRatio(text: String, slash: Int): Boolean = {
    val start = if (text.charAt(0) == '-') 1 else 0
    var index = start
    while (index < text.length && (index == slash || (text.charAt(index) >= '0' && text.charAt(index) <= '9'))) index += 1
    index == text.length && slash > start && slash < text.length - 1
  }

  private def shortened(text: String): String = s"no exact number: ${text.take(60)}"

  private def reduced(numerator: BigInteger, denominator: BigInteger): Fraction = {
    if (denominator.signum == 0) throw new ArithmeticException("a fraction's denominator is 0")
    val common = numerator.gcd(denominator)
    val by = if (denominator.signum < 0) common.negate else common
    if (by == BigInteger.ONE) of(numerator, denominator) else of(numerator.divide(by), denominator.divide(by))
  }

  /** top / (own · d), of which only a divisor of `shared` can still be common: the end of Knuth's sum. */
  private def lowest(top: BigInteger, own: BigInteger, d: Long, shared: Long): Fraction =
    if (top.signum == 0) Zero
    else {
      val common = commonOf(top, shared)
      of(top.divide(big(common)), own.multiply(big(d / common)))
    }

  /** value / 2^shift far from 1, where scaling a rounded double would round a second time. */
  private def extreme(value: BigInteger, shift: Int): Double = {
    val power = new BigDecimal(BigInteger.ONE.shiftLeft(math.abs(shift)))
    val exact = if (shift > 0) new BigDecimal(value).divide(power) else new BigDecimal(value).multiply(power)
    exact.doubleValue
  }

  private def commonOf(value: BigInteger, other: Long): Long = gcd(other, value.mod(big(other)).longValue)

  private def product(a: Long, b: Long): BigInteger = big(a).multiply(big(b))

  private def big(value: Long): BigInteger = BigInteger.valueOf(value)

  /** The one form of a value in lowest terms. `Long.MinValue` is wide: its negative is no long. */
  private def of(num: BigInteger, den: BigInteger): Fraction =
    if (num.bitLength <= 63 && den.bitLength <= 63 && num.longValue != Long.MinValue)
      new Fraction(num.longValue, den.longValue, null)
    else new Fraction(0L, 0L, new Wide(num, den))

  /** Whether a·b surely fits a long. Bits are counted, for nothing must be thrown on the way: an overflow is no error here. */
  private def fits(a: Long, b: Long): Boolean =
    java.lang.Long.numberOfLeadingZeros(magnitude(a)) + java.lang.Long.numberOfLeadingZeros(magnitude(b)) >= 65

  /** a + b, or `Long.MinValue` where that is no long of ours. */
  private def exactSum(a: Long, b: Long): Long = {
    val total = a + b
    if (((a ^ total) & (b ^ total)) < 0L) Long.MinValue else total
  }

  private def magnitude(value: Long): Long = if (value < 0L) -value else value

  private def gcd(a: Long, b: Long): Long = {
    var left = a
    var right = b
    while (right != 0L) {
      val rest = left % right
      left = right
      right = rest
    }
    if (left == 0L) 1L else left
  }
}
