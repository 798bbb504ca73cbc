package com.clusop.listener.agent

import java.lang.management.ManagementFactory

/** CPU time of the thread that made it; 0 where the JVM cannot measure it (then callbacks alone fill the budget). */
private[agent] final class CpuClock private () {
  private val bean =
    try {
      val threads = ManagementFactory.getThreadMXBean
      if (threads.isCurrentThreadCpuTimeSupported && threads.getCurrentThreadCpuTime >= 0) threads else null
    } catch { case _: Throwable => null }
  private val startNs = now

  def spentNs: Long = now - startNs
  private def now: Long = if (bean == null) 0L else bean.getCurrentThreadCpuTime
}

private[agent] object CpuClock {
  def ofThisThread: CpuClock = new CpuClock
}
