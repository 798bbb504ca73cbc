package com.clusop.probe

import com.clusop.listener.collect.Limits
import com.clusop.listener.json.{Json, JsonWriter}
import org.apache.spark.scheduler.{MadeEvents, SparkListenerEvent, SparkListenerStageCompleted, StageInfo}
import org.apache.spark.sql.execution.SparkPlanInfo

/** What the collector makes of bad days: `java -cp … com.clusop.probe.CollectedScenarios NAME` prints one JSON object. */
object CollectedScenarios {
  import ScenarioReport.{report, runMs}

  private val StartMs = 1700000000000L

  def main(arguments: Array[String]): Unit = println(JsonWriter.canonical(run(arguments(0))))

  private def run(name: String): Json = name match {
    case "overlapping"   => overlapping(1000)
    case "too-many"      => overlapping(1003)
    case "large-plan"    => largePlan(100000)
    case "deep-plan"     => deepPlan(20000)
    case "no-room"       => noRoom()
    case "gaps"          => gaps()
    case "armed-late"    => armedLate()
    case "clock"         => clock()
    case "grace"         => grace()
    case "never-settles" => neverSettles()
    case "taken"         => taken()
    case "refused"       => refused()
    case "stopped"       => stopped()
    case "secrets"       => secrets()
    case "breathing"     => breathing()
    case "many"          => many(100000)
    case "unsteady"      => unsteady(2000)
  }

  private def plan(id: Long): SparkPlanInfo =
    MadeEvents.plan("HashAggregate", "keys=[a#1]", Seq(MadeEvents.plan("Scan parquet", s"t$id", Nil, id * 10)), id * 10 + 1)

  private def text(size: Int): String = "+- x\n" * (size / 5)

  private def begun(application: CollectedApplication): Unit = {
    application.accept(MadeEvents.applicationStart(StartMs))
    application.accept(MadeEvents.environment("spark.app.name" -> "made"))
    application.accept(MadeEvents.executorAdded(StartMs + 1, "1", "host", 8))
  }

  /** All events of an execution with one job of one stage of two tasks, but the end. */
  private def body(id: Long, textSize: Int): Vector[SparkListenerEvent] = {
    val at = StartMs + 1000 + id
    val properties = MadeEvents.properties(Some(id))
    val stage = MadeEvents.stage(id.toInt, 0, 2)
    stage.submissionTime = Some(at)
    val tasks = Vector(0L, 1L).map(number => MadeEvents.task(id * 2 + number, at, isSpeculative = false))
    Vector(
      MadeEvents.executionStart(id, s"query $id", plan(id), text(textSize), at, Map.empty),
      MadeEvents.jobStart(id.toInt, at, Seq(stage), properties),
      MadeEvents.submitted(stage, properties)
    ) ++ tasks.map(MadeEvents.taskStart(stage, _)) ++ tasks.map(MadeEvents.taskEnd(stage, _, at + 50, 40, "good", 0)) ++ {
      stage.completionTime = Some(at + 60)
      MadeEvents.accumulated(stage, 1, "internal.metrics.executorRunTime", 80)
      MadeEvents.accumulated(stage, id * 10, "number of output rows", 5)
      MadeEvents.accumulated(stage, id * 10 + 1, "number of output rows", 5)
      Vector(MadeEvents.completed(stage), MadeEvents.jobEnd(id.toInt, at + 61))
    }
  }

  /** The accumulables of each stage change while they are copied, as a straggler's do; those of the first are broken for good. */
  private def unsteady(count: Int): Json = {
    val application = new CollectedApplication
    begun(application)
    @volatile var current: StageInfo = null
    @volatile var isOver = false
    val straggler = new Thread(new Runnable {
      def run(): Unit = while (!isOver) {
        val stage = current
        if (stage != null) {
          (0 until 64).foreach(at => MadeEvents.accumulated(stage, 1000000L + at, "late", 1))
          (0 until 64).foreach(at => stage.accumulables.remove(1000000L + at))
        }
      }
    })
    straggler.start()
    (0 until count).foreach { id =>
      val events = body(id.toLong, 0)
      val stage = events.collectFirst { case completed: SparkListenerStageCompleted => completed.stageInfo }.get
      if (id == 0) stage.accumulables.put(7L, null): Unit else current = stage
      (events :+ end(id.toLong)).foreach(application.accept)
    }
    isOver = true
    straggler.join()
    val runs = application.seen.iterator
    var exact = 0
    while (runs.hasNext) if (runMs(runs.next()) == "80") exact += 1
    report(application, "exact" -> Json.num(exact.toLong))
  }

  private def end(id: Long): SparkListenerEvent = MadeEvents.executionEnd(id, StartMs + 2000 + id, Some(""))

