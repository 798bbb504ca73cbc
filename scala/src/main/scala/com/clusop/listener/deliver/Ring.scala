package com.clusop.listener.deliver

/** One sealed record: its bytes never change. */
final case class Sealed(sequence: Long, line: String)

/** Records lent to a holder until `expiresAtMs`. No two leases have one id. */
final case class Lease(id: String, records: Vector[Sealed], expiresAtMs: Long)

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
  def lease(maxRecords: Int, maxBytes: Long, nowMs: Long, withNewest: Boolean = false): Option[Lease] = {
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
      val lease = Lease(s"$agent-${lent.head.sequence}-${lent.last.sequence}-$leaseCount", lent, nowMs + Ring.LeaseMs)
      leases.put(lease.id, lease)
      lent.foreach(record => leased.add(record.sequence))
      Some(lease)
    }
  }

  /** The records of a lease have arrived. One that expired meanwhile is acknowledged too. Returns how many are gone by it. */
  def acknowledge(id: String): Int = {
    val lease = leases.remove(id)
    if (lease != null) lease.records.count(record => forget(record.sequence))
    else {
      val late = expired.remove(id)
      if (late == null) 0 else late.count(forget)
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
    if (lease != null) lease.records.foreach(record => leased.remove(record.sequence))
  }

  def releaseAll(): Unit = {
    leases.clear()
    leased.clear()
  }

  def expire(nowMs: Long): Unit = {
    val each = leases.values.iterator
    while (each.hasNext) {
      val lease = each.next()
      // A clock that was set back must not keep a lease for hours.
      if (nowMs >= lease.expiresAtMs || nowMs < lease.expiresAtMs - 2 * Ring.LeaseMs) {
        each.remove()
        lease.records.foreach(record => leased.remove(record.sequence))
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
  def isLent(sequence: Long): Boolean = leased.contains(sequence)

  private def isFree(entry: java.util.Map.Entry[java.lang.Long, Sealed]): Boolean =
    entry != null && !leased.contains(entry.getKey)

  private def forget(sequence: Long): Boolean = {
    val gone = records.remove(sequence)
    leased.remove(sequence)
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
