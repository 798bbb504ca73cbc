package org.apache.spark.scheduler

/** Hands an event to a listener by the very code of Spark's buses, without a queue between. Test-only. */
final class DirectBus extends SparkListenerBus {
  def pass(listener: SparkListener, event: SparkListenerEvent): Unit = doPostEvent(listener, event)
}
