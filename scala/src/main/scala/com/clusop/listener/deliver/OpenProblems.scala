package com.clusop.listener.deliver

/** Problems that gather sightings, bounded in number and bytes. Where there is no room, the oldest is sealed early. Not
  * thread-safe: the caller holds the lock; but [[count]] and [[bytes]] may be asked by anybody. `seal` takes a problem out for
  * good: no sighting joins it after that.
  */
final class OpenProblems(maxOpen: Int, seal: OpenProblem => Unit) {
  private val open = new java.util.LinkedHashMap[String, OpenProblem]
  @volatile private var size = 0
  @volatile private var held = 0L

  def count: Int = size

  /** As of the last [[trim]]. */
  def bytes: Long = held

  /** Whether adding `seen` will ask for its plan's digest. */
  def needsDigest(key: String, seen: SeenProblem): Boolean = {
    val known = open.get(key)
    known == null || known.needsDigest(seen)
  }

  /** `key` is [[OpenProblem.keyOf]]. */
  def add(key: String, seen: SeenProblem, place: Place): Unit = {
    val known = open.get(key)
    if (known == null || !known.add(seen, place)) {
      // Other prices than the sightings before: their sum would be no figure. What is there is sealed.
      if (known != null) sealOne(key)
      if (open.size >= maxOpen) sealOne(open.keySet.iterator.next())
      val fresh = new OpenProblem
      fresh.add(seen, place)
      open.put(key, fresh)
      size = open.size
    }
  }

  /** Seals the oldest until all together hold at most `maxBytes`: plans of hundreds of operators are large. */
  def trim(maxBytes: Long): Unit = {
    held = measured
    while (held > maxBytes && !open.isEmpty) {
      sealOne(open.keySet.iterator.next())
      held = measured
    }
  }

  def sealAll(): Unit = {
    while (!open.isEmpty) sealOne(open.keySet.iterator.next())
    held = 0L
  }

  /** Problems of one execution share parts, which are counted once. */
  private def measured: Long = {
    val counted = new java.util.IdentityHashMap[AnyRef, AnyRef]
    var sum = 0L
    val each = open.values.iterator
    while (each.hasNext) sum += each.next().bytes(counted)
    sum
  }

  private def sealOne(key: String): Unit = {
    val gone = open.remove(key)
    // Counted until it lies in the ring: whoever asks without the lock must not see it nowhere.
    try if (gone != null) seal(gone)
    finally size = open.size
  }
}
