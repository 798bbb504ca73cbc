package com.clusop.listener.agent

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.{AtomicBoolean, AtomicInteger}
import java.util.concurrent.locks.LockSupport

/** The daemon thread "clusop-agent" and its bounded queue. Offering is lock-free. When full, the newest task is refused and
  * counted. A thread that died is started again by [[revive]], at most `maxStarts` times in all; nothing it does is printed.
  */
final class AgentThread(capacity: Int, tickMs: Long, maxStarts: Int, losses: Losses, life: AgentThread.Life) extends Work {
  private val queue = new ConcurrentLinkedQueue[Runnable]
  private val waiting = new AtomicInteger
  private val starting = new AtomicBoolean
  private val startCount = new AtomicInteger
  @volatile private var accepting = true
  @volatile private var parked = false
  @volatile private var thread: Thread = null
  @volatile private var cpuNs = 0L

  def submit(task: Runnable): Boolean =
    if (!accepting) {
      countLost("went-quiet", task)
      false
    } else if (waiting.incrementAndGet() > capacity) {
      waiting.decrementAndGet()
      countLost("work-queue-full", task)
      // Where no Python asks, nobody else finds out; and a callback starts no thread.
      if (hasDied) life.died()
      false
    } else {
      queue.add(task)
      if (parked) wake()
      true
    }

  def wake(): Unit = {
    val sleeper = thread
    if (sleeper != null) LockSupport.unpark(sleeper)
  }

  /** From now on new work is refused, and counted. */
  def refuse(): Unit = accepting = false
  def loud(): Unit = accepting = true

  /** Drops what waits, counted under `reason`. */
  def drop(reason: String): Unit = {
    var task = queue.poll()
    while (task != null) {
      waiting.decrementAndGet()
      countLost(reason, task)
      task = queue.poll()
    }
  }

  private def countLost(reason: String, task: Runnable): Unit = task match {
    case weighed: WeighedTask => if (weighed.lostCount > 0) losses.count(reason, weighed.lostCount)
    case _                    => losses.count(reason, 1)
  }

  def waitingCount: Int = waiting.get
  def starts: Int = startCount.get
  def isAlive: Boolean = {
    val current = thread
    current != null && current.isAlive
  }

  /** Whether it was started and is gone. */
  def hasDied: Boolean = {
    val current = thread
    current != null && current.getState == Thread.State.TERMINATED
  }

  /** CPU time of the agent's threads since their start, as last seen by themselves. */
  def spentCpuNs: Long = cpuNs

  /** Starts the thread if there is none. `false`: it died too often, or the JVM gives no thread. Never from a callback. */
  def revive(): Boolean = revived(maxStarts)

  /** Starts one that died once more, however often it did: the JVM ends, and what was sealed has no other way out. */
  def reviveForTheEnd(): Unit = if (hasDied) revived(Int.MaxValue): Unit

  private def revived(mostStarts: Int): Boolean =
    if (isAlive) true
    else if (!starting.compareAndSet(false, true)) true
    else
      try {
        if (isAlive) true
        else if (startCount.incrementAndGet() > mostStarts) false
        else {
          val fresh = OwnThread.of("clusop-agent", new Loop)
          thread = fresh
          fresh.start()
          true
        }
      } catch {
        case _: Throwable => false
      } finally starting.set(false)

  private final class Loop extends Runnable {
    def run(): Unit = {
      val cpu = CpuClock.ofThisThread
      val earlierNs = cpuNs
      var nextTickNs = System.nanoTime
      while (true) {
        // Read before the queue: what was queued before the application ended is then done before its end is.
        val isEnding = life.isEnding
        val task = queue.poll()
        if (task != null) {
          waiting.decrementAndGet()
          attempt(task)
        } else if (isEnding) attempt(life.end)
        if (System.nanoTime - nextTickNs >= 0) {
          nextTickNs = System.nanoTime + tickMs * AgentThread.NsPerMs
          cpuNs = earlierNs + cpu.spentNs
          attempt(life.tick)
        }
        if (task == null) rest(nextTickNs)
      }
    }

    private def rest(untilNs: Long): Unit = {
      parked = true
      // Looked at again after the flag is up: an offer in between saw it down and woke nobody.
      if (queue.isEmpty && !life.isEnding) LockSupport.parkNanos(this, Math.max(1L, untilNs - System.nanoTime))
      parked = false
      Thread.interrupted(): Unit
    }

    private def attempt(task: Runnable): Unit =
      try task.run()
      catch {
        case failure: Throwable =>
          // By name: the class is going away from the JDK. Whoever throws it wants this thread gone.
          if (failure.getClass.getName == "java.lang.ThreadDeath") throw failure
          try life.failed(failure)
          catch { case _: Throwable => () }
      }
  }
}

object AgentThread {
  private val NsPerMs = 1000000L

  /** What the thread does besides the queue. */
  trait Life {
    def tick: Runnable

    /** Whether an application ended and `end` has not run since. */
    def isEnding: Boolean
    def end: Runnable
    def failed(failure: Throwable): Unit

    /** The thread is gone and its queue is full. A callback says so. */
    def died(): Unit
  }
}
