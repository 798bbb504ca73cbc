package com.clusop.listener.collect

import java.util.concurrent.atomic.AtomicInteger

/** An execution that ended while stages of it still ran. Either the bus's thread freezes it, when the last of them is done, or
  * the agent's thread takes it when the grace is over; whoever comes first. `context` is what was known when it ended.
  */
private[collect] final class Ending(
    val execution: Execution,
    val deadlineMs: Long,
    val context: Context,
    private var live: LivePlan
) {
  private val state = new AtomicInteger(Ending.Open)

  /** The bus's count of callbacks when the agent took it: while a callback of that count runs, it may still write. */
  var takenAt: Long = 0

  def freeze(): Boolean = state.compareAndSet(Ending.Open, Ending.Frozen)
  def take(): Boolean = state.compareAndSet(Ending.Open, Ending.Taken)
  def isTaken: Boolean = state.get == Ending.Taken
  def isFrozen: Boolean = state.get == Ending.Frozen

  /** For whoever froze or took it. */
  def takeLive(): LivePlan = {
    val taken = live
    live = null
    taken
  }
}

private[collect] object Ending {
  private val Open = 0
  private val Frozen = 1
  private val Taken = 2
}
