package com.clusop.listener.economics

import java.math.BigInteger

import com.clusop.listener.{Fraction, Range}

/** Exact numbers as text and back: `0.55`, `2/3`, `0.55..0.65`. Mirror of `clusop.analysis.economics.exact_text`. */
object ExactText {
  private val MaxDecimalPlaces = 12
  private val MaxLength = 4000
  private val PowersOfTen: Array[Long] = Array.iterate(1L, MaxDecimalPlaces + 1)(_ * 10L)

  /** `value` as a decimal where that is exact and short, else as a ratio of integers. */
  def numberText(value: Fraction): String =
    if (value.isWhole || value.denominator.bitLength > 40) value.toString
    else {
      val denominator = value.denominator.longValue
      val places = placesOf(denominator)
      if (places < 0) value.toString
      else {
        val by = PowersOfTen(places) / denominator
        val digits = value.numerator.abs.multiply(BigInteger.valueOf(by)).toString
        val padded = if (digits.length > places) digits else "0" * (places + 1 - digits.length) + digits
        val cut = padded.length - places
        s"${if (value.signum < 0) "-" else ""}${padded.substring(0, cut)}.${padded.substring(cut)}"
      }
    }

  /** A range as `low..high`, an exactly known number as itself. */
  def rangeText(value: Range): String =
    if (value.isExact) numberText(value.low) else s"${numberText(value.low)}..${numberText(value.high)}"

  /** What [[rangeText]] wrote. Throws `IllegalArgumentException` where the text is no number and no range in order. */
  def parseRange(where: String, text: String): Range = {
    val value = if (text.length > MaxLength) scala.None else parsed(text)
    value.getOrElse(throw new IllegalArgumentException(s"$where: '${text.take(60)}' is no exact number"))
  }

  private def parsed(text: String): Option[Range] = {
    val dots = text.indexOf("..")
    if (dots < 0) number(text).map(Range.of)
    else
      for {
        low <- number(text.substring(0, dots))
        high <- number(text.substring(dots + 2))
        if low <= high
      } yield Range(low, high)
  }

  /** A number in the grammar above: an exponent, which [[Fraction.parse]] takes, is none of it. */
  private def number(text: String): Option[Fraction] =
    if (text.indexOf('e') >= 0 || text.indexOf('E') >= 0) scala.None
    else
      try Some(Fraction.parse(text))
      catch { case _: NumberFormatException | _: ArithmeticException => scala.None }

  /** The fewest places, 1 to 12, after which a decimal of this denominator ends; -1 where there are none. */
  private def placesOf(denominator: Long): Int = {
    var places = 1
    while (places <= MaxDecimalPlaces && PowersOfTen(places) % denominator != 0L) places += 1
    if (places > MaxDecimalPlaces) -1 else places
  }
}
