package com.clusop.listener

import java.math.BigInteger

import org.scalatest.funsuite.AnyFunSuite

/** Where a fraction of two longs must become one of big integers, and back: one value, one form. */
class FractionSuite extends AnyFunSuite {
  private val Most = Long.MaxValue

  private def plain(numerator: BigInteger, denominator: BigInteger): String = {
    val common = numerator.gcd(denominator)
    val (top, bottom) = (numerator.divide(common), denominator.divide(common))
    if (bottom == BigInteger.ONE) top.toString else s"$top/$bottom"
  }

  test("sums, products and quotients around the end of a long are those of big integers") {
    val chance = new scala.util.Random(42)
    val edges = Vector(1L, 2L, 3L, Most, Most - 1L, 1L << 62, 1L << 31, 1000000000000L, 3600000000000L)
    def edge(): Long =
      if (chance.nextBoolean()) edges(chance.nextInt(edges.size)) else ((chance.nextLong() >>> 1) >>> chance.nextInt(62)) max 1L
    (1 to 20000).foreach { _ =>
      val (a, b, c, d) = (if (chance.nextBoolean()) -edge() else edge(), edge(), edge(), edge())
      val (x, y) = (Fraction(a, b), Fraction(c, d))
      val Vector(bigA, bigB, bigC, bigD) = Vector(a, b, c, d).map(BigInteger.valueOf)
      assert((x + y).toString == plain(bigA.multiply(bigD).add(bigC.multiply(bigB)), bigB.multiply(bigD)))
      assert((x - y).toString == plain(bigA.multiply(bigD).subtract(bigC.multiply(bigB)), bigB.multiply(bigD)))
      assert((x * y).toString == plain(bigA.multiply(bigC), bigB.multiply(bigD)))
      assert((x / y).toString == plain(bigA.multiply(bigD), bigB.multiply(bigC)))
      assert((x + y) - y == x && ((x + y) - y).hashCode == x.hashCode)
      assert((x * y) / y == x)
    }
  }

  test("the least long is no trap: its negative is none") {
    val least = Fraction(Long.MinValue)
    assert(least.negated.toString == "9223372036854775808")
    assert(least.negated.negated == least)
    assert(least / least == Fraction.One)
    assert(Fraction(1L, Long.MinValue).toString == "-1/9223372036854775808")
    assert((Fraction(Most) + Fraction.One).negated == least)
  }

  test("a wide value that becomes small again equals the small one") {
    val wide = Fraction(Most) * Fraction(Most)
    assert(wide / Fraction(Most) == Fraction(Most))
    assert((wide - wide) == Fraction.Zero)
    assert((wide + Fraction.One) - wide == Fraction.One)
    assert(Fraction.One - (wide + Fraction.One) == wide.negated)
  }

  test("halves are rounded to even, on both sides of zero") {
    assert(Vector(1L, 3L, 5L, -1L, -3L).map(Fraction(_, 2L).rounded.toString) == Vector("0", "2", "2", "0", "-2"))
  }

  test("cutting goes towards zero, flooring goes down") {
    assert(Fraction(-7L, 2L).truncated == Fraction(-3L))
    assert(Fraction(-7L, 2L).floored == Fraction(-4L))
    assert(Fraction(-8L, 2L).floored == Fraction(-4L))
  }

  test("division by zero is an arithmetic error, whatever the other operand's size") {
    intercept[ArithmeticException](Fraction.One / Fraction.Zero)
    intercept[ArithmeticException](Fraction(Most) * Fraction(Most) / Fraction.Zero)
    intercept[ArithmeticException](Fraction(1L, 0L))
    intercept[ArithmeticException](Fraction.parse("1/0"))
  }

  test("only plain numbers are parsed: no other digits, blanks, signs or exponents of a million digits") {
    assert(Fraction.parse("1.50") == Fraction(3L, 2L))
    assert(Fraction.parse("-2.5e-1") == Fraction(-1L, 4L))
    Vector("", "-", "+1", " 1", "1.", ".5", "1/", "/2", "1/-2", "1/2/3", "٣", "1e999999", "NaN", "0x1").foreach { text =>
      withClue(text)(intercept[NumberFormatException](Fraction.parse(text)))
    }
  }
}
