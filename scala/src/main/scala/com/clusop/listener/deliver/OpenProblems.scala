package com.clusop.listener.deliver

/** Problems that gather sightings, bounded in number. When a new one finds no room, the oldest is sealed early. Not
  * thread-safe: the caller holds the lock. `seal` takes a problem out for good: no sighting joins it after that.
  */
final class OpenProblems(maxOpen: Int, seal: OpenProblem => Unit) {
  private val open = new java.util.LinkedHashMap[String, OpenProblem]

  def count: Int = open.size

  def add(seen: SeenProblem, place: Place): Unit = {
    val key = OpenProblem.keyOf(seen, place)
    val known = open.get(key)
    if (known == null || !known.add(seen, place)) {
      // Other prices than the sightings before: their sum would be no figure. What is there is sealed.
      if (known != null) sealOne(key)
      if (open.size >= maxOpen) sealOne(open.keySet.iterator.next())
      val fresh = new OpenProblem
      fresh.add(seen, place)
      open.put(key, fresh)
    }
  }

  def sealAll(): Unit = while (!open.isEmpty) sealOne(open.keySet.iterator.next())

  private def sealOne(key: String): Unit = {
    val gone = open.remove(key)
    if (gone != null) seal(gone)
  }
}
