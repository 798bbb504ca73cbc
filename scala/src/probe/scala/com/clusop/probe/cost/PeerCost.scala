package com.clusop.probe.cost

import java.nio.file.{Files, Paths}

import com.clusop.listener.PhotonFallbackListener
import com.clusop.listener.json.{Json, JsonReader, JsonWriter}
import org.apache.spark.SparkConf
import org.apache.spark.scheduler._

/** What clusop, OpenLineage and sparkMeasure cost on the same event objects, kept from one live run:
  * `java -cp … com.clusop.probe.cost.PeerCost FOLDER ROWS` prints one JSON object.
  *
  * Each listener gets every event once, in order. The first half warms up and tells what stays in memory; of the second half
  * each row of executions goes to one listener after another, in an order that turns, and is measured. Each does its whole
  * work: clusop's agent reads, judges, prices and seals records, OpenLineage writes its events to a file as JSON.
  */
object PeerCost {
  private val ExecutionsPerRow = 20
  private val Ours = "clusop"
  private val OpenLineage = "openlineage"
  private val Peers = Vector(
    OpenLineage -> "io.openlineage.spark.agent.OpenLineageSparkListener",
    "sparkmeasure-stage" -> "ch.cern.sparkmeasure.StageInfoRecorderListener",
    "sparkmeasure-task" -> "ch.cern.sparkmeasure.TaskInfoRecorderListener"
  )

  def main(arguments: Array[String]): Unit = {
    val folder = arguments(0)
    val rowCount = arguments(1).toInt
    val spark = RecordedRun.session(
      "spark.openlineage.transport.type" -> "file",
      "spark.openlineage.transport.location" -> s"$folder/openlineage.jsonl",
      // It has to work as long as it is measured, however fast the events come.
      "spark.clusop.budget.cpuShare" -> "1.0"
    )
    RecordedRun.run(spark, (rowCount + 1) * ExecutionsPerRow, folder)
    RecordedRun.putQueriesBack()
    val rows = RecordedRun.rows(ExecutionsPerRow).take(rowCount)
    val listeners = (Ours -> ours(spark.sparkContext)) +: Peers.map { case (name, kind) =>
      name -> made(kind, spark.sparkContext.getConf)
    }
    val (first, second) = rows.splitAt(rows.size / 2)
    val kept = listeners.map { case (name, listener) => name -> keptBytes(listener, first) }
    val costs = measured(listeners, second)
    val answer = Json.obj(
      "spark" -> Json.str(spark.version),
      "java" -> Json.str(System.getProperty("java.version")),
      "executions_per_row" -> Json.num(ExecutionsPerRow.toLong),
      "rows" -> Json.num(second.size.toLong),
      "events" -> Json.num(rows.iterator.map(_.length.toLong).sum),
      "openlineage_events" -> Json.num(lineCount(s"$folder/openlineage.jsonl")),
      "clusop" -> status,
      "listeners" -> Json.Obj(listeners.map { case (name, _) =>
        val each = costs(name)
        name -> Json.obj(
          "cpu_ns" -> Json.arr(each.map(one => Json.num(one._1 / ExecutionsPerRow))),
          "allocated_bytes" -> Json.arr(each.map(one => Json.num(one._2 / ExecutionsPerRow))),
          "retained_bytes" -> Json.num(kept.find(_._1 == name).map(_._2).getOrElse(0L))
        )
      })
    )
    println(JsonWriter.canonical(answer))
    System.out.flush()
    // What a peer leaves running must not hold the answer back.
    Runtime.getRuntime.halt(0)
  }

  /** The listener Spark made of the conf. */
  private def ours(context: org.apache.spark.SparkContext): SparkListener = {
    val bus = context.getClass.getMethod("listenerBus").invoke(context)
    val held = bus.getClass.getMethod("listeners").invoke(bus).asInstanceOf[java.util.List[AnyRef]]
    val each = held.iterator
    var found: PhotonFallbackListener = null
    while (each.hasNext) each.next() match {
      case one: RecordedAgent => found = one
      case _                  => ()
    }
    found
  }

  /** As their own start makes them: OpenLineage with the conf, sparkMeasure with the default, everything of a stage. */
  private def made(kind: String, conf: SparkConf): SparkListener = {
    val way = Class.forName(kind).getConstructors.head
    val handed = way.getParameterTypes.map { wanted =>
      if (wanted == classOf[SparkConf]) conf
      else if (wanted == java.lang.Boolean.TYPE) java.lang.Boolean.TRUE
      else new Array[String](0)
    }
    way.newInstance(handed: _*).asInstanceOf[SparkListener]
  }

  /** Bytes per execution that the later two thirds of `rows` leave behind. */
  private def keptBytes(listener: SparkListener, rows: Vector[Array[SparkListenerEvent]]): Long = {
    val meter = new Meter
    val (warm, rest) = rows.splitAt(rows.size / 3)
    warm.foreach(row => meter.measured(() => pass(listener, row), () => isBusy(listener)))
    val before = Meter.usedBytes()
    rest.foreach(row => meter.measured(() => pass(listener, row), () => isBusy(listener)))
    (Meter.usedBytes() - before) / (rest.size * ExecutionsPerRow)
  }

  private def measured(
      listeners: Vector[(String, SparkListener)],
      rows: Vector[Array[SparkListenerEvent]]
  ): Map[String, Vector[(Long, Long)]] = {
    val meter = new Meter
    val costs = rows.zipWithIndex.flatMap { case (row, turn) =>
      listeners.indices.map { index =>
        val (name, listener) = listeners((index + turn) % listeners.size)
        name -> meter.measured(() => pass(listener, row), () => isBusy(listener))
      }
    }
    listeners.map { case (name, _) => name -> costs.collect { case (other, cost) if other == name => cost } }.toMap
  }

  private val bus = new DirectBus

  private def isBusy(listener: SparkListener): Boolean = listener.isInstanceOf[RecordedAgent] && isAgentBusy

  private def isAgentBusy: Boolean = status match {
    case told: Json.Obj => told.get("work_waiting").exists(_ != Json.num(0L))
    case _              => false
  }

  private def pass(listener: SparkListener, row: Array[SparkListenerEvent]): Unit = {
    var index = 0
    while (index < row.length) {
      bus.pass(listener, row(index))
      index += 1
    }
  }

  /** Proof that clusop worked: what its agent says of itself. */
  private def status: Json = {
    val functions = System.getProperties.get("com.clusop.agent").asInstanceOf[java.util.Map[String, AnyRef]]
    val call = functions.get("call").asInstanceOf[java.util.function.Function[String, String]]
    JsonReader.read(call.apply("{\"op\":\"status\"}")).fold(problem => Json.str(problem.what), found => found)
  }

  private def lineCount(file: String): Long = {
    val path = Paths.get(file)
    if (!Files.exists(path)) 0L
    else {
      val lines = Files.lines(path)
      try lines.count()
      finally lines.close()
    }
  }
}
