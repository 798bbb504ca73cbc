package com.clusop.probe.cost

import com.clusop.listener.PhotonFallbackListener
import org.apache.spark.SparkConf
import org.apache.spark.scheduler._

/** The listener as it is named in `spark.extraListeners`, the whole agent behind it, but it keeps the events of the live run and
  * passes on only those that are handed to it afterwards.
  */
final class RecordedAgent(conf: SparkConf) extends PhotonFallbackListener(conf) {
  private def keep(event: SparkListenerEvent): Boolean = {
    if (RecordedAgent.isLive) RecordedAgent.events.add(event)
    RecordedAgent.isLive
  }

  override def onOtherEvent(event: SparkListenerEvent): Unit = if (!keep(event)) super.onOtherEvent(event)
  override def onApplicationStart(event: SparkListenerApplicationStart): Unit = if (!keep(event)) super.onApplicationStart(event)
  override def onEnvironmentUpdate(event: SparkListenerEnvironmentUpdate): Unit =
    if (!keep(event)) super.onEnvironmentUpdate(event)
  override def onExecutorAdded(event: SparkListenerExecutorAdded): Unit = if (!keep(event)) super.onExecutorAdded(event)
  override def onJobStart(event: SparkListenerJobStart): Unit = if (!keep(event)) super.onJobStart(event)
  override def onJobEnd(event: SparkListenerJobEnd): Unit = if (!keep(event)) super.onJobEnd(event)
  override def onStageSubmitted(event: SparkListenerStageSubmitted): Unit = if (!keep(event)) super.onStageSubmitted(event)
  override def onStageCompleted(event: SparkListenerStageCompleted): Unit = if (!keep(event)) super.onStageCompleted(event)
  override def onTaskStart(event: SparkListenerTaskStart): Unit = if (!keep(event)) super.onTaskStart(event)
  override def onTaskEnd(event: SparkListenerTaskEnd): Unit = if (!keep(event)) super.onTaskEnd(event)
}

object RecordedAgent {
  @volatile var isLive = true

  /** In the order of the bus, by its thread. */
  val events = new java.util.ArrayList[SparkListenerEvent]
}
