package com.clusop.listener

/** What is known of a number: it lies between `low` and `high`, both included. Mirror of `clusop.units.Range`. */
final case class Range(low: Fraction, high: Fraction) {
  require(low <= high, s"a range's low end $low lies above its high end $high")

  def isExact: Boolean = low == high
  def +(other: Range): Range = Range(low + other.low, high + other.high)
  def -(other: Range): Range = Range(low - other.high, high - other.low)
  def *(other: Range): Range =
    if (isExact && other.isExact) Range.of(low * other.low)
    else {
      val ends = Array(low * other.low, low * other.high, high * other.low, high * other.high)
      Range(ends.reduce(_ min _), ends.reduce(_ max _))
    }
  def *(factor: Fraction): Range = this * Range.of(factor)

  /** No end below `floor` and, where given, no end above the same end of `ceiling`. */
  def clamped(floor: Fraction, ceiling: Option[Range] = None): Range = {
    var lowEnd = low max floor
    var highEnd = high max floor
    ceiling.foreach { top =>
      lowEnd = lowEnd min top.low
      highEnd = highEnd min top.high
    }
    Range(lowEnd min highEnd, highEnd)
  }
}

object Range {
  def of(value: Fraction): Range = new Range(value, value)
}
