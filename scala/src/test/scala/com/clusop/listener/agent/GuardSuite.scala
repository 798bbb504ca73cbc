package com.clusop.listener.agent

import java.lang.ref.WeakReference

import org.apache.spark.scheduler.SparkListenerApplicationEnd
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd
import org.scalatest.funsuite.AnyFunSuite

class GuardSuite extends AnyFunSuite {
  private final class Counting extends Runnable {
    var runs = 0
    def run(): Unit = runs += 1
  }

  private final class Setting(onEvent: Object => Unit) {
    val losses = new LossCounts
    val errors, offs, ends = new Counting
    var seen = 0
    val feed: EventFeed = new EventFeed {
      def accept(event: Object): Unit = { seen += 1; onEvent(event) }
      def tick(): Unit = ()
      def stop(reason: String): Unit = ()
      def retainedBytes: Long = 7
    }
    val guard = new Guard(losses, errors, offs, ends)
    guard.open(feed)
  }

  test("the same event twice in a row is counted once") {
    val set = new Setting(_ => ())
    val event = new Object
    set.guard.accept(event)
    set.guard.accept(event)
    set.guard.accept(new Object)
    assert(set.seen == 2)
  }

  test("the end of an execution twice in a row is counted once, and not kept: it holds a live plan and a session") {
    val set = new Setting(_ => ())
    var event = SparkListenerSQLExecutionEnd(1, 2)
    val end = new WeakReference[Object](event)
    set.guard.accept(event)
    set.guard.accept(event)
    assert(set.seen == 1)
    event = null
    val untilNs = System.nanoTime + 30L * 1000 * 1000 * 1000
    while (end.get != null && System.nanoTime < untilNs) System.gc()
    assert(end.get == null)
  }

  test("a closed guard passes nothing on, and opens again") {
    val set = new Setting(_ => ())
    assert(set.guard.close() eq set.feed)
    set.guard.accept(new Object)
    assert((set.seen, set.guard.isOpen, set.guard.retainedBytes) == ((0, false, 0L)))
    set.guard.open(set.feed)
    set.guard.accept(new Object)
    assert((set.seen, set.guard.retainedBytes) == ((1, 7L)))
  }

  test("the end of the application is told even while quiet, and nothing opens after it") {
    val set = new Setting(_ => ())
    set.guard.close()
    set.guard.accept(SparkListenerApplicationEnd(1))
    assert((set.ends.runs, set.guard.isEnded) == ((1, true)))
    set.guard.open(set.feed)
    assert(!set.guard.isOpen)
  }

  test("the end is told although the feed fails on it") {
    val set = new Setting(_ => throw new OutOfMemoryError("test"))
    set.guard.accept(SparkListenerApplicationEnd(1))
    assert((set.ends.runs, set.errors.runs, set.losses.of("callback-error")) == ((1, 1, 1L)))
  }

  test("time in callbacks is sampled") {
    val set = new Setting(_ => ())
    (1 to 10000).foreach(_ => set.guard.accept(new Object))
    assert(set.guard.takeSpentNs() > 0)
    assert(set.guard.takeSpentNs() == 0)
  }
}