  private def overlapping(count: Int): Json = {
    val application = new CollectedApplication
    begun(application)
    val parts = (0 until count).map(id => body(id.toLong, 2000))
    parts.head.indices.foreach(step => parts.foreach(part => application.accept(part(step))))
    val peakBytes = application.collector.retainedBytes
    (0 until count).foreach(id => application.accept(end(id.toLong)))
    report(application, "peak_bytes" -> Json.num(peakBytes))
  }

  private def largePlan(nodes: Int): Json = {
    val leaves = Vector.tabulate(nodes - 1)(index => MadeEvents.plan("Scan parquet", s"t$index", Nil, index.toLong))
    one(MadeEvents.plan("Union", "", leaves, -1))
  }

  private def deepPlan(depth: Int): Json = {
    var top = MadeEvents.plan("Scan parquet", "t", Nil, 1)
    (0 until depth).foreach(index => top = MadeEvents.plan("Project", "[a#1]", Seq(top), index + 2L))
    one(top)
  }

  private def one(plan: SparkPlanInfo): Json = {
    val application = new CollectedApplication
    begun(application)
    application.accept(MadeEvents.executionStart(1, "large", plan, "", StartMs, Map.empty))
    application.accept(end(1))
    report(application)
  }

  private def noRoom(): Json = {
    val application = new CollectedApplication(Limits(heldBytes = 50000), null, true)
    begun(application)
    (0 until 5).foreach(id => body(id.toLong, 5000).take(1).foreach(application.accept))
    val peakBytes = application.collector.retainedBytes
    (0 until 5).foreach { id =>
      body(id.toLong, 5000).drop(1).foreach(application.accept)
      application.accept(end(id.toLong))
    }
    report(application, "peak_bytes" -> Json.num(peakBytes))
  }

  private def gaps(): Json = {
    val application = new CollectedApplication
    begun(application)
    body(1, 0).foreach(application.accept)
    application.accept(end(1))
    // An end without its start, then a stage without its job.
    body(2, 0).drop(1).foreach(application.accept)
    application.accept(end(2))
    val third = body(3, 0)
    (third.take(1) ++ third.drop(2)).foreach(application.accept)
    application.accept(end(3))
    report(application)
  }

  private def armedLate(): Json = {
    val application = new CollectedApplication
    body(5, 0).drop(3).foreach(application.accept)
    body(7, 0).foreach(application.accept)
    application.accept(end(5))
    application.accept(end(7))
    application.accept(end(9))
    application.accept(MadeEvents.applicationEnd(StartMs + 9000))
    report(application)
  }

  /** The clock goes back an hour between every two events. */
  private def clock(): Json = {
    val application = new CollectedApplication
    begun(application)
    val stage = MadeEvents.stage(1, 0, 3)
    val properties = MadeEvents.properties(Some(1))
    application.accept(MadeEvents.executionStart(1, "q", plan(1), "", StartMs, Map.empty))
    application.accept(MadeEvents.jobStart(1, StartMs - 3600000, Seq(stage), properties))
    stage.submissionTime = Some(StartMs - 7200000)
    application.accept(MadeEvents.submitted(stage, properties))
    val jumps = Vector(StartMs - 10800000, StartMs - 14400000, StartMs + 86400000L * 400)
    jumps.zipWithIndex.foreach { case (at, index) =>
      val task = MadeEvents.task(index.toLong, StartMs - 9000000, isSpeculative = false)
      application.accept(MadeEvents.taskStart(stage, task))
      application.accept(MadeEvents.taskEnd(stage, task, at, 1000, "good", 0))
    }
    application.accept(MadeEvents.executorAdded(StartMs - 18000000, "2", "host", 4))
    stage.completionTime = Some(StartMs - 21600000)
    application.accept(MadeEvents.completed(stage))
    application.accept(MadeEvents.executionEnd(1, StartMs - 25200000, None))
    application.accept(MadeEvents.applicationEnd(StartMs - 28800000))
    report(application, "hours" -> Json.num(application.stages.size.toLong))
  }

  /** The last stage ends after its execution, within the grace. */
  private def grace(): Json = {
    val application = new CollectedApplication
    begun(application)
    val events = body(1, 0)
    events.dropRight(2).foreach(application.accept)
    application.accept(end(1))
    val early = application.seen.size
    application.nowMs.addAndGet(4000)
    application.collector.tick()
    val stillWaiting = application.seen.size
    events.takeRight(2).foreach(application.accept)
    report(application, "early" -> Json.num(early.toLong), "still" -> Json.num(stillWaiting.toLong))
  }

  /** The stage's end was lost: the next event after the grace, or the agent's own clock, lets the execution go. */
  private def neverSettles(): Json = {
    val application = new CollectedApplication
    begun(application)
    Vector(1L, 2L).foreach { id =>
      body(id, 0).dropRight(2).foreach(application.accept)
      application.accept(end(id))
    }
    application.nowMs.addAndGet(6000)
    application.collector.tick()
    val byTick = application.seen.size
    body(3, 0).dropRight(2).foreach(application.accept)
    application.accept(end(3))
    application.nowMs.addAndGet(6000)
    body(4, 0).foreach(application.accept)
    application.accept(end(4))
    // What comes after all that belongs to nobody's query any more.
    Vector(1L, 3L).foreach(id => body(id, 0).takeRight(2).foreach(application.accept))
    report(application, "by_tick" -> Json.num(byTick.toLong))
  }

