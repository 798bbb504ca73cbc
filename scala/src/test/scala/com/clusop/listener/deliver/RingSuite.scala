package com.clusop.listener.deliver

import org.scalatest.funsuite.AnyFunSuite

class RingSuite extends AnyFunSuite {
  private def ring(records: Int, most: Int = 100): (Ring, () => Long) = {
    var dropped = 0L
    val made = new Ring(Sightings.AgentId, count => dropped += count)
    (1 to records).foreach(number => made.seal(s"""{"n":$number}""", most))
    (made, () => dropped)
  }

  test("records are lent in the order of their sequence, each to one holder") {
    val (made, _) = ring(5)
    val first = made.lease(2, 1000, 0).get
    val second = made.lease(10, 1000, 0).get
    assert(first.records.map(_.sequence) == Vector(1, 2))
    assert(second.records.map(_.sequence) == Vector(3, 4, 5))
    assert(made.lease(10, 1000, 0).isEmpty)
  }

  test("an acknowledged record is gone, a released one is lent again as the same bytes") {
    val (made, _) = ring(3)
    val first = made.lease(3, 1000, 0).get
    made.release(first.id)
    val again = made.lease(3, 1000, 0).get
    assert(again.records == first.records)
    assert(made.acknowledge(again.id).size == 3)
    assert(made.acknowledge(again.id).size == 0)
    assert(made.count == 0)
    assert(made.bytes == 0)
  }

  test("an expired lease gives back, and its late acknowledgement still counts") {
    val (made, _) = ring(2)
    val first = made.lease(2, 1000, 0).get
    made.expire(Ring.LeaseMs - 1)
    assert(made.freeCount == 0)
    made.expire(Ring.LeaseMs)
    assert(made.freeCount == 2)
    assert(made.acknowledge(first.id).size == 2)
    assert(made.count == 0)
  }

  test("a late acknowledgement means its own lease, not a later one of the same ends and size") {
    val (made, _) = ring(5)
    val first = made.lease(3, 1000, 0, withNewest = true).get
    made.expire(Ring.LeaseMs)
    made.settle(Vector(2))
    val second = made.lease(3, 1000, Ring.LeaseMs, withNewest = true).get
    assert((first.records.map(_.sequence), second.records.map(_.sequence)) == ((Vector(1, 2, 5), Vector(1, 3, 5))))
    assert(made.acknowledge(first.id) == Vector(1, 5))
    assert(made.all.map(_.sequence) == Vector(3, 4))
  }

  test("a clock that is set back does not keep a lease") {
    val (made, _) = ring(2)
    made.lease(2, 1000, 1000000)
    made.expire(5)
    assert(made.freeCount == 2)
  }

  test("when full the oldest that is not lent is dropped and counted") {
    val (made, dropped) = ring(4, most = 4)
    val lent = made.lease(2, 1000, 0).get
    made.seal("{}", 4)
    assert(dropped() == 1)
    assert(made.all.map(_.sequence) == Vector(1, 2, 4, 5))
    assert(made.acknowledge(lent.id).size == 2)
  }

  test("when all are lent the new one is dropped, never a lent one") {
    val (made, dropped) = ring(2, most = 2)
    made.lease(2, 1000, 0)
    made.seal("{}", 2)
    assert(dropped() == 1)
    assert(made.all.map(_.sequence) == Vector(1, 2))
    assert(made.nextSequence == 4)
  }

  test("a lease keeps to its bytes, but a single record always fits") {
    val (made, _) = ring(3)
    assert(made.lease(10, 1, 0).get.records.size == 1)
    assert(made.lease(10, 16, 0).get.records.size == 2)
  }

  test("single records of a lease can be settled while the rest goes back") {
    val (made, _) = ring(3)
    val lease = made.lease(3, 1000, 0).get
    assert(made.settle(Vector(1, 2)) == 2)
    made.release(lease.id)
    assert(made.lease(3, 1000, 0).get.records.map(_.sequence) == Vector(3))
  }
}
