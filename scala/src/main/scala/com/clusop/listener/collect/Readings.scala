package com.clusop.listener.collect

/** Values of accumulables as an event log would show them. Mirror of `clusop.eventlog.events.read_integer`. */
private[collect] object Readings {
  val RunTime = "internal.metrics.executorRunTime"
  val NativeTime = "internal.metrics.photonizedTaskTimeNs"

  /** What an accumulable holds that is no integer: no SQL metric ever does. */
  val NoInteger: Long = Long.MinValue

  /** The integer in `value`; [[NoInteger]] for all else. */
  def integer(value: Option[Any]): Long = if (value.isEmpty) NoInteger else integerOf(value.get)

  def integerOf(value: Any): Long = value match {
    case number: java.lang.Long    => number.longValue
    case number: java.lang.Integer => number.longValue
    case text: String              => written(text)
    case _                         => NoInteger
  }

  /** `[+-]?\d{1,19}`; a number beyond 64 bits is none. */
  private def written(text: String): Long = {
    val sign = if (text.isEmpty) ' ' else text.charAt(0)
    val from = if (sign == '-' || sign == '+') 1 else 0
    val count = text.length - from
    if (count < 1 || count > 19) return NoInteger
    var value = 0L
    var index = from
    while (index < text.length) {
      val digit = text.charAt(index) - '0'
      // Counted below zero: the negative half of the range is the larger one.
      if (digit < 0 || digit > 9 || value < (Long.MinValue + 1 + digit) / 10) return NoInteger
      value = value * 10 - digit
      index += 1
    }
    if (sign == '-') value else -value
  }
}
