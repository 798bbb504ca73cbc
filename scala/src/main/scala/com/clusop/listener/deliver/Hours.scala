package com.clusop.listener.deliver

import java.math.BigInteger

import com.clusop.listener.json.Json
import com.clusop.listener.{Fraction, Units}

/** Slot-time by UTC hour: what was there, what was used, and what of that was native, non-SQL, failed or lost.
  *
  * Cumulative: an hour that changes is sealed again with a higher revision. Kept for [[Hours.KeptHours]]; work of an older
  * hour is counted as a loss (`hour-closed`). Not thread-safe: the caller holds the lock.
  */
final class Hours(onLoss: (String, Long) => Unit) {
  private val hours = new java.util.TreeMap[java.lang.Long, HourTotals]
  private var alive = Vector.empty[(String, Int)]
  private var aliveSinceMs = -1L

  /** Whether no slot is alive. */
  def isIdle: Boolean = alive.isEmpty

  /** From `atMs` on so many slots are alive, by node type; what was counted up to a later time stays as it is. */
  def executors(atMs: Long, slots: Vector[(String, Int)]): Unit = {
    accrue(atMs)
    alive = slots.map { case (node, count) => Gate.matching(node, Gate.NodeType) -> count }
    if (aliveSinceMs < 0) aliveSinceMs = atMs max 0L
  }

  /** Counts the slots alive up to now. A clock that went back, or an event that comes late, counts nothing twice: the mark up to
    * which slots are counted never moves back, but after a jump past all hours that are kept.
    */
  def accrue(nowMs: Long): Unit = {
    if (aliveSinceMs >= 0 && nowMs > aliveSinceMs && alive.nonEmpty) {
      val fromMs = aliveSinceMs max (nowMs - Hours.KeptHours * Hours.HourMs)
      alive.foreach { case (node, count) =>
        val slotNs = BigInteger.valueOf(nowMs - fromMs).multiply(Hours.NsPerMs).multiply(BigInteger.valueOf(count.toLong))
        spread(fromMs, nowMs, slotNs)(_.addSlots(node, _))
      }
    }
    val hasJumped = nowMs < aliveSinceMs - Hours.KeptHours * Hours.HourMs
    // Hours of a future that the clock has come back from would close all hours before them.
    if (hasJumped) hours.tailMap(nowMs + Hours.HourMs).clear()
    if (aliveSinceMs >= 0 && (nowMs > aliveSinceMs || hasJumped)) aliveSinceMs = nowMs max 0L
  }

  def stageDone(done: StageDone): Unit = {
    def add(ms: Fraction)(into: (HourTotals, BigInteger) => Unit): Unit = {
      val slotNs = (ms * Units.NsPerMs).rounded.multiply(BigInteger.valueOf(done.taskCpus.toLong))
      if (slotNs.signum > 0) spread(done.startAtMs, done.endAtMs, slotNs)(into)
    }
    add(done.runMs + done.lostMs)(_.busy.add(_))
    done.nativeNs.foreach(native => add(Fraction(native) / Units.NsPerMs)(_.native.add(_)))
    if (!done.isSql) add(done.runMs + done.lostMs)(_.nonSql.add(_))
    if (done.isFailed) add(done.runMs)(_.failed.add(_))
    add(done.lostMs)(_.lost.add(_))
  }

  /** Hours to be sealed now: those that changed and are over, or were last sealed a while ago; all that changed if `isEnd`. */
  def due(nowMs: Long, isEnd: Boolean): Vector[HourTotals] = {
    accrue(nowMs)
    val found = Vector.newBuilder[HourTotals]
    val each = hours.values.iterator
    while (each.hasNext) {
      val hour = each.next()
      val isOver = hour.startAtMs + Hours.HourMs <= nowMs
      val isAnnounced = nowMs - hour.sealedAtMs >= (if (isOver) Hours.LateSealMs else Hours.OpenSealMs) || nowMs < hour.sealedAtMs
      if (hour.isChanged && (isEnd || isAnnounced)) found += hour
      else if (!hour.isChanged && hour.startAtMs < nowMs - Hours.KeptHours * Hours.HourMs) each.remove()
    }
    found.result()
  }

