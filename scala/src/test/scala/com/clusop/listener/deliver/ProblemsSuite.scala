package com.clusop.listener.deliver

import com.clusop.listener.Fraction
import com.clusop.listener.json.Json
import org.scalatest.funsuite.AnyFunSuite

class ProblemsSuite extends AnyFunSuite {
  private val key = "key".getBytes("UTF-8")
  private def of(seen: SeenExecution): SeenProblems = Problems.of(seen.assessment, Deliverer.workloadOf(seen.workload, key))

  test("of many problems those with the largest shares of time are told, in their order, and the rest is counted") {
    // Lowest first is highest index first; every third has a large share.
    val found = of(Sightings.many(300, at => if (at % 3 == 0) Some(Fraction(at + 1L, 1000)) else None))
    assert(found.told.size == Problems.MaxProblems)
    assert(found.leftOut == 300 - Problems.MaxProblems)
    val largest = (0 until 300).filter(_ % 3 == 0).takeRight(Problems.MaxProblems).map(_ + 1).reverse
    assert(found.told.map(_.finding.index) == largest)
    // Which one of those alike it is, does not hang on what was left out.
    assert(found.told.map(_.occurrence) == largest.map(300 - _))
    val few = of(Sightings.many(Problems.MaxProblems))
    assert((few.told.size, few.leftOut) == ((Problems.MaxProblems, 0)))
  }

  test("of equal shares the lowest are told") {
    val found = of(Sightings.many(100))
    assert(found.told.map(_.occurrence) == (0 until Problems.MaxProblems).toVector)
    assert(of(Sightings.many(100, _ => None)).told.map(_.occurrence) == (0 until Problems.MaxProblems).toVector)
  }

  test("what the problems of one execution share is one object, and none holds all findings") {
    val found = of(Sightings.many(10000)).told
    assert(found.tail.forall(one => (one.plan eq found.head.plan) && (one.others eq found.head.others)))
    assert(found.tail.forall(_.locator eq found.head.locator))
    assert(found.head.others.bytes < 64 * 1024)
    assert(found.head.others.cut == 10000 - 1 - OtherFindings.Most)
  }

  test("beside its own a problem shows the lowest others, never itself") {
    val found = of(Sightings.many(40)).told
    def shown(one: SeenProblem): Vector[Long] =
      one.others.beside(one.position).collect { case found: Json.Obj => Sightings.number(found, "index") }
    assert(shown(found.head) == (9L to 39L).reverse.toVector)
    assert(shown(found(31)) == (10L to 40L).reverse.toVector)
    assert(shown(found(39)) == (10L to 40L).reverse.toVector)
    assert(found.head.others.cut == 8)
    val two = of(Sightings.many(2)).told
    assert(two.map(shown) == Vector(Vector(1L), Vector(2L)))
    assert(two.head.others.cut == 0)
  }
}