  /** The bus and the agent's thread race for executions that never settle; each must come out once. */
  private def taken(): Json = {
    val application = new CollectedApplication(Limits(graceMs = 0), null, false)
    begun(application)
    val count = 20000
    @volatile var isOver = false
    val agent = new Thread(() =>
      while (!isOver || application.waitingCount > 0) {
        application.drain()
        application.collector.tick()
      }
    )
    agent.start()
    (0 until count).foreach { id =>
      val events = body(id.toLong, 0)
      events.dropRight(2).foreach(application.accept)
      application.accept(end(id.toLong))
      events.takeRight(2).foreach(application.accept)
    }
    application.accept(MadeEvents.applicationEnd(StartMs + 90000))
    isOver = true
    agent.join()
    application.drain()
    val ids = new java.util.HashSet[String]
    val each = application.seen.iterator
    while (each.hasNext) ids.add(each.next().assessment.diagnosis.observed.queryId)
    report(application, "distinct" -> Json.num(ids.size.toLong))
  }

  private def refused(): Json = {
    val application = new CollectedApplication
    begun(application)
    application.refuses = true
    (0 until 50).foreach { id =>
      body(id.toLong, 1000).foreach(application.accept)
      application.accept(end(id.toLong))
    }
    report(application)
  }

  private def stopped(): Json = {
    val application = new CollectedApplication
    begun(application)
    (0 until 20).foreach(id => body(id.toLong, 1000).take(5).foreach(application.accept))
    application.collector.stop("disarmed")
    (0 until 20).foreach(id => application.accept(end(id.toLong)))
    report(application)
  }

  private def secrets(): Json = {
    val application = new CollectedApplication
    begun(application)
    val planted = Vector(
      "spark.databricks.token" -> "dapi-planted",
      "user" -> "planted@example.com",
      "spark.databricks.job.id" -> "42",
      "spark.databricks.notebook.path" -> "/Users/planted/etl",
      "spark.hadoop.fs.secret" -> "planted"
    )
    val properties = MadeEvents.properties(Some(1), planted: _*)
    val stage = MadeEvents.stage(1, 0, 1)
    application.accept(MadeEvents.environment(planted: _*))
    val start =
      MadeEvents.executionStart(1, "collect at /home/ann/planted/etl.py:12", plan(1), "", StartMs, Map("k" -> "planted"))
    application.accept(start)
    application.accept(MadeEvents.jobStart(1, StartMs, Seq(stage), properties))
    application.accept(MadeEvents.submitted(stage, properties))
    application.accept(MadeEvents.completed(stage))
    application.accept(end(1))
    val seen = application.seen.peek
    report(
      application,
      "workload" -> Json.str(seen.workload.toString),
      "cluster" -> Json.str(seen.cluster.toString),
      "call_site" -> Json.str(seen.callSite),
      "job" -> Json.str(seen.workload.jobId)
    )
  }

  /** A cluster whose executors come and go for ever. */
  private def breathing(): Json = {
    val application = new CollectedApplication(Limits(changes = 100), null, true)
    begun(application)
    (0 until 2000).foreach { index =>
      val at = StartMs + 1000L * index
      application.accept(MadeEvents.executorAdded(at, s"e$index", s"h${index % 7}", 4))
      if (index >= 3) application.accept(MadeEvents.executorRemoved(at + 500, s"e${index - 3}"))
    }
    body(1, 0).foreach(application.accept)
    application.accept(end(1))
    val (cluster, _) = application.collector.lastSeen
    val last = cluster.epochs.last
    report(
      application,
      "epochs" -> Json.num(cluster.epochs.size.toLong),
      "slots" -> Json.num(last.slotCount.toLong),
      "workers" -> Json.num(last.workerCount.toLong)
    )
  }

  private def many(count: Int): Json = {
    val application = new CollectedApplication
    begun(application)
    (0 until 1000).foreach { id =>
      body(id.toLong, 1000).foreach(application.accept)
      application.accept(end(id.toLong))
    }
    application.seen.clear()
    application.stages.clear()
    val before = usedBytes()
    var verdicts = 0L
    (1000 until count).foreach { id =>
      body(id.toLong, 1000).foreach(application.accept)
      application.accept(end(id.toLong))
      verdicts += application.seen.size
      application.seen.clear()
      application.stages.clear()
    }
    val after = usedBytes()
    report(application, "assessed" -> Json.num(verdicts), "grown_bytes" -> Json.num(after - before))
  }

  private def usedBytes(): Long = {
    (0 until 3).foreach(_ => System.gc())
    val runtime = Runtime.getRuntime
    runtime.totalMemory - runtime.freeMemory
  }
}
