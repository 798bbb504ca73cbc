package com.clusop.probe.fault

import com.clusop.listener.PhotonFallbackListener
import com.clusop.listener.agent._
import org.apache.spark.SparkContext
import org.apache.spark.sql.SparkSession

/** A small local Spark and the queries that must give the same rows whatever fails in us. */
object LocalSpark {

  def start(conf: (String, String)*): SparkSession = {
    val builder = SparkSession.builder().master("local[2]").appName("faults").config("spark.ui.enabled", "false")
      .config("spark.sql.shuffle.partitions", "2").config("spark.driver.host", "127.0.0.1")
    conf.foldLeft(builder) { case (b, (key, value)) => b.config(key, value) }.getOrCreate()
  }

  /** The sum over a shuffle; a failing query; a second session. */
  def rowsOf(session: SparkSession): String = {
    def sum(of: SparkSession): String = {
      val sums = of.range(0, 1000, 1, 4).selectExpr("id % 7 as k", "id").groupBy("k").sum("id").orderBy("k")
      sums.collect().map(_.toString).mkString
    }
    val failed =
      try {
        session.range(10).selectExpr("raise_error('no')").collect()
        "no failure"
      } catch { case failure: Exception => failure.getClass.getSimpleName }
    sum(session) + failed + sum(session.newSession())
  }

  def agent(parts: Parts, pace: Pace = Pace(tickMs = 20, killCheckMs = 40)): Agent =
    new Agent(parts, Identity.fresh("", System.currentTimeMillis), _ => None, pace)

  def explicit(settings: (String, String)*): AttachRequest =
    AttachRequest(AttachRequest.Explicit, settings.toMap, com.clusop.listener.json.Json.obj())

  def bus(context: SparkContext): AnyRef = context.getClass.getMethod("listenerBus").invoke(context)

  /** The listeners of ours on the bus, in the order they were added. */
  def ourShims(context: SparkContext): Vector[PhotonFallbackListener] = {
    val held = bus(context).getClass.getMethod("listeners").invoke(bus(context)).asInstanceOf[java.util.List[AnyRef]]
    val found = Vector.newBuilder[PhotonFallbackListener]
    val each = held.iterator
    while (each.hasNext) each.next() match {
      case ours: PhotonFallbackListener => found += ours
      case _                            => ()
    }
    found.result()
  }

  def ourListeners(context: SparkContext): Int = ourShims(context).size

  def drain(context: SparkContext): Unit = bus(context).getClass.getMethod("waitUntilEmpty").invoke(bus(context)): Unit

  def post(context: SparkContext, event: AnyRef): Unit = {
    val way = bus(context).getClass.getMethods.filter(_.getName == "post").head
    way.invoke(bus(context), event): Unit
  }
}
