package com.clusop.listener.plan.text

/** A count of the work a reader did, so that a test can show that it grows no faster than its input. */
private[listener] final class Steps {
  var count: Long = 0L

  def add(examined: Int): Unit = count += examined
}
