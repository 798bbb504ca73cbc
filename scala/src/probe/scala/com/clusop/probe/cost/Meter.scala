package com.clusop.probe.cost

import java.lang.management.ManagementFactory

/** CPU time and allocated bytes of all Java threads, the garbage collector's and the compiler's left out. What the thread that
  * asks does to find out is not counted; what idle threads of Spark do meanwhile is, for whoever is measured.
  */
private[cost] final class Meter {
  private val threads = ManagementFactory.getThreadMXBean.asInstanceOf[com.sun.management.ThreadMXBean]

  /** CPU ns and bytes that `work` cost, with what it set going elsewhere: until nobody `isBusy` any more. */
  def measured(work: () => Unit, isBusy: () => Boolean): (Long, Long) = {
    val own = Thread.currentThread.getId
    val (othersNs, othersBytes) = others(own)
    val startNs = threads.getThreadCpuTime(own)
    val startBytes = threads.getThreadAllocatedBytes(own)
    work()
    val ownBytes = threads.getThreadAllocatedBytes(own) - startBytes
    val ownNs = threads.getThreadCpuTime(own) - startNs
    val (laterNs, laterBytes) = settled(own, isBusy)
    (ownNs + laterNs - othersNs, ownBytes + laterBytes - othersBytes)
  }

  /** Once nobody works any more. */
  private def settled(own: Long, isBusy: () => Boolean): (Long, Long) = {
    val giveUpNs = System.nanoTime + Meter.PatienceNs
    var last = others(own)
    var isQuiet = false
    while (!isQuiet && System.nanoTime < giveUpNs) {
      Thread.sleep(Meter.StepMs)
      val now = others(own)
      isQuiet = now._1 - last._1 < Meter.QuietNs && !isBusy()
      last = now
    }
    last
  }

  private def others(own: Long): (Long, Long) = {
    var ns = 0L
    var bytes = 0L
    threads.getAllThreadIds.foreach { id =>
      if (id != own) {
        ns += Math.max(threads.getThreadCpuTime(id), 0L)
        bytes += Math.max(threads.getThreadAllocatedBytes(id), 0L)
      }
    }
    (ns, bytes)
  }
}

private[cost] object Meter {
  private val StepMs = 20L
  private val QuietNs = 200000L
  private val PatienceNs = 10L * 1000 * 1000 * 1000

  /** Bytes that are still reachable. */
  def usedBytes(): Long = {
    (0 until 4).foreach { _ =>
      System.gc()
      Thread.sleep(50)
    }
    val runtime = Runtime.getRuntime
    runtime.totalMemory - runtime.freeMemory
  }
}
