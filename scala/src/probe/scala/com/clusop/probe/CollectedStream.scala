package com.clusop.probe

import java.io.PrintWriter
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}
import java.util.{Properties, Random}

import org.apache.spark.scheduler.{MadeEvents, SparkListenerEvent, StageInfo, TaskInfo}
import org.apache.spark.sql.execution.SparkPlanInfo

/** Random but possible streams of events: overlapping executions, retried stages, speculative and lost tasks, executors that
  * come and go, and now and then a gap or a clock that jumps. The same seed gives the same stream.
  *
  * `java -cp … com.clusop.probe.CollectedStream SEED COUNT FOLDER` writes COUNT event logs, as Spark writes them, and beside each
  * what the collector made of the same objects.
  */
object CollectedStream {
  def main(arguments: Array[String]): Unit = {
    val first = arguments(0).toLong
    (first until first + arguments(1).toLong).foreach { seed =>
      val folder = Paths.get(arguments(2))
      val application = new CollectedApplication
      val log = new PrintWriter(Files.newBufferedWriter(folder.resolve(s"$seed.jsonl"), UTF_8))
      log.println("{\"Event\":\"SparkListenerLogStart\",\"Spark Version\":\"3.5.9\"}")
      new CollectedStream(
        seed,
        event => {
          log.println(MadeEvents.json(event))
          application.accept(event)
        }
      ).run()
      log.close()
      Files.write(folder.resolve(s"$seed.json"), CollectedAnswer.of(application, masksWords = false).getBytes(UTF_8))
    }
  }
}

/** One stream. */
final class CollectedStream(seed: Long, take: SparkListenerEvent => Unit) {
  private val random = new Random(seed)
  private var nowMs = 1700000000000L + random.nextInt(3600000)
  private var stageIds = 0
  private var taskIds = 0L
  private var jobIds = 0
  private val isNative = random.nextBoolean()
  private val doesJump = random.nextInt(4) == 0
  private val drops = random.nextInt(4) == 0
  private val stragglers = scala.collection.mutable.ArrayBuffer.empty[() => Unit]
  private val executors = scala.collection.mutable.ArrayBuffer.empty[Int]

  private def pass(event: SparkListenerEvent): Unit = if (!drops || random.nextInt(25) > 0) take(event)

  private def wait_(most: Int): Long = {
    nowMs += random.nextInt(most + 1).toLong
    if (doesJump && random.nextInt(40) == 0) nowMs -= 5000 + random.nextInt(7200000)
    if (doesJump && random.nextInt(60) == 0) nowMs += 9000000
    nowMs
  }

  def run(): Unit = {
    take(MadeEvents.applicationStart(nowMs))
    take(MadeEvents.environment("spark.app.name" -> "made", "spark.master" -> "yarn", photon))
    executors += 1
    take(MadeEvents.executorAdded(wait_(50), "1", "host0", 4))
    val running = scala.collection.mutable.ArrayBuffer.empty[Iterator[() => Unit]]
    var started = 0
    val all = 1 + random.nextInt(8)
    while (started < all || running.nonEmpty) {
      if (started < all && (running.isEmpty || random.nextInt(10) == 0)) {
        running += (if (random.nextInt(6) == 0) job(None) else execution(started.toLong))
        started += 1
      } else {
        val index = random.nextInt(running.size)
        if (running(index).hasNext) running(index).next()() else running.remove(index): Unit
      }
      if (random.nextInt(30) == 0) executor()
      if (stragglers.nonEmpty && random.nextInt(12) == 0) stragglers.remove(0)()
    }
    stragglers.foreach(_())
    take(MadeEvents.applicationEnd(wait_(100)))
  }

  private def photon: (String, String) =
    if (isNative) "spark.databricks.clusterUsageTags.sparkVersion" -> "13.3.x-photon-scala2.12" else "spark.plugins" -> ""

  private def executor(): Unit = {
    val leaves = executors.size > 1 && random.nextInt(3) == 0
    if (leaves) pass(MadeEvents.executorRemoved(wait_(50), executors.remove(random.nextInt(executors.size)).toString))
    else {
      executors += 1 + random.nextInt(1000)
      pass(MadeEvents.executorAdded(wait_(50), executors.last.toString, s"host${random.nextInt(3)}", 1 + random.nextInt(8)))
    }
  }

  private def execution(id: Long): Iterator[() => Unit] = {
    val isAdaptive = random.nextBoolean()
    val ids = Vector.fill(4)(1000 + id * 10 + random.nextInt(8))
    val isOwnOff = random.nextInt(8) == 0
    val modified: Map[String, String] = if (isOwnOff) Map("spark.databricks.photon.enabled" -> "false") else Map.empty
    val error = if (random.nextInt(5) == 0) Some("it broke") else if (random.nextBoolean()) Some("") else None
    val start = () => {
      val planned = tree(isAdaptive, isFinal = false, ids)
      pass(MadeEvents.executionStart(id, s"query $id", planned, "", wait_(40), modified))
    }
    val update = () => pass(MadeEvents.planUpdate(id, "", tree(isAdaptive, isFinal = true, ids)))
    val told = () => pass(MadeEvents.driverAccumulated(id, ids.head -> random.nextInt(100).toLong))
    val end = () => pass(MadeEvents.executionEnd(id, wait_(40), error))
    val jobs = Iterator.range(0, 1 + random.nextInt(3)).flatMap(_ => job(Some(id), ids))
    Iterator(start) ++ jobs ++ (if (isAdaptive) Iterator(update) else Iterator.empty) ++ Iterator(told, end)
  }

