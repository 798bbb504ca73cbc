package com.clusop.listener.plan

/** What an operator is to the question "did this leave the engine?". Mirror of `clusop.plan.kind`; `value` is the dialects' word. */
sealed abstract class Kind(val value: String)

object Kind {
  case object Native extends Kind("native")
  case object Boundary extends Kind("boundary")
  case object Wrapper extends Kind("wrapper")
  case object RowSource extends Kind("row-source")
  case object Command extends Kind("command")
  case object Logical extends Kind("logical")
  case object Terminal extends Kind("terminal")
  case object Marginal extends Kind("marginal")
  case object RowExchange extends Kind("row-exchange")
  case object Python extends Kind("python")
  case object Jvm extends Kind("jvm")

  val all: Vector[Kind] =
    Vector(Native, Boundary, Wrapper, RowSource, Command, Logical, Terminal, Marginal, RowExchange, Python, Jvm)

  /** The kind a dialect file names. Throws `NoSuchElementException` for a word nobody knows. */
  def of(value: String): Kind = all.find(_.value == value).getOrElse(throw new NoSuchElementException(value))
}
