package com.clusop.listener.deliver

import com.clusop.listener.json.Json

/** A signal's line, cut to size: first the digest's arguments but the cause's own, then its operators farthest from it in
  * pre-order, then findings beyond
  * the first, then tags. What says whose problem it is, its time and the figures' inputs are never cut.
  */
object SignalLine {
  private val MinKept = 8

  def of(members: Vector[(String, Json)], digest: Digest, centre: Int, findings: Vector[Json], hidden: Int): String = {
    var entries = digest.entries
    var cut = digest.cut
    var first = 0
    var shown = findings
    var rest = members
    def line: String = RecordLine.of(
      rest ++ Vector(
        "findings" -> Json.arr(shown),
        "findings_cut" -> Json.num((hidden + findings.size - shown.size).toLong),
        "digest" -> Json.arr(entries),
        "digest_from" -> Json.num(first.toLong),
        "digest_cut" -> Json.num(cut.toLong)
      )
    )
    var made = line
    if (made.length > RecordLine.MaxBytes) {
      entries = withArgumentsNear(entries, centre)
      made = line
    }
    while (made.length > RecordLine.MaxBytes && entries.nonEmpty) {
      val keep = if (entries.size <= MinKept) 0 else Math.max(MinKept, entries.size * 3 / 4)
      val from = Math.max(0, Math.min(centre - first - keep / 2, entries.size - keep))
      cut += entries.size - keep
      entries = entries.slice(from, from + keep)
      first += from
      made = line
    }
    while (made.length > RecordLine.MaxBytes && shown.size > 1) {
      shown = shown.take(Math.max(1, shown.size / 2))
      made = line
    }
    if (made.length > RecordLine.MaxBytes) {
      rest = rest.map { case (name, value) => name -> (if (name == "tags") Json.obj() else value) }
      made = line
    }
    made
  }

  private def withArgumentsNear(entries: Vector[Json], centre: Int): Vector[Json] = entries.zipWithIndex.map {
    case (Json.Arr(parts), index) if index != centre && parts.size == 4 => Json.Arr(parts.updated(3, Json.str("")))
    case (entry, _)                                                     => entry
  }
}
