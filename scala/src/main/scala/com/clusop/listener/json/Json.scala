package com.clusop.listener.json

/** A JSON value. Numbers keep their text, so that nothing is lost between reading and writing. Members keep their order. */
sealed trait Json

object Json {
  case object Null extends Json
  final case class Bool(value: Boolean) extends Json
  final case class Num(text: String) extends Json
  final case class Str(value: String) extends Json
  final case class Arr(items: Vector[Json]) extends Json
  final case class Obj(members: Vector[(String, Json)]) extends Json {

    /** The last member of this name, as Python's `json` has it. */
    def get(name: String): Option[Json] = members.reverseIterator.find(_._1 == name).map(_._2)
  }

  val True: Json = Bool(true)
  val False: Json = Bool(false)
  def num(value: Long): Json = Num(value.toString)
  def num(value: java.math.BigInteger): Json = Num(value.toString)
  def str(value: String): Json = Str(value)
  def arr(items: Iterable[Json]): Json = Arr(items.toVector)
  def obj(members: (String, Json)*): Obj = Obj(members.toVector)
}
