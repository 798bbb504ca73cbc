package com.clusop.listener.deliver

import com.clusop.listener.json.Json

/** Counts by a reason's id, or by one of `words`. What is neither is counted as `agent-error`: no other text may become a name on
  * the wire.
  */
final class Tally(words: Vector[String] = Vector.empty) {
  private val counts = new java.util.TreeMap[String, java.lang.Long]

  def add(name: String, count: Long): Unit = if (count > 0) {
    val gated = if (words.contains(name)) name else if (name.isEmpty) Gate.NoReason else Gate.reasonId(name)
    val id = if (counts.containsKey(gated) || counts.size < Tally.MaxNames) gated else Gate.NoReason
    val before: Long = if (counts.containsKey(id)) counts.get(id) else 0L
    counts.put(id, before + count): Unit
  }

  def addAll(other: Tally): Unit = {
    val each = other.counts.entrySet.iterator
    while (each.hasNext) {
      val entry = each.next()
      add(entry.getKey, entry.getValue)
    }
  }

  def of(name: String): Long = if (counts.containsKey(name)) counts.get(name) else 0L
  def names: String = counts.keySet.toString

  def all: Vector[(String, Long)] = {
    val found = Vector.newBuilder[(String, Long)]
    val each = counts.entrySet.iterator
    while (each.hasNext) {
      val entry = each.next()
      found += entry.getKey -> entry.getValue.longValue
    }
    found.result()
  }

  def json: Json = Json.Obj(all.map { case (name, count) => name -> Json.num(count) })
}

object Tally {
  private val MaxNames = 62
}
