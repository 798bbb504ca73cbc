package com.clusop.listener.collect

import org.scalatest.funsuite.AnyFunSuite

/** Executors coming and going, epochs, and task time over them. */
final class TimelineSuite extends AnyFunSuite {

  private def task(launched: Long, finished: Long, runMs: Long): TaskTimes =
    new TaskTimes(launched, finished, runMs, Readings.NoInteger, true, false, false, runMs)

  private def shapes(timeline: Timeline): Vector[(Long, Long, Int, Int)] =
    timeline.view.epochs.map(epoch => (epoch.startAtMs, epoch.endAtMs, epoch.slotCount, epoch.workerCount))

  test("epochs follow the changes, equal neighbours are one, and the driver counts only alone") {
    val timeline = new Timeline(100)
    timeline.applicationStarted(10)
    timeline.changed(10, "driver", "here", 2)
    timeline.seen(100)
    assert(shapes(timeline) == Vector((10L, 100L, 2, 0)))
    timeline.changed(100, "1", "a", 4)
    timeline.changed(200, "2", "a", 4)
    timeline.changed(300, "2", "", 0)
    timeline.changed(300, "3", "a", 4)
    timeline.seen(400)
    assert(shapes(timeline) == Vector((10L, 100L, 0, 0), (100L, 200L, 4, 1), (200L, 400L, 8, 1)))
  }

  test("a task that runs across changes is shared out in whole milliseconds, the rest to the last") {
    val timeline = new Timeline(100)
    timeline.changed(100, "1", "a", 1)
    timeline.changed(200, "2", "a", 1)
    val into = new Spread
    timeline.spread(task(50, 250, 100), into)
    val shares = (0 until into.size).map(index => (into.key(index), into.amount(index)))
    assert(shares.toMap == Map(0L -> 25L, 100L -> 50L, 200L -> 25L))
  }

  test("a folded timeline keeps whoever is alive and numbers its epochs anew") {
    val timeline = new Timeline(10)
    (1 to 40).foreach { index =>
      timeline.changed(index * 100L, s"e$index", s"h$index", 2)
      if (index > 1) timeline.changed(index * 100L + 50, s"e${index - 1}", "", 0)
    }
    timeline.seen(5000)
    val view = timeline.view
    assert(view.folds > 0)
    assert(view.epochs.last.slotCount == 2)
    assert(view.epochs.size < 20)
    assert(view.alive == ((0, 2)))
  }

  test("a view does not change when the timeline does") {
    val timeline = new Timeline(100)
    timeline.changed(100, "1", "a", 1)
    timeline.seen(200)
    val view = timeline.view
    (2 to 50).foreach(index => timeline.changed(index * 100L, index.toString, "a", 1))
    assert(view.epochs.map(_.slotCount) == Vector(1))
  }

  test("task time by hour adds up, and no clock makes a million hours") {
    val into = new Spread
    Hours.spread(task(3599000, 7201000, 1000), into)
    assert((0 until into.size).map(into.key) == Vector(0L, 3600000L, 7200000L))
    assert(into.total == 1000)
    val jumped = new Spread
    Hours.spread(task(0, 400L * 86400000 * 20, 77), jumped)
    assert((jumped.size, jumped.total) == ((1, 77L)))
  }
}
