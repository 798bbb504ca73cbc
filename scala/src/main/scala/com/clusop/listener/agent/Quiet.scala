package com.clusop.listener.agent

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicReference

import com.clusop.listener.Reason

/** Whether the agent is quiet, and why: the breaker, a kill switch, a person, a newer agent. Going quiet is a few volatile
  * writes, so a callback may do it; the listeners stay on their buses. Only [[end]] ends it.
  */
private[agent] final class Quiet(thread: AgentThread, slots: Slots) {
  private val why = new AtomicReference[Reason]
  private val closed = new ConcurrentLinkedQueue[EventFeed]

  def reason: Option[Reason] = Option(why.get)
  def breaker: String = reason.map(_.id).filter(Quiet.Breakers.contains).getOrElse("")

  def go(because: Reason): Unit = if (why.compareAndSet(null, because)) {
    slots.all.foreach(close)
    thread.refuse()
    thread.wake()
  }

  /** From now on contexts may be armed again. */
  def end(): Unit = if (why.getAndSet(null) != null) {
    tidy()
    thread.loud()
  }

  def close(slot: Slot): Unit = {
    val feed = slot.guard.close()
    if (feed != null) closed.add(feed): Unit
  }

  /** What going quiet left to do: drop queued work, let the feeds go. On the agent's thread, or on an armer's. */
  def tidy(): Unit = {
    val because = why.get
    if (because != null) thread.drop("went-quiet")
    var feed = closed.poll()
    while (feed != null) {
      try feed.stop(if (because == null) "retired" else because.id)
      catch { case _: Throwable => () }
      feed = closed.poll()
    }
  }
}

private[agent] object Quiet {

  /** Opened by clusop itself; the other reasons are somebody's wish. */
  val Breakers: Set[String] = Set("over-cpu-budget", "over-memory-budget", "too-many-errors", "agent-thread-died")
}
