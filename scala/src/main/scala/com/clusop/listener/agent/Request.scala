package com.clusop.listener.agent

import com.clusop.listener.Reason
import com.clusop.listener.json.{Json, JsonReader}

/** What an armer asks: which door it came through, its settings by conf key, the facts it detected. */
final case class AttachRequest(door: String, settings: Map[String, String], facts: Json.Obj) {

  /** Only a person's own `arm()` switches a quiet agent on again; an automatic door does not override a decision. */
  def isExplicit: Boolean = door == AttachRequest.Explicit
}

object AttachRequest {
  val Explicit = "arm"

  def of(request: Json.Obj): AttachRequest =
    AttachRequest(
      request.get("door").collect { case Json.Str(text) => text }.getOrElse(""),
      request.get("settings").collect { case told: Json.Obj => texts(told) }.getOrElse(Map.empty),
      request.get("facts").collect { case told: Json.Obj => told }.getOrElse(Json.obj())
    )

  def parse(text: String): Either[Reason, Json.Obj] =
    if (text == null) Left(Reason("bad-request", ": it is null"))
    else
      JsonReader.read(text) match {
        case Right(request: Json.Obj) => Right(request)
        case Right(_)                 => Left(Reason("bad-request", ": it is no object"))
        case Left(problem)            => Left(Reason("bad-request", s": ${problem.what}"))
      }

  private def texts(told: Json.Obj): Map[String, String] = told.members.collect {
    case (key, Json.Str(text))  => key -> text
    case (key, Json.Num(text))  => key -> text
    case (key, Json.Bool(flag)) => key -> (if (flag) "true" else "false")
  }.toMap
}
