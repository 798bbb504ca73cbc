package com.clusop.listener.deliver

/** One sealed record: its bytes never change. */
final case class Sealed(sequence: Long, line: String)

/** Records lent to a holder until `expiresAtMs`. No two leases have one id. `isAway`: to one outside this JVM. */
final case class Lease(id: String, records: Vector[Sealed], expiresAtMs: Long, isAway: Boolean = false)

/** Sealed records in the order of their sequence, bounded in number and bytes, lent under leases.
  *
  * A sequence is given once, when a record is sealed. When full, the oldest record that is not lent is dropped and counted
  * (`onDrop`); where all are lent, the new one is. A lease that expired gives its records back, same bytes; that its holder may
  * have sent them does no harm, for the aggregator knows them. Not thread-safe: the caller holds the lock.
  */
final class Ring(agent: String, onDrop: Long => Unit) {
  private val records = new java.util.TreeMap[java.lang.Long, Sealed]
  private val leases = new java.util.LinkedHashMap[String, Lease]
  private val leased = new java.util.HashSet[java.lang.Long]
  // Lent outside this JVM and not given back by whoever has them: they may have arrived.
  private val away = new java.util.HashSet[java.lang.Long]
  // Sequences only: the records may be gone long since.
  private val expired = new java.util.LinkedHashMap[String, Array[Long]]
  private var next = 1L
  private var leaseCount = 0L
  @volatile private var held = 0L
  @volatile private var size = 0

  /** The sequence the next record gets. */
  def nextSequence: Long = next

  /** May be asked without the lock, as [[bytes]]. */
  def count: Int = size
  def bytes: Long = held
  def freeCount: Int = records.size - leased.size

  /** Seals `line`, which carries [[nextSequence]]. */
  def seal(line: String, maxRecords: Int): Unit = {
    records.put(next, Sealed(next, line))
    next += 1
    held += line.length
    size = records.size
    while (records.size > maxRecords || held > Ring.MaxBytes) dropOldest()
  }

  /** Lends the oldest free records; empty where there is none. A record always fits alone. `withNewest`: the newest goes
    * along, before all that lies between; once it has arrived, whatever of the others never does shows as a gap.
    */
  def lease(
      maxRecords: Int,
      maxBytes: Long,
      nowMs: Long,
      withNewest: Boolean = false,
      isAway: Boolean = false
  ): Option[Lease] = {
    val newest = if (withNewest && maxRecords > 0 && isFree(records.lastEntry)) Some(records.lastEntry.getValue) else None
    val taken = Vector.newBuilder[Sealed]
    var count = newest.size
    var size = newest.map(_.line.length + 1L).getOrElse(0L)
    var isFull = false
    val each = records.values.iterator
    while (each.hasNext && !isFull) {
      val record = each.next()
      if (!leased.contains(record.sequence) && !newest.exists(_.sequence == record.sequence)) {
        isFull = count >= maxRecords || (count > 0 && size + record.line.length + 1 > maxBytes)
        if (!isFull) {
          taken += record
          count += 1
          size += record.line.length + 1
        }
      }
    }
    val lent = taken.result() ++ newest
    if (lent.isEmpty) None
    else {
      leaseCount += 1
      // Counted, for an acknowledgement that comes late must mean its own lease and no other of the same ends.
      val id = s"$agent-${lent.head.sequence}-${lent.last.sequence}-$leaseCount"
      val lease = Lease(id, lent, nowMs + Ring.LeaseMs, isAway)
      leases.put(lease.id, lease)
      if (isAway) lent.foreach(record => away.add(record.sequence))
      lent.foreach(record => leased.add(record.sequence))
      Some(lease)
    }
  }

  /** The records of a lease have arrived. One that expired meanwhile is acknowledged too. Returns which are gone by it: others
    * went before, and are counted as what they went by.
    */
  def acknowledge(id: String): Vector[Long] = {
    val lease = leases.remove(id)
    if (lease != null) lease.records.map(_.sequence).filter(forget)
    else {
      val late = expired.remove(id)
      if (late == null) Vector.empty else late.toVector.filter(forget)
    }
  }

  /** Single records of a lease have arrived or were refused for good. */
  def settle(sequences: Vector[Long]): Int = {
    val count = sequences.count(forget)
    val each = leases.values.iterator
    while (each.hasNext) if (each.next().records.forall(record => !records.containsKey(record.sequence))) each.remove()
    count
  }

  /** The records go back. */
  def release(id: String): Unit = {
    val lease = leases.remove(id)
    if (lease != null) giveBack(lease)
  }

  /** All records go back. `isGone`: nobody gave them back, whoever had them is no more. */
  def releaseAll(isGone: Boolean): Unit = {
    leases.clear()
    leased.clear()
    if (!isGone) away.clear()
  }

  private def giveBack(lease: Lease): Unit = lease.records.foreach { record =>
    leased.remove(record.sequence)
    if (lease.isAway) away.remove(record.sequence): Unit
  }

  def expire(nowMs: Long): Unit = {
    val each = leases.values.iterator
    while (each.hasNext) {
      val lease = each.next()
      // A clock that was set back must not keep a lease for hours.
      if (nowMs >= lease.expiresAtMs || nowMs < lease.expiresAtMs - 2 * Ring.LeaseMs) {
        each.remove()
        giveBack(lease)
        expired.put(lease.id, lease.records.iterator.map(_.sequence).toArray)
        if (expired.size > Ring.RememberedLeases) {
          val oldest = expired.keySet.iterator
          oldest.next()
          oldest.remove()
        }
      }
    }
  }

  def all: Vector[Sealed] = {
    val found = Vector.newBuilder[Sealed]
    val each = records.values.iterator
    while (each.hasNext) found += each.next()
    found.result()
  }

  def hasLease: Boolean = !leases.isEmpty
  def isAway(sequence: Long): Boolean = away.contains(sequence)

  private def isFree(entry: java.util.Map.Entry[java.lang.Long, Sealed]): Boolean =
    entry != null && !leased.contains(entry.getKey)

  private def forget(sequence: Long): Boolean = {
    val gone = records.remove(sequence)
    leased.remove(sequence)
    away.remove(sequence)
    if (gone != null) held -= gone.line.length
    size = records.size
    gone != null
  }

  private def dropOldest(): Unit = {
    var victim = records.firstKey
    while (victim != null && leased.contains(victim)) victim = records.higherKey(victim)
    if (victim == null) victim = records.lastKey
    forget(victim)
    onDrop(1)
  }
}

object Ring {
  val LeaseMs = 10000L
  private val MaxBytes = 16L * 1024 * 1024
  private val RememberedLeases = 64
}