  private def tree(isAdaptive: Boolean, isFinal: Boolean, ids: Vector[Long]): SparkPlanInfo = {
    val name = if (isNative) "Photon" else ""
    val scan = MadeEvents.plan(if (isNative) "PhotonScan" else "Scan parquet", "t", Nil, ids(0))
    val odd = MadeEvents.plan(if (id_ % 2 == 0) "Window" else s"${name}Filter", "[x#1]", Seq(scan), ids(1))
    val top = MadeEvents.plan(s"${name}Project", "[y#2]", Seq(odd), ids(2))
    if (isAdaptive) MadeEvents.plan("AdaptiveSparkPlan", s"isFinalPlan=$isFinal", Seq(top), -1) else top
  }
  private def id_ : Int = random.nextInt(2)

  private def job(execution: Option[Long], ids: Vector[Long] = Vector.empty): Iterator[() => Unit] = {
    val properties = MadeEvents.properties(execution, "user.token" -> "not-to-be-kept")
    val id = jobIds
    jobIds += 1
    val stages = Vector.fill(1 + random.nextInt(3)) {
      stageIds += 1
      (stageIds, 1 + random.nextInt(5))
    }
    val listed = stages.map { case (stage, tasks) => MadeEvents.stage(stage, 0, tasks) }
    val start = () => pass(MadeEvents.jobStart(id, wait_(20), listed, properties))
    val end = () => pass(MadeEvents.jobEnd(id, wait_(20), isFailed = random.nextInt(10) == 0))
    val attempts = stages.iterator.flatMap { case (stage, tasks) =>
      Iterator.range(0, if (random.nextInt(5) == 0) 2 else 1).flatMap(number => attempt(stage, number, tasks, properties, ids))
    }
    Iterator(start) ++ attempts ++ Iterator(end)
  }

  private def attempt(id: Int, number: Int, tasks: Int, properties: Properties, ids: Vector[Long]): Iterator[() => Unit] = {
    val stage = MadeEvents.stage(id, number, tasks)
    var runMs = 0L
    var nativeNs = 0L
    val submit = () => {
      stage.submissionTime = if (random.nextInt(20) == 0) None else Some(wait_(20))
      pass(MadeEvents.submitted(stage, properties))
    }
    val each = Iterator.range(0, tasks).flatMap { _ =>
      val isSpeculative = random.nextInt(10) == 0
      val outcome = if (random.nextInt(8) == 0) "lost" else if (isSpeculative) "killed" else "good"
      val ownMs = random.nextInt(3000).toLong
      val ownNs = if (isNative && random.nextInt(4) > 0) ownMs * 1000 * random.nextInt(1000) else 0L
      started(stage, isSpeculative).flatMap { task =>
        Iterator(() => {
          if (outcome != "lost") {
            runMs += ownMs
            nativeNs += ownNs
          }
          pass(MadeEvents.taskEnd(stage, task, wait_(4000), ownMs, outcome, ownNs))
        })
      }
    }
    val late = if (random.nextInt(6) == 0) Some(MadeEvents.task(taskId(), nowMs, isSpeculative = true)) else None
    val lateStart = late.iterator.map(task => () => pass(MadeEvents.taskStart(stage, task)))
    val complete = () => {
      stage.completionTime = Some(wait_(50))
      MadeEvents.accumulated(stage, 1, "internal.metrics.executorRunTime", runMs)
      if (nativeNs > 0) MadeEvents.accumulated(stage, 2, "internal.metrics.photonizedTaskTimeNs", nativeNs)
      ids.foreach(metric => MadeEvents.accumulated(stage, metric, "number of output rows", random.nextInt(5000).toLong))
      if (number == 0 && random.nextInt(6) == 0) MadeEvents.failed(stage)
      // Only the stage's end tells the collector its native time; the reader of a log could sum it up from tasks.
      if (isNative) take(MadeEvents.completed(stage)) else pass(MadeEvents.completed(stage))
    }
    val lateEnd = late.iterator.map(task => () => pass(MadeEvents.taskEnd(stage, task, wait_(900), 700, lateOutcome, 0)))
    // A straggler may outlive its execution; where its start was dropped nobody could wait for it.
    val outlives = !drops && random.nextBoolean()
    val deferral = () => lateEnd.foreach(stragglers += _)
    Iterator(submit) ++ each ++ lateStart ++ Iterator(complete) ++ (if (outlives) Iterator(deferral) else lateEnd)
  }

  private def lateOutcome: String = if (random.nextBoolean()) "killed" else "good"

  private def taskId(): Long = {
    taskIds += 1
    taskIds
  }

  /** Starts a task when the iterator is asked for it; tasks of one stage follow each other. */
  private def started(stage: StageInfo, isSpeculative: Boolean): Iterator[TaskInfo] = {
    val task = MadeEvents.task(taskId(), nowMs, isSpeculative)
    pass(MadeEvents.taskStart(stage, task))
    Iterator(task)
  }
}
