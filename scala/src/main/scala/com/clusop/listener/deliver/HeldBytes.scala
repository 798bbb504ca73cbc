package com.clusop.listener.deliver

import com.clusop.listener.json.Json

/** How much memory a JSON value holds: an estimate from above, for its text may be held at one or at two bytes a character. */
object HeldBytes {
  private val Node = 24L
  private val Text = 56L
  private val Slot = 8L
  private val Member = 32L

  def of(json: Json): Long = json match {
    case Json.Str(text)  => Node + ofText(text)
    case Json.Num(text)  => Node + ofText(text)
    case Json.Arr(items) =>
      var sum = 2 * Node + Text
      items.foreach(item => sum += Slot + of(item))
      sum
    case Json.Obj(members) => Node + ofMembers(members)
    case _                 => 0L
  }

  /** Names are literals of ours and shared. */
  def ofMembers(members: Vector[(String, Json)]): Long = {
    var sum = Node + Text
    members.foreach(member => sum += Member + of(member._2))
    sum
  }

  private def ofText(text: String): Long = Text + 2L * text.length
}
