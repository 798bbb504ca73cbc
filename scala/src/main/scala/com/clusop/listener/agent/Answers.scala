package com.clusop.listener.agent

import com.clusop.listener.json.Json
import com.clusop.listener.{Reason, Reasons}

/** The shapes of what "call" answers. */
private[agent] object Answers {
  def yes(members: (String, Json)*): Json.Obj = Json.Obj(("ok" -> Json.True) +: members.toVector)

  def no(reason: Reason): Json.Obj =
    Json.obj("ok" -> Json.False, "reason" -> Json.str(reason.id), "detail" -> Json.str(Reasons.sentence(reason)))

  def withMembers(one: Json.Obj, more: Vector[(String, Json)]): Json.Obj = Json.Obj(one.members ++ more)

  def bool(value: Boolean): Json = if (value) Json.True else Json.False
}
