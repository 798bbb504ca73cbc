package com.clusop.listener.collect

import com.clusop.listener.agent.Losses
import org.apache.spark.SparkContext

/** What an application that ran before anybody listened is asked: itself, its settings, who is alive. */
private[collect] final case class Seed(
    application: ApplicationFacts,
    startedAtMs: Long,
    settings: Vector[(String, String)],
    executors: Vector[SeenExecutor]
)

/** An executor as Spark's own store tells of it; `removedAtMs` is 0 while it is alive. */
private[collect] final case class SeenExecutor(id: String, host: String, coreCount: Int, addedAtMs: Long, removedAtMs: Long)

private[collect] object Seed {

  /** Everything by public API but the executors: their cores are told by Spark's store alone. None where `context` is null. */
  def of(context: Object, losses: Losses): Option[Seed] = context match {
    case spark: SparkContext =>
      try {
        val application = ApplicationFacts(String.valueOf(spark.applicationId), spark.appName, spark.version)
        Some(Seed(application, spark.startTime, spark.getConf.getAll.toVector, executorsOf(spark, losses)))
      } catch {
        // A context that is being stopped answers no more.
        case _: Exception =>
          losses.count("no-seed", 1)
          None
      }
    case _ => None
  }

  private def executorsOf(spark: SparkContext, losses: Losses): Vector[SeenExecutor] =
    try {
      val store = spark.getClass.getMethod("statusStore").invoke(spark)
      val list = store.getClass.getMethod("executorList", java.lang.Boolean.TYPE)
      list.invoke(store, java.lang.Boolean.FALSE) match {
        case told: scala.collection.Seq[_] =>
          told.iterator.map(one => executorOf(one.asInstanceOf[AnyRef])).filter(_.coreCount > 0).toVector
        case _ => Vector.empty
      }
    } catch {
      case _: Exception | _: LinkageError =>
        losses.count("no-seed", 1)
        Vector.empty
    }

  private def executorOf(summary: AnyRef): SeenExecutor = {
    val hostPort = text("hostPort", summary)
    val colon = hostPort.lastIndexOf(':')
    SeenExecutor(
      text("id", summary),
      if (colon > 0) hostPort.substring(0, colon) else hostPort,
      new Getter("totalCores").of(summary) match {
        case cores: java.lang.Integer => cores.intValue
        case _                        => 0
      },
      timeOf(new Getter("addTime").of(summary)),
      timeOf(new Getter("removeTime").optional(summary))
    )
  }

  private def text(name: String, summary: AnyRef): String = new Getter(name).text(summary)

  private def timeOf(told: AnyRef): Long = told match {
    case date: java.util.Date => date.getTime
    case _                    => 0
  }
}
