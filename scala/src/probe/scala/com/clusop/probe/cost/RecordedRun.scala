package com.clusop.probe.cost

import java.util.concurrent.ConcurrentHashMap

import org.apache.spark.scheduler._
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.execution.{QueryExecution, SQLExecution}
import org.apache.spark.sql.execution.ui.{SparkListenerSQLExecutionEnd, SparkListenerSQLExecutionStart}

/** One live run of plain Spark, its events kept as objects: what was before the first query, then rows of executions. */
private[cost] object RecordedRun {
  private val Queries = Vector(
    "SELECT k % 17 AS g, sum(v) AS s FROM sales WHERE v > 10 GROUP BY k % 17",
    "SELECT s.k, p.name, sum(s.v) AS total FROM sales s JOIN products p ON s.k = p.k GROUP BY s.k, p.name ORDER BY total DESC LIMIT 20",
    "SELECT k, v, row_number() OVER (PARTITION BY k % 5 ORDER BY v) AS r FROM sales WHERE k < 200",
    "SELECT count(*) FROM sales WHERE v > (SELECT avg(v) FROM sales)",
    "SELECT upper(name) AS n, count(*) AS c FROM products GROUP BY upper(name) UNION ALL SELECT name, k FROM products WHERE k < 5",
    "SELECT DISTINCT p.name FROM products p LEFT ANTI JOIN sales s ON p.k = s.k"
  )

  def session(extra: (String, String)*): SparkSession = {
    val plain = Vector(
      "spark.ui.enabled" -> "false",
      "spark.sql.shuffle.partitions" -> "4",
      "spark.driver.bindAddress" -> "127.0.0.1",
      "spark.driver.host" -> "127.0.0.1",
      "spark.extraListeners" -> classOf[RecordedAgent].getName
    )
    val builder = SparkSession.builder().master("local[2]").appName("recorded")
    (plain ++ extra).foldLeft(builder) { case (built, (key, value)) => built.config(key, value) }.getOrCreate()
  }

  /** Runs `count` queries, every seventh a write into `folder`, and keeps what the bus told. */
  def run(spark: SparkSession, count: Int, folder: String): Unit = {
    spark.sparkContext.setLogLevel("OFF")
    spark.range(0, 20000, 1, 2).selectExpr("id % 1000 AS k", "id * 7 % 101 AS v").write.parquet(s"$folder/sales")
    spark.range(0, 1000, 1, 1).selectExpr("id AS k", "concat('p', id % 50) AS name").write.parquet(s"$folder/products")
    spark.read.parquet(s"$folder/sales").createOrReplaceTempView("sales")
    spark.read.parquet(s"$folder/products").createOrReplaceTempView("products")
    (0 until count).foreach { index =>
      if (index % 7 == 6) spark.sql(Queries(index % Queries.size)).write.mode("overwrite").parquet(s"$folder/out${index % 3}")
      else spark.sql(Queries(index % Queries.size)).collect(): Unit
    }
    val bus = spark.sparkContext.getClass.getMethod("listenerBus").invoke(spark.sparkContext)
    bus.getClass.getMethod("waitUntilEmpty").invoke(bus)
    RecordedAgent.isLive = false
  }

  /** The events in rows of `executions` executions that ended; the first row begins with those of the start. */
  def rows(executions: Int): Vector[Array[SparkListenerEvent]] = {
    val rows = Vector.newBuilder[Array[SparkListenerEvent]]
    var row = new java.util.ArrayList[SparkListenerEvent]
    var ended = 0
    val each = RecordedAgent.events.iterator
    while (each.hasNext) {
      val event = each.next()
      // A row closes where an execution begins, so that what trails an end stays with it.
      if (ended >= executions && event.isInstanceOf[SparkListenerSQLExecutionStart]) {
        rows += row.toArray(new Array[SparkListenerEvent](row.size))
        row = new java.util.ArrayList[SparkListenerEvent]
        ended = 0
      }
      row.add(event)
      if (event.isInstanceOf[SparkListenerSQLExecutionEnd]) ended += 1
    }
    rows.result()
  }

  /** Puts the queries back where listeners ask Spark for them while they run: OpenLineage finds nothing otherwise. */
  def putQueriesBack(): Unit = {
    val holder = SQLExecution.getClass.getDeclaredField("executionIdToQueryExecution")
    holder.setAccessible(true)
    val queries = holder.get(SQLExecution).asInstanceOf[ConcurrentHashMap[java.lang.Long, QueryExecution]]
    val live = classOf[SparkListenerSQLExecutionEnd].getMethod("qe")
    val each = RecordedAgent.events.iterator
    while (each.hasNext) each.next() match {
      case end: SparkListenerSQLExecutionEnd =>
        live.invoke(end) match {
          case query: QueryExecution => queries.put(end.executionId, query)
          case _                     => ()
        }
      case _ => ()
    }
  }
}
