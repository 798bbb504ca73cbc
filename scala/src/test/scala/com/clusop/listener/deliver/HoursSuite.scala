package com.clusop.listener.deliver

import com.clusop.listener.Fraction
import com.clusop.listener.json.Json
import org.scalatest.funsuite.AnyFunSuite

class HoursSuite extends AnyFunSuite {
  private val hour = Hours.HourMs
  private def made: Hours = new Hours((_, _) => ())
  private def member(of: HourTotals, name: String): Long = Sightings.number(Json.Obj(of.members(hasNative = true)), name)
  private def stage(start: Long, end: Long, run: Long, lost: Long = 0, isSql: Boolean = true): StageDone =
    StageDone(start, end, Fraction(run), Fraction(lost), Some(run * 500000), isSql, 2)

  test("slots are counted by node type, over the turn of an hour") {
    val hours = made
    hours.executors(hour - 1000, Vector("i3.xlarge" -> 4, "somebody's node" -> 1))
    hours.accrue(hour + 500)
    val found = hours.all.map(one => Json.Obj(one.members(hasNative = false)).get("slot_ms"))
    assert(found == Vector(
      Some(Json.obj("" -> Json.num(1000L), "i3.xlarge" -> Json.num(4000L))),
      Some(Json.obj("" -> Json.num(500L), "i3.xlarge" -> Json.num(2000L)))
    ))
  }

  test("no slot is counted twice when the clock goes back, and none is left when executors are gone") {
    val hours = made
    hours.executors(1000, Vector("i3.xlarge" -> 1))
    hours.accrue(2000)
    hours.accrue(1500)
    hours.executors(1500, Vector.empty)
    hours.accrue(9000)
    val found = hours.all.map(one => Json.Obj(one.members(hasNative = false)).get("slot_ms"))
    assert(found == Vector(Some(Json.obj("i3.xlarge" -> Json.num(1000L)))))
  }

  test("what is told of an earlier time adds nothing twice, whatever the order") {
    val hours = made
    hours.executors(8000, Vector("i3.xlarge" -> 1))
    hours.executors(11000, Vector("i3.xlarge" -> 2))
    hours.executors(8000, Vector("i3.xlarge" -> 3))
    hours.accrue(12000)
    hours.executors(11500, Vector("i3.xlarge" -> 1))
    hours.accrue(13000)
    val found = hours.all.map(one => Json.Obj(one.members(hasNative = false)).get("slot_ms"))
    assert(found == Vector(Some(Json.obj("i3.xlarge" -> Json.num(3000L + 3000L + 1000L)))))
  }

  test("a clock that jumped years ahead and comes back is followed again") {
    val hours = made
    hours.executors(1000, Vector("i3.xlarge" -> 1))
    hours.accrue(1000 * hour)
    hours.accrue(2000)
    hours.accrue(5000)
    assert(Json.Obj(hours.all.head.members(hasNative = false)).get("slot_ms").contains(Json.obj("i3.xlarge" -> Json.num(3000L))))
  }

  test("a stage's time is spread over its hours and its parts add up") {
    val hours = made
    hours.stageDone(stage(hour - 1, hour + 2, run = 10, lost = 1))
    assert(hours.all.map(member(_, "busy_ms")).sum == 21)
    val exact = hours.all.map(one => (member(one, "busy_ms"), member(one, "lost_ms"), member(one, "native_ms")))
    assert(exact == Vector((7, 0, 3), (14, 1, 6)))
  }

  test("non-SQL and failed work are parts of busy") {
    val hours = made
    hours.stageDone(stage(0, 10, run = 10, isSql = false))
    hours.stageDone(stage(0, 10, run = 5).copy(isFailed = true))
    val one = hours.all.head
    assert((member(one, "busy_ms"), member(one, "non_sql_ms"), member(one, "failed_ms")) == ((30, 20, 10)))
  }

  test("a running hour is due after ten minutes, a finished one at once, all at the end; unchanged ones never") {
    val hours = made
    hours.stageDone(stage(0, 10, run = 10))
    hours.stageDone(stage(hour + 5, hour + 10, run = 10))
    hours.all.foreach(_.sealedAtMs = hour)
    assert(hours.due(hour + 30000, isEnd = false).isEmpty)
    assert(hours.due(hour + 60000, isEnd = false).map(_.startAtMs) == Vector(0))
    assert(hours.due(hour + 600000, isEnd = false).map(_.startAtMs) == Vector(0, hour))
    hours.all.foreach(_.isChanged = false)
    assert(hours.due(hour + 600000, isEnd = true).isEmpty)
  }

  test("a clock that jumps fills no memory, and what has no hour any more is counted") {
    var lost = 0L
    val hours = new Hours((reason, count) => if (reason == "hour-closed") lost += count)
    (0 until 500).foreach(jump => hours.stageDone(stage(jump * 1000L * hour, jump * 1000L * hour + 10, run = 10)))
    assert(hours.all.size <= 64)
    hours.stageDone(stage(0, 10, run = 10))
    assert(lost > 0)
  }
}
