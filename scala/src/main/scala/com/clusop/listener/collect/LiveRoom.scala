package com.clusop.listener.collect

import java.util.concurrent.atomic.AtomicInteger

/** How many live plans may wait for the agent's thread: each pins its whole query in the driver. */
private[collect] final class LiveRoom(limit: Int) {
  private val inside = new AtomicInteger

  def enter(): Boolean =
    if (inside.incrementAndGet() <= limit) true
    else {
      inside.decrementAndGet()
      false
    }

  def leave(): Unit = inside.decrementAndGet(): Unit

  def count: Int = inside.get
}
