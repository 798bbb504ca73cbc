package com.clusop.probe

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}
import java.util.concurrent.{CountDownLatch, TimeUnit}

import com.clusop.listener.json.{Json, JsonReader, JsonWriter}
import com.clusop.probe.fault.LocalSpark
import org.apache.spark.scheduler._
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.execution.ui.{SparkListenerSQLExecutionEnd, SparkListenerSQLExecutionStart}

/** Live contexts with the whole agent on their bus, and what its status and report say afterwards, as one JSON object:
  * `java -cp … com.clusop.probe.LiveStreams [LOG]`. One runs overlapping queries and meets a plan without measure; with a LOG
  * (decompressed) a second one is told that log's events at ten times their speed.
  */
object LiveStreams {
  private val Queries = 32
  private val Nodes = 100000
  private val Speed = 10L
  private val LongestPauseMs = 250L
  private val PatienceMs = 90000L

  /** Local mode: tasks run in this JVM. */
  val held = new CountDownLatch(1)

  def main(arguments: Array[String]): Unit = {
    val answers = Vector("overlapping" -> overlapping()) ++ arguments.headOption.map(log => "replayed" -> replayed(log))
    println(JsonWriter.canonical(Json.obj(answers: _*)))
  }

  /** Every session's rows are looked at. */
  private def session(): SparkSession =
    LocalSpark.start(
      "spark.extraListeners" -> "com.clusop.listener.PhotonFallbackListener",
      "spark.clusop.report.all" -> "true"
    )

  /** As many queries at once as there are threads; none ends before all have begun. */
  private def overlapping(): Json = {
    val spark = session()
    val begun = new CountDownLatch(Queries)
    spark.sparkContext.addSparkListener(new SparkListener {
      override def onOtherEvent(event: SparkListenerEvent): Unit = event match {
        case _: SparkListenerSQLExecutionStart => begun.countDown()
        case _                                 => ()
      }
    })
    spark.udf.register("held", (value: Long) => { LiveStreams.held.await(); value })
    val rows = new java.util.concurrent.atomic.AtomicLong
    val threads = (0 until Queries).map { index =>
      new Thread(() =>
        rows.addAndGet(spark.sql(s"SELECT sum(held(id)) FROM range($index, ${index + 4}, 1, 1)").collect().length.toLong): Unit
      )
    }
    threads.foreach(_.start())
    val didOverlap = begun.await(PatienceMs, TimeUnit.MILLISECONDS)
    held.countDown()
    threads.foreach(_.join())
    val overlapped = settled(spark, Queries)
    val shown = report
    largePlan(spark)
    val large = settled(spark, Queries + 1)
    val after = spark.sql("SELECT count(*) FROM range(10)").collect().head.getLong(0)
    val all = settled(spark, Queries + 2)
    val largeRow = report
    spark.stop()
    Json.obj(
      "did_overlap" -> Json.Bool(didOverlap),
      "rows" -> Json.num(rows.get),
      "status" -> overlapped,
      "report" -> shown,
      "large" -> large,
      "large_report" -> largeRow,
      "after" -> Json.num(after),
      "all" -> all
    )
  }

  private def largePlan(spark: SparkSession): Unit = {
    val leaves = Vector.tabulate(Nodes - 1)(index => MadeEvents.plan("Scan parquet", s"t$index", Nil, index.toLong))
    val text = new java.lang.StringBuilder("== Physical Plan ==\nUnion\n")
    (1 until Nodes).foreach(index => text.append(if (index < Nodes - 1) ":- " else "+- ").append(s"Scan parquet t$index\n"))
    val now = System.currentTimeMillis
    val plan = MadeEvents.plan("Union", "", leaves, -1)
    LocalSpark.post(
      spark.sparkContext,
      MadeEvents.executionStart(1000000, "without measure", plan, text.toString, now, Map.empty)
    )
    LocalSpark.post(spark.sparkContext, MadeEvents.executionEnd(1000000, now + 1, Some("")))
  }

  private def replayed(log: String): Json = {
    val spark = session()
    // Of the context's own beginning nothing is left to come between.
    LocalSpark.drain(spark.sparkContext)
    val before = executions(status)
    val reader = Files.newBufferedReader(Paths.get(log), UTF_8)
    val events = new java.util.ArrayList[SparkListenerEvent]
    try
      ReplayDoor.replay(
        Iterator.continually(reader.readLine()).takeWhile(_ != null),
        log,
        (event: Object) => events.add(event.asInstanceOf[SparkListenerEvent]): Unit
      ): Unit
    finally reader.close()
    val each = events.iterator
    var last = 0L
    var posted = 0L
    var ended = 0L
    while (each.hasNext) {
      val event = each.next()
      val at = ReplayDoor.timeOf(event)
      if (last > 0 && at > last) pause((at - last) / Speed)
      if (at > last) last = at
      // The context lives on: what ends here is a recorded one.
      if (!event.isInstanceOf[SparkListenerApplicationEnd]) {
        LocalSpark.post(spark.sparkContext, event)
        posted += 1
        if (event.isInstanceOf[SparkListenerSQLExecutionEnd]) ended += 1
      }
    }
    val told = settled(spark, before + ended)
    val shown = report
    spark.stop()
    Json.obj(
      "posted" -> Json.num(posted),
      "before" -> Json.num(before),
      "ended" -> Json.num(ended),
      "status" -> told,
      "report" -> shown
    )
  }

  private var owedMs = 0L

  /** Pauses below a millisecond add up. */
  private def pause(ms: Long): Unit = {
    owedMs += Math.min(ms, LongestPauseMs)
    if (owedMs > 0) Thread.sleep(owedMs)
    owedMs = 0
  }

  /** The status once the agent has seen `wanted` executions in all, or after a while. */
  private def settled(spark: SparkSession, wanted: Long): Json = {
    LocalSpark.drain(spark.sparkContext)
    val giveUpMs = System.currentTimeMillis + PatienceMs
    var now = status
    while (executions(now) < wanted && System.currentTimeMillis < giveUpMs) {
      Thread.sleep(20)
      now = status
    }
    now
  }

  private def executions(status: Json): Long = status match {
    case told: Json.Obj =>
      told.get("delivery") match {
        case Some(delivery: Json.Obj) =>
          delivery.get("executions") match {
            case Some(counts: Json.Obj) => counts.members.map(_._2).collect { case count: Json.Num => count.text.toLong }.sum
            case _                      => 0L
          }
        case _ => 0L
      }
    case _ => 0L
  }

  private def status: Json = ask("{\"op\":\"status\"}")
  private def report: Json = ask("{\"op\":\"report\",\"owner\":\"\",\"all\":true}")

  private def ask(request: String): Json = {
    val functions = System.getProperties.get("com.clusop.agent").asInstanceOf[java.util.Map[String, AnyRef]]
    val call = functions.get("call").asInstanceOf[java.util.function.Function[String, String]]
    JsonReader.read(call.apply(request)).fold(problem => Json.str(problem.what), found => found)
  }
}
