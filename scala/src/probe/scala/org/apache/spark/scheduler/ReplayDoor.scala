package org.apache.spark.scheduler

import org.apache.spark.sql.execution.ui.{SparkListenerSQLExecutionEnd, SparkListenerSQLExecutionStart}

/** Reaches Spark's own replay of an event log, which is closed to other packages. Test-only. */
object ReplayDoor {

  /** Feeds each event Spark reads from `lines` to `take`, in the order of the log. `false`: Spark gave up on a line. */
  def replay(lines: Iterator[String], name: String, take: Object => Unit): Boolean = {
    val bus = new ReplayListenerBus
    bus.addListener(new Forward(take))
    bus.replay(lines, name, true, ReplayListenerBus.SELECT_ALL_FILTER)
  }

  /** When the event happened, by itself; 0 where it does not say. */
  def timeOf(event: SparkListenerEvent): Long = event match {
    case told: SparkListenerTaskStart         => told.taskInfo.launchTime
    case told: SparkListenerTaskEnd           => told.taskInfo.finishTime
    case told: SparkListenerJobStart          => told.time
    case told: SparkListenerJobEnd            => told.time
    case told: SparkListenerStageSubmitted    => told.stageInfo.submissionTime.getOrElse(0L)
    case told: SparkListenerStageCompleted    => told.stageInfo.completionTime.getOrElse(0L)
    case told: SparkListenerSQLExecutionStart => told.time
    case told: SparkListenerSQLExecutionEnd   => told.time
    case _                                    => 0L
  }

  private final class Forward(take: Object => Unit) extends SparkListener {
    override def onTaskStart(event: SparkListenerTaskStart): Unit = take(event)
    override def onTaskEnd(event: SparkListenerTaskEnd): Unit = take(event)
    override def onStageSubmitted(event: SparkListenerStageSubmitted): Unit = take(event)
    override def onStageCompleted(event: SparkListenerStageCompleted): Unit = take(event)
    override def onJobStart(event: SparkListenerJobStart): Unit = take(event)
    override def onJobEnd(event: SparkListenerJobEnd): Unit = take(event)
    override def onEnvironmentUpdate(event: SparkListenerEnvironmentUpdate): Unit = take(event)
    override def onApplicationStart(event: SparkListenerApplicationStart): Unit = take(event)
    override def onApplicationEnd(event: SparkListenerApplicationEnd): Unit = take(event)
    override def onExecutorAdded(event: SparkListenerExecutorAdded): Unit = take(event)
    override def onExecutorRemoved(event: SparkListenerExecutorRemoved): Unit = take(event)
    override def onOtherEvent(event: SparkListenerEvent): Unit = take(event)
  }
}
