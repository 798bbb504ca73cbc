package com.clusop.probe

import com.clusop.listener.economics.ExactText
import com.clusop.listener.json.{Json, JsonReader, JsonWriter}
import com.clusop.listener.{Fraction, Range, Units}

/** Arithmetic of exact numbers and ranges. Mirror of `tests/vectors/answers/units_answer.py`. */
object UnitsAnswer {
  private val Number = java.util.regex.Pattern.compile("-?[0-9]{1,400}(?:/[0-9]{0,399}[1-9][0-9]*)?")

  def of(text: String): String = JsonWriter.canonical(numbers(text) match {
    case None        => Json.obj("refused" -> Json.str("no-numbers"))
    case Some(asked) =>
      val pairs = neighbours(asked)
      Json.obj(
        "each" -> Json.arr(asked.map(one)),
        "pairs" -> Json.arr(pairs.map { case (first, second) => two(first, second) }),
        "ranges" -> Json.arr(neighbours(pairs).map { case (first, second) => ranges(spanOf(first), spanOf(second)) })
      )
  })

  private def numbers(text: String): Option[Vector[Fraction]] = JsonReader.read(text) match {
    case Right(list: Json.Arr) =>
      val found = list.items.collect { case shown: Json.Str if isNumber(shown.value) => Fraction.parse(shown.value) }
      if (found.size == list.items.size) Some(found) else None
    case _ => None
  }

  private def isNumber(text: String): Boolean =
    Number.matcher(text).matches && (text.indexOf('/') < 0 || text.length - text.indexOf('/') <= 401)

  private def neighbours[A](items: Vector[A]): Vector[(A, A)] = items.zip(items.drop(1))

  private def spanOf(ends: (Fraction, Fraction)): Range = Range(ends._1 min ends._2, ends._1 max ends._2)

  private def one(number: Fraction): Json = {
    val text = ExactText.numberText(number)
    val again = if (text.length <= 4000) ExactText.parseRange("it", text).low else number
    val double = number.toDouble
    val doubleText =
      if (double.isInfinite) "too large"
      else Fraction.parse(new java.math.BigDecimal(double).toPlainString).toString
    strings(
      number.toString,
      text,
      again.toString,
      number.rounded.toString,
      Units.usdToMicrousd(number).toString,
      number.truncated.toString,
      number.floored.toString,
      doubleText
    )
  }

  private def two(first: Fraction, second: Fraction): Json = {
    val values = Vector(
      (first + second).toString,
      (first - second).toString,
      (first * second).toString,
      if (second.isZero) "undefined" else (first / second).toString,
      (first min second).toString,
      (first max second).toString
    ).map(Json.str)
    Json.arr(values ++ Vector(Json.Bool(first < second), Json.Bool(first == second)))
  }

  private def ranges(first: Range, second: Range): Json = strings(
    Vector(
      first + second,
      first - second,
      first * second,
      first * second.low,
      first.clamped(Fraction.Zero),
      first.clamped(second.low, Some(second))
    ).map(ExactText.rangeText): _*
  )

  private def strings(texts: String*): Json = Json.arr(texts.map(Json.str))
}
