package com.clusop.listener.collect

/** What the bus's side hands on. All but the first two run on the agent's thread. */
private[collect] trait Assessing {

  /** A task or a stage brought native time: from now on its absence elsewhere means none. */
  def sawNativeTime(): Unit

  /** Whether live plans can tell more than events. */
  def tellsWords(environment: EnvironmentFacts): Boolean

  def take(finished: FinishedExecution): Unit

  /** Stage attempts of no execution. */
  def takeOthers(others: Array[Attempt], context: Context): Unit

  /** Executors came or went. */
  def slots(atMs: Long, context: Context): Unit

  def ended(context: Context): Unit
}