  def all: Vector[HourTotals] = {
    val found = Vector.newBuilder[HourTotals]
    val each = hours.values.iterator
    while (each.hasNext) found += each.next()
    found.result()
  }

  /** Spreads an amount evenly over a span; the parts add up to it exactly. */
  private def spread(fromMs: Long, untilMs: Long, amount: BigInteger)(into: (HourTotals, BigInteger) => Unit): Unit = {
    val start = fromMs max 0L
    val length = (untilMs - start) max 1L
    val end = start + length
    val earliest = if (hours.isEmpty) 0L else hours.lastKey - Hours.KeptHours * Hours.HourMs
    var at = start
    var placed = BigInteger.ZERO
    if (end < earliest) onLoss("hour-closed", 1)
    else {
      at = at max earliest
      placed = share(amount, at - start, length)
      while (at < end) {
        val next = (at / Hours.HourMs + 1) * Hours.HourMs min end
        val upTo = share(amount, next - start, length)
        into(hourOf(at), upTo.subtract(placed))
        placed = upTo
        at = next
      }
    }
  }

  private def share(amount: BigInteger, part: Long, whole: Long): BigInteger =
    amount.multiply(BigInteger.valueOf(part)).divide(BigInteger.valueOf(whole))

  private def hourOf(atMs: Long): HourTotals = {
    val start = atMs - Math.floorMod(atMs, Hours.HourMs)
    var hour = hours.get(start)
    if (hour == null) {
      hour = new HourTotals(start)
      hours.put(start, hour)
      // A clock that jumps must not fill the memory with hours.
      if (hours.size > Hours.MaxHours) {
        hours.pollFirstEntry()
        onLoss("hour-closed", 1)
      }
    }
    hour.isChanged = true
    hour
  }
}

object Hours {
  val HourMs = 3600000L
  private val NsPerMs = BigInteger.valueOf(1000000L)
  private val KeptHours = 30L
  private val MaxHours = 64
  private val OpenSealMs = 10 * 60 * 1000L
  private val LateSealMs = 60 * 1000L
}

/** One hour's slot-nanoseconds so far. */
final class HourTotals(val startAtMs: Long) {
  val busy = new SlotNs
  val native = new SlotNs
  val nonSql = new SlotNs
  val failed = new SlotNs
  val lost = new SlotNs
  private val slots = new java.util.TreeMap[String, SlotNs]
  var isChanged = false
  var revision = 0L
  var sealedAtMs = 0L

  def addSlots(node: String, slotNs: BigInteger): Unit = {
    // Clusters have one or two node types; more come from a conf that changes, and are counted as not known.
    val name = if (slots.containsKey(node) || slots.size < HourTotals.MaxNodeTypes) node else ""
    var sum = slots.get(name)
    if (sum == null) {
      sum = new SlotNs
      slots.put(name, sum)
    }
    sum.add(slotNs)
  }

  /** The members of a UsageHour but for its envelope. `hasNative`: an engine with measured time is there. */
  def members(hasNative: Boolean): Vector[(String, Json)] = {
    val bySlot = Vector.newBuilder[(String, Json)]
    val each = slots.entrySet.iterator
    while (each.hasNext) {
      val entry = each.next()
      bySlot += entry.getKey -> Json.num(entry.getValue.ms)
    }
    Vector(
      "hour_at_ms" -> Json.num(startAtMs),
      "revision" -> Json.num(revision),
      "slot_ms" -> Json.Obj(bySlot.result()),
      "busy_ms" -> Json.num(busy.ms),
      "native_ms" -> (if (hasNative) Json.num(native.ms) else Json.Null),
      "non_sql_ms" -> Json.num(nonSql.ms),
      "failed_ms" -> Json.num(failed.ms),
      "lost_ms" -> Json.num(lost.ms)
    )
  }
}

object HourTotals {
  private val MaxNodeTypes = 15
}

/** A sum of slot-nanoseconds, shown in whole ms. */
final class SlotNs {
  private var sum = BigInteger.ZERO
  def add(slotNs: BigInteger): Unit = sum = sum.add(slotNs)
  def ms: Long = sum.divide(SlotNs.NsPerMs).min(SlotNs.Most).longValue
}

object SlotNs {
  private val NsPerMs = BigInteger.valueOf(1000000L)
  private val Most = BigInteger.valueOf(Long.MaxValue)
}
