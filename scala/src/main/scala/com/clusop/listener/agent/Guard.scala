package com.clusop.listener.agent

import java.lang.ref.WeakReference
import java.util.concurrent.atomic.AtomicLong
import java.util.function.Consumer

import org.apache.spark.scheduler.SparkListenerApplicationEnd
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd

/** The edge between Spark's bus and a feed: one volatile read while quiet; swallows and counts whatever the feed throws.
  * `onError` is told of each failure, `onOff` of a session that says off, `onEnd` of the application's end; all of them must be
  * as harmless as a callback.
  */
final class Guard(losses: Losses, onError: Runnable, onOff: Runnable, onEnd: Runnable) extends Consumer[Object] {

  /** Null while quiet: every callback is then a return at once. The listener stays registered for ever. */
  @volatile private var feed: EventFeed = null
  @volatile private var ended = false

  // Written by the bus thread only.
  private var last: Object = null
  // Weak: the end of an execution holds its live plan, session and data, and a driver may idle for days after it.
  private var lastEnd = new WeakReference[Object](null)
  private var calls = 0
  private val spentNs = new AtomicLong

  def open(to: EventFeed): Unit = if (!ended) feed = to

  /** Goes quiet; the feed that was open, or null. */
  def close(): EventFeed = {
    val open = feed
    feed = null
    open
  }

  /** On the agent's thread. */
  def tick(): Unit = {
    val open = feed
    if (open != null) open.tick()
  }

  def isEnded: Boolean = ended
  def isOpen: Boolean = feed != null
  def retainedBytes: Long = {
    val open = feed
    if (open == null) 0 else open.retainedBytes
  }

  /** Time spent in callbacks since the last call, from a sample of 1 in 64. */
  def takeSpentNs(): Long = spentNs.getAndSet(0)

  override def accept(event: Object): Unit = {
    val open = feed
    // The same event twice in a row: a person added the same listener twice.
    if (open != null && !isRepeated(event)) {
      val wasInterrupted = Thread.currentThread.isInterrupted
      try {
        calls += 1
        if (SessionSwitch.isOffIn(event)) onOff.run()
        // Spread by a multiplication, lest the sample follow a rhythm of the events.
        if ((calls * Guard.Spread) >>> Guard.SampleShift == 0) sampled(open, event) else open.accept(event)
      } catch {
        case failure: Throwable =>
          try failed(failure, wasInterrupted)
          catch { case _: Throwable => () }
      }
      try if (event.isInstanceOf[SparkListenerApplicationEnd]) end()
      catch { case _: Throwable => () }
    } else if (open == null && !ended) {
      try if (event.isInstanceOf[SparkListenerApplicationEnd]) end()
      catch { case _: Throwable => () }
    }
  }

  /** Whether the bus brought this very event just before; remembers it if not. */
  private def isRepeated(event: Object): Boolean =
    if (event.isInstanceOf[SparkListenerSQLExecutionEnd]) {
      val isSame = lastEnd.get eq event
      if (!isSame) lastEnd = new WeakReference(event)
      isSame
    } else {
      val isSame = last eq event
      last = event
      isSame
    }

  private def sampled(open: EventFeed, event: Object): Unit = {
    val startNs = System.nanoTime
    try open.accept(event)
    finally spentNs.addAndGet((System.nanoTime - startNs) << Guard.SampleBits): Unit
  }

  private def end(): Unit = {
    ended = true
    last = null
    onEnd.run()
  }

  private def failed(failure: Throwable, wasInterrupted: Boolean): Unit = {
    // Only what the thread had before is put back: with the flag set, Spark would throw this listener out and log it.
    if (wasInterrupted && failure.isInstanceOf[InterruptedException]) Thread.currentThread.interrupt()
    losses.count("callback-error", 1)
    onError.run()
  }
}

object Guard {
  private val Spread = 0x9e3779b1
  private val SampleBits = 6
  private val SampleShift = 32 - SampleBits
}
