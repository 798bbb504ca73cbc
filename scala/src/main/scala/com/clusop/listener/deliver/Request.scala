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
    case Some(Json.Num(digits)) if Request.isCount(digits) =>
      (java.lang.Long.parseLong(digits) max least.toLong min most.toLong).toInt
    case _ => default
  }

  /** Sequences listed by name, as the name of each; what is no sequence is passed over, and a second name for one too. */
  def sequences(name: String): Map[Long, String] = members.get(name) match {
    case Some(one: Json.Obj) =>
      one.members.foldLeft(Map.empty[Long, String]) {
        case (found, (key, Json.Arr(items))) =>
          items.foldLeft(found) {
            case (known, Json.Num(digits)) if Request.isCount(digits) =>
              val sequence = java.lang.Long.parseLong(digits)
              if (known.contains(sequence)) known else known + (sequence -> key)
            case (known, _) => known
          }
        case (found, _) => found
      }
    case _ => Map.empty
  }
}

object Request {
  private val MaxChars = 256
  private val MaxDigits = 18

  private def isCount(text: String): Boolean =
    text.nonEmpty && text.length <= MaxDigits && text.forall(c => c >= '0' && c <= '9')
}
