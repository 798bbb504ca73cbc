package com.clusop.listener.agent

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong

/** What was lost, by reason. Counting takes no lock and allocates only for a reason's first time; at most 64 reasons. */
final class LossCounts extends Losses {
  private val counts = new ConcurrentHashMap[String, AtomicLong]

  def count(reason: String, number: Long): Unit = {
    val known = counts.get(reason)
    if (known != null) known.addAndGet(number): Unit
    else if (counts.size < LossCounts.MaxReasons) {
      val fresh = new AtomicLong(number)
      val raced = counts.putIfAbsent(reason, fresh)
      if (raced != null) raced.addAndGet(number): Unit
    }
  }

  def of(reason: String): Long = {
    val known = counts.get(reason)
    if (known == null) 0 else known.get
  }

  def all: Vector[(String, Long)] = {
    val found = Vector.newBuilder[(String, Long)]
    val entries = counts.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      found += entry.getKey -> entry.getValue.get
    }
    found.result().sortBy(_._1)
  }
}

object LossCounts {
  private val MaxReasons = 64
}
