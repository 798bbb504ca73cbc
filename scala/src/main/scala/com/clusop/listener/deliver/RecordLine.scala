package com.clusop.listener.deliver

import java.util.regex.Pattern

import com.clusop.listener.json.{Json, JsonWriter}

/** A record as one line of canonical JSON of at most 8 KiB. Mirror of `clusop.analysis.records.line` and `envelope`. */
object RecordLine {
  val MaxBytes: Int = 8 * 1024
  val AgentId: Pattern = Pattern.compile("[0-9a-f]{32}")

  def envelope(record: String, agent: String, sequence: Long, workspace: String): Vector[(String, Json)] = Vector(
    "record" -> Json.str(record),
    "version" -> Json.num(1L),
    "agent" -> Json.str(agent),
    "sequence" -> Json.num(sequence),
    "workspace" -> Json.str(workspace)
  )

  /** The line; canonical JSON is ASCII, so characters are bytes. */
  def of(members: Vector[(String, Json)]): String = JsonWriter.canonical(Json.Obj(members))
}
