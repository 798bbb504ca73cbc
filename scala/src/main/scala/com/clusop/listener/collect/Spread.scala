package com.clusop.listener.collect

/** Milliseconds under few keys (times of changes, UTC hours). Keys come mostly in rising order, so the newest is tried first. */
private[collect] final class Spread {
  private var keys = new Array[Long](1)
  private var amounts = new Array[Long](1)
  private var count = 0

  def size: Int = count
  def key(index: Int): Long = keys(index)
  def amount(index: Int): Long = amounts(index)

  def add(key: Long, amount: Long): Unit = {
    var index = count - 1
    while (index >= 0 && keys(index) != key) index -= 1
    if (index >= 0) amounts(index) += amount
    else {
      if (count == keys.length) {
        keys = java.util.Arrays.copyOf(keys, count * 2)
        amounts = java.util.Arrays.copyOf(amounts, count * 2)
      }
      keys(count) = key
      amounts(count) = amount
      count += 1
    }
  }

  def total: Long = {
    var sum = 0L
    var index = 0
    while (index < count) {
      sum += amounts(index)
      index += 1
    }
    sum
  }
}
