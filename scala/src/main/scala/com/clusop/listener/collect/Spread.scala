package com.clusop.listener.collect

/** Milliseconds under few keys (times of changes, UTC hours). A task brings its keys in rising order, so the one after the last
  * is tried first: without that, many tasks over many changes would look through all of them again and again.
  */
private[collect] final class Spread {
  private var keys = new Array[Long](1)
  private var amounts = new Array[Long](1)
  private var count = 0
  private var latest = -1

  def size: Int = count
  def key(index: Int): Long = keys(index)
  def amount(index: Int): Long = amounts(index)

  def add(key: Long, amount: Long): Unit = {
    var index = latest
    if (index < 0 || keys(index) != key) {
      index = if (latest + 1 < count && keys(latest + 1) == key) latest + 1 else count - 1
      while (index >= 0 && keys(index) != key) index -= 1
    }
    if (index >= 0) {
      amounts(index) += amount
      latest = index
    } else {
      latest = count
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
