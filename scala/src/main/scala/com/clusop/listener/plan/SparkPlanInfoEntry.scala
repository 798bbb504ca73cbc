package com.clusop.listener.plan

import org.apache.spark.sql.execution.SparkPlanInfo

/** A node of SparkPlanInfo as Spark's own object, live. Accessors only: its constructor changed between Spark versions. */
private[plan] final class SparkPlanInfoEntry(info: SparkPlanInfo) extends PlanInfoEntry {
  import SparkPlanInfoEntry.text

  def nodeName: String = text(info.nodeName)
  def simpleString: String = text(info.simpleString)

  def children: InfoChildren = {
    val listed = Vector.newBuilder[Option[PlanInfoEntry]]
    val each = info.children.iterator
    while (each.hasNext) {
      val child = each.next()
      listed += (if (child == null) None else Some(new SparkPlanInfoEntry(child)))
    }
    InfoChildren(listed.result())
  }

  def metrics: InfoMetrics = {
    val read = Vector.newBuilder[Metric]
    val each = info.metrics.iterator
    var count = 0
    while (each.hasNext && count < PlanInfoEntry.MaxMetrics) {
      val metric = each.next()
      read += PlanInfoEntry.metric(text(metric.name), text(metric.metricType), metric.accumulatorId)
      count += 1
    }
    InfoMetrics(read.result())
  }
}

private object SparkPlanInfoEntry {
  private def text(value: String): String = if (value == null) "" else Chars.clean(value)
}
