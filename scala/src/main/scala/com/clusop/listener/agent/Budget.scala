package com.clusop.listener.agent

/** A bucket of CPU time: it holds one minute's share and refills at that rate; what a cold JVM needs to compile us is there at
  * the start and never refilled. Pure but for its own level; used by one thread.
  */
final class Budget(cpuShare: Double, warmUpNs: Long) {
  private val capacityNs = (cpuShare * Budget.WindowNs).toLong
  private var levelNs = capacityNs + warmUpNs

  /** `true` while there is something left after `spentNs` of the last `elapsedNs`. */
  def spend(spentNs: Long, elapsedNs: Long): Boolean = {
    val refill = (cpuShare * Math.max(0L, elapsedNs).toDouble).toLong
    if (levelNs < capacityNs) levelNs = Math.min(capacityNs, levelNs + refill)
    levelNs -= Math.max(0L, spentNs)
    levelNs >= 0
  }
}

object Budget {
  private val WindowNs = 60.0 * 1000 * 1000 * 1000
}
