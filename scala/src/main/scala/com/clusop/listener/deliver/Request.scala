package com.clusop.listener.deliver

import com.clusop.listener.json.Json

/** A request of the map's "call": members of the wrong type are as good as absent. */
final class Request(members: Json.Obj) {

  def text(name: String): String = members.get(name) match {
    case Some(Json.Str(value)) if value.length <= Request.MaxChars => value
    case _                                                         => ""
  }

  def flag(name: String): Boolean = members.get(name).contains(Json.True)

  /** An integer as it was written, `""` where there is none. */
  def digits(name: String): String = members.get(name) match {
    case Some(Json.Num(text)) => text
    case _                    => ""
  }

  /** An integer, cut to `least` and `most`; `default` where there is none. */
  def count(name: String, least: Int, most: Int, default: Int): Int = members.get(name) match {
    case Some(Json.Num(digits)) if digits.length <= 18 && digits.nonEmpty && digits.forall(c => c >= '0' && c <= '9') =>
      (java.lang.Long.parseLong(digits) max least.toLong min most.toLong).toInt
    case _ => default
  }

  /** Integers by name, together at most `most`: what is above is cut. */
  def counts(name: String, most: Int): Vector[(String, Int)] = members.get(name) match {
    case Some(one: Json.Obj) =>
      val told = new Request(one)
      one.members.foldLeft((Vector.empty[(String, Int)], most)) { case ((found, left), (key, _)) =>
        val number = told.count(key, 0, left, 0)
        (found :+ (key -> number), left - number)
      }._1
    case _ => Vector.empty
  }
}

object Request {
  private val MaxChars = 256
}
