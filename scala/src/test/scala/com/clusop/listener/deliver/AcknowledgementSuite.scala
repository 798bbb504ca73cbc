package com.clusop.listener.deliver

import com.clusop.listener.json.Json
import org.scalatest.funsuite.AnyFunSuite

/** What was lent: acknowledged, refused, or left with whoever had it. Each record is counted once. */
class AcknowledgementSuite extends AnyFunSuite {
  import Sightings.{number, seen, text}

  private def losses(world: World): Option[Json] = world.deliverer.status.get("losses")
  private def refused(world: World, holder: String, lease: Json.Obj): Json.Obj = world.deliverer.call(
    "poll",
    Json.obj(
      "holder" -> Json.str(holder),
      "max_records" -> Json.num(0L),
      "ack" -> Json.str(text(lease, "lease")),
      "sent" -> Json.True,
      "refused" -> Json.obj("conflict" -> sequences(1, 2), "too-old" -> sequences(3, 2, 77))
    )
  )
  private def sequences(numbers: Int*): Json = Json.arr(numbers.map(number => Json.num(number.toLong)).toVector)
  private def gather(world: World, from: Int, until: Int): Unit = {
    (from to until).foreach(index => world.deliverer.executed(seen(facts = WorkloadFacts(workspace = "1", taskKey = s"t$index"))))
    world.flush()
  }

  test("what was refused of a lease is counted once, with the acknowledgement that takes effect, whoever sends it again") {
    val world = new World()
    gather(world, 1, 4)
    val first = world.poll("killed")
    world.nowMs += 31000
    val second = world.poll("b")
    assert(world.lines(first).size == 4 && world.lines(first) == world.lines(second))
    assert(losses(world).contains(Json.obj()))
    Vector("b" -> second, "b" -> second, "killed" -> first).foreach { case (holder, lease) => refused(world, holder, lease) }
    assert(losses(world).contains(Json.obj("conflict" -> Json.num(2L), "too-old" -> Json.num(1L))))
    assert(world.deliverer.status.get("delivered").contains(Json.num(1L)))
  }

  test("no acknowledgement loses more than its lease held") {
    val world = new World()
    gather(world, 1, 2)
    refused(world, "a", world.poll("a"))
    assert(losses(world).contains(Json.obj("conflict" -> Json.num(2L))))
  }

  test("a late acknowledgement counts what goes by it and nothing that the ring has dropped and counted meanwhile") {
    val world = new World("ring.maxRecords" -> "10")
    gather(world, 1, 10)
    val lease = world.poll("slow")
    assert(world.lines(lease).size == 10)
    world.nowMs += 31000
    world.deliverer.tick()
    gather(world, 12, 15)
    refused(world, "slow", lease)
    assert(losses(world).contains(Json.obj("ring-overflow" -> Json.num(5L))))
    assert(world.deliverer.status.get("delivered").contains(Json.num(5L)))
  }

  test("whatever an acknowledgement calls refused, only sequences of its lease are lost") {
    val told = Vector(
      Json.num(3L),
      Json.arr(Vector(Json.num(1L))),
      Json.obj("conflict" -> Json.num(1L)),
      Json.obj("conflict" -> Json.arr(Vector(Json.str("1"), Json.Null, Json.Num("-1"), Json.Num("1e0"), Json.Num("9" * 400)))),
      Json.obj("conflict" -> Json.arr((1000 to 90000).map(number => Json.num(number.toLong)).toVector))
    )
    told.foreach { refusals =>
      val world = new World()
      gather(world, 1, 2)
      val ack = Vector("ack" -> Json.str(text(world.poll(), "lease")), "sent" -> Json.True, "refused" -> refusals)
      world.deliverer.call("poll", Json.Obj(("holder" -> Json.str("a")) +: ack))
      assert(losses(world).contains(Json.obj()))
      assert(world.deliverer.status.get("delivered").contains(Json.num(2L)))
    }
  }

  private def leftOut(world: World): Option[Json] = {
    val all = world.deliverer.remainder
    val kept = world.deliverer.remainderWithin(all.take(2).map(_.line.length + 1L).sum + all.last.line.length + 256)
    assert(kept.map(_.sequence) == Vector(1, 2, 10))
    losses(world)
  }

  test("what a full spool leaves out is told apart from what Python's batcher still has, or had as it ended without a word") {
    val lent = Some(Json.obj("lent-at-end" -> Json.num(3L), "spool-full" -> Json.num(4L)))
    val full = Some(Json.obj("spool-full" -> Json.num(7L)))
    Vector(None -> lent, Some(Json.True) -> lent, Some(Json.False) -> full).foreach { case (isGone, expected) =>
      val world = new World()
      gather(world, 1, 5)
      assert(world.lines(world.poll()).size == 5)
      gather(world, 6, 9)
      isGone.foreach(gone => world.deliverer.call("release", Json.obj("holder" -> Json.str("a"), "gone" -> gone)))
      assert(leftOut(world) == expected, isGone)
    }
  }

  test("what the JVM itself is sending is nobody else's") {
    val world = new World()
    gather(world, 1, 9)
    assert(world.deliverer.take(world.nowMs, isEnd = true).exists(_.records.size == 9))
    assert(leftOut(world) == Some(Json.obj("spool-full" -> Json.num(7L))))
  }

  test("a loss that comes with an acknowledgement after the end is told by one more final state, and by one only") {
    val world = new World()
    gather(world, 1, 3)
    world.deliverer.finish(0)
    def last: Json.Obj = world.waiting.last
    refused(world, "a", world.poll())
    world.deliverer.tick()
    assert(world.waiting.map(text(_, "record")) == Vector("agent-state"))
    assert(last.get("final").contains(Json.True) && number(last, "sequence") == 5)
    assert(last.get("losses").toString.contains("conflict"))
    world.deliverer.lost("refused", 1)
    world.deliverer.tick()
    assert(number(last, "sequence") == 5)
  }

  test("what held up the JVM is no news once a batcher has delivered, and it holds nobody up who is gone") {
    val world = new World("endpoint" -> "http://127.0.0.1:9", "timeoutMs" -> "100")
    def said(name: String): Option[Json] = world.deliverer.status.get(name)
    gather(world, 1, 3)
    world.deliverer.finish(1000)
    assert(said("dispatch").contains(Json.str("endpoint-unreachable")))
    val lease = world.poll()
    assert(said("holder").contains(Json.True))
    assert(said("dispatch").contains(Json.str("endpoint-unreachable")))
    world.poll(ack = text(lease, "lease"))
    assert(said("dispatch").contains(Json.str("idle")))
    world.nowMs += Holders.GoneMs
    assert(said("holder").contains(Json.False))
  }
}
