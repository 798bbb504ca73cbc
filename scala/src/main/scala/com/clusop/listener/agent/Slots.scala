package com.clusop.listener.agent

import java.util.concurrent.atomic.AtomicReference

import org.apache.spark.SparkContext

/** Who feeds which context, changed by compare-and-set only: two doors that arm at once, one of them perhaps in a callback,
  * still give one feed per context. A place is taken before anything is registered.
  */
private[agent] final class Slots {
  private val held = new AtomicReference[Vector[Slot]](Vector.empty)

  def all: Vector[Slot] = held.get
  def of(context: SparkContext): Option[Slot] = held.get.find(slot => slot.isOf(context) && slot.isLive)
  def live: Vector[Slot] = held.get.filter(_.isLive)

  /** Takes a place for `fresh` unless `isTaken` says that another slot stands in its way; that one is given back. */
  def take(fresh: Slot, isTaken: Slot => Boolean): Option[Slot] = {
    var other: Option[Slot] = None
    var done = false
    while (!done) {
      val now = held.get
      other = now.find(isTaken)
      done = other.nonEmpty || held.compareAndSet(now, now :+ fresh)
    }
    other
  }

  def give(back: Slot): Unit = {
    var done = false
    while (!done) {
      val now = held.get
      done = held.compareAndSet(now, now.filterNot(_ eq back))
    }
  }
}
