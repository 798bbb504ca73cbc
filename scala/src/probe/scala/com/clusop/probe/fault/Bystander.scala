package com.clusop.probe.fault

import org.apache.spark.scheduler.{SparkListener, SparkListenerJobEnd}
import org.apache.spark.sql.execution.QueryExecution
import org.apache.spark.sql.util.QueryExecutionListener

/** Somebody else's listener, beside ours in both conf keys: it must go on being served. */
class Bystander extends SparkListener with QueryExecutionListener {
  override def onJobEnd(event: SparkListenerJobEnd): Unit = System.setProperty("bystander.listens", "true"): Unit
  override def onSuccess(function: String, execution: QueryExecution, durationNs: Long): Unit =
    System.setProperty("bystander.queries", "true"): Unit
  override def onFailure(function: String, execution: QueryExecution, failure: Exception): Unit = ()
}
