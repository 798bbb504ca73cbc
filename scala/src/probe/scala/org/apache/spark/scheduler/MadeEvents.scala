package org.apache.spark.scheduler

import java.util.Properties

import org.apache.spark.executor.{ExecutorMetrics, TaskMetrics}
import org.apache.spark.scheduler.cluster.ExecutorInfo
import org.apache.spark.sql.execution.SparkPlanInfo
import org.apache.spark.sql.execution.metric.SQLMetricInfo
import org.apache.spark.sql.execution.ui._
import org.apache.spark.util.JsonProtocol
import org.apache.spark.{ExecutorLostFailure, Success, TaskEndReason, TaskKilled}

/** Events of Spark's bus made by hand, by the same constructors Spark uses; where those differ between versions, by reflection
  * with empty values for what is new. In Spark's package because most of them are closed to others. Test-only.
  */
object MadeEvents {

  def json(event: SparkListenerEvent): String = JsonProtocol.sparkEventToJsonString(event)

  def applicationStart(atMs: Long): SparkListenerEvent =
    SparkListenerApplicationStart("made by hand", Some("local-1"), atMs, "nobody", None)

  def applicationEnd(atMs: Long): SparkListenerEvent = SparkListenerApplicationEnd(atMs)

  def environment(settings: (String, String)*): SparkListenerEvent = SparkListenerEnvironmentUpdate(
    Map(
      "Spark Properties" -> settings,
      "JVM Information" -> Nil,
      "Hadoop Properties" -> Nil,
      "System Properties" -> Nil,
      "Metrics Properties" -> Nil,
      "Classpath Entries" -> Nil
    )
  )

  def executorAdded(atMs: Long, id: String, host: String, cores: Int): SparkListenerEvent =
    SparkListenerExecutorAdded(atMs, id, new ExecutorInfo(host, cores, Map.empty, Map.empty, Map.empty, 0))

  def executorRemoved(atMs: Long, id: String): SparkListenerEvent = SparkListenerExecutorRemoved(atMs, id, "idle")

  def jobStart(id: Int, atMs: Long, stages: Seq[StageInfo], properties: Properties): SparkListenerEvent =
    SparkListenerJobStart(id, atMs, stages.toList, properties)

  def jobEnd(id: Int, atMs: Long, isFailed: Boolean = false): SparkListenerEvent =
    SparkListenerJobEnd(id, atMs, if (isFailed) JobFailed(new Exception("made to fail")) else JobSucceeded)

  def stage(id: Int, attempt: Int, tasks: Int): StageInfo =
    new StageInfo(id, attempt, "stage", tasks, Nil, Nil, "", new TaskMetrics, Nil, None, 0)

  def submitted(stage: StageInfo, properties: Properties): SparkListenerEvent = SparkListenerStageSubmitted(stage, properties)
  def completed(stage: StageInfo): SparkListenerEvent = SparkListenerStageCompleted(stage)

  def taskStart(stage: StageInfo, task: TaskInfo): SparkListenerEvent =
    SparkListenerTaskStart(stage.stageId, stage.attemptNumber(), task)

  def task(id: Long, atMs: Long, isSpeculative: Boolean): TaskInfo =
    new TaskInfo(id, id.toInt, 0, id.toInt, atMs, "1", "host", TaskLocality.ANY, isSpeculative)

  /** `outcome` is `good`, `killed` or `lost` (its executor died: no metrics). Accumulables as the driver would add them. */
  def taskEnd(stage: StageInfo, task: TaskInfo, atMs: Long, runMs: Long, outcome: String, nativeNs: Long): SparkListenerEvent = {
    val metrics = new TaskMetrics
    metrics.setExecutorRunTime(runMs)
    task.markFinished(
      if (outcome == "good") org.apache.spark.TaskState.FINISHED
      else if (outcome == "killed") org.apache.spark.TaskState.KILLED
      else org.apache.spark.TaskState.FAILED,
      atMs
    )
    val reason: TaskEndReason =
      if (outcome == "good") Success
      else if (outcome == "killed") TaskKilled("another attempt succeeded")
      else ExecutorLostFailure("1", exitCausedByApp = true, None)
    if (outcome != "lost") {
      val updates = List.newBuilder[AccumulableInfo]
      updates += internal(1, "internal.metrics.executorRunTime", runMs)
      if (nativeNs > 0) updates += internal(2, "internal.metrics.photonizedTaskTimeNs", nativeNs)
      task.setAccumulables(updates.result())
    }
    val told = if (outcome == "lost") null else metrics
    SparkListenerTaskEnd(stage.stageId, stage.attemptNumber(), "ResultTask", reason, task, new ExecutorMetrics, told)
  }

  private def internal(id: Long, name: String, update: Long): AccumulableInfo =
    new AccumulableInfo(id, Some(name), Some(update), Some(update), true, true, None)

  /** What the stage has added up to so far. `null` name: none. */
  def accumulated(stage: StageInfo, id: Long, name: String, value: Long): Unit = {
    val isInternal = name != null && name.startsWith("internal.")
    val told: Any = if (isInternal) value else value.toString
    stage.accumulables(id) = new AccumulableInfo(id, Option(name), None, Some(told), isInternal, true, Some("sql"))
  }

  def failed(stage: StageInfo): Unit = stage.failureReason = Some("fetch failed")

  def plan(name: String, arguments: String, children: Seq[SparkPlanInfo], metricId: Long): SparkPlanInfo =
    new SparkPlanInfo(
      name,
      s"$name $arguments",
      children.toList,
      Map.empty[String, String],
      if (metricId < 0) Nil else List(new SQLMetricInfo("number of output rows", metricId, "sum"))
    )

  def executionStart(
      id: Long,
      description: String,
      plan: SparkPlanInfo,
      text: String,
      atMs: Long,
      modified: Map[String, String]
  ): SparkListenerEvent = {
    val known = Array[AnyRef](
      java.lang.Long.valueOf(id),
      Some(java.lang.Long.valueOf(id)),
      description,
      "details",
      text,
      plan,
      java.lang.Long.valueOf(atMs),
      modified
    )
    // Later versions have more, all of them options or sets.
    val way = classOf[SparkListenerSQLExecutionStart].getConstructors.maxBy(_.getParameterTypes.length)
    val rest = way.getParameterTypes.drop(known.length).map(kind => if (kind == classOf[Option[_]]) None else Set.empty[String])
    way.newInstance((known ++ rest): _*).asInstanceOf[SparkListenerEvent]
  }

  def planUpdate(id: Long, text: String, plan: SparkPlanInfo): SparkListenerEvent =
    SparkListenerSQLAdaptiveExecutionUpdate(id, text, plan)

  def driverAccumulated(id: Long, updates: (Long, Long)*): SparkListenerEvent =
    SparkListenerDriverAccumUpdates(id, updates.toList)

  def executionEnd(id: Long, atMs: Long, error: Option[String]): SparkListenerEvent =
    SparkListenerSQLExecutionEnd(id, atMs, error)

  /** What an execution's jobs carry, and what they must never be kept with. */
  def properties(execution: Option[Long], more: (String, String)*): Properties = {
    val told = new Properties
    execution.foreach(id => told.setProperty("spark.sql.execution.id", id.toString))
    more.foreach { case (name, value) => told.setProperty(name, value) }
    told
  }
}
