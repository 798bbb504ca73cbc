package com.clusop.listener.collect

import org.scalatest.funsuite.AnyFunSuite

class SpreadSuite extends AnyFunSuite {
  private def shares(spread: Spread): Map[Long, Long] =
    (0 until spread.size).map(index => (spread.key(index), spread.amount(index))).toMap

  test("amounts of one key add up, whatever the order of the keys") {
    val keys = Vector(5L, 1L, 9L, 1L, 2L, 5L, 9L, 2L, 1L)
    val spread = new Spread
    keys.zipWithIndex.foreach { case (key, amount) => spread.add(key, amount.toLong) }
    val expected = keys.zipWithIndex.groupBy(_._1).map { case (key, found) => key -> found.map(_._2.toLong).sum }
    assert(shares(spread) == expected)
    assert(spread.total == keys.indices.sum)
  }

  test("rounds over the same rising keys find each key where the last round left it") {
    val spread = new Spread
    (1 to 3).foreach(_ => (0L until 100L).foreach(spread.add(_, 1)))
    assert(spread.size == 100)
    assert((0 until 100).forall(index => spread.amount(index) == 3))
  }
}
