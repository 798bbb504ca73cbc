package com.clusop.listener.collect

import java.util.Properties
import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.analysis.{Cluster, EngineFact, Observed, StageRun}
import com.clusop.listener.deliver.{SeenExecution, Sink, StageDone, WorkloadFacts}
import com.clusop.probe.CountedLosses
import org.scalatest.funsuite.AnyFunSuite

/** What the agent's thread makes of stages, when something in between fails. */
final class AssessorSuite extends AnyFunSuite {

  private final class Told extends Sink {
    var stages = Vector.empty[StageDone]
    var calls = Vector.empty[String]
    var workloads = Vector.empty[WorkloadFacts]
    override def executed(seen: SeenExecution): Unit = ()
    override def stageDone(done: StageDone): Unit = stages = stages :+ done
    override def executors(atMs: Long, slotsByNodeType: Vector[(String, Int)]): Unit = calls = calls :+ "executors"
    override def runsOn(cluster: Cluster, workload: WorkloadFacts): Unit = {
      calls = calls :+ s"runsOn ${workload.workspace}"
      workloads = workloads :+ workload
    }
    override def lost(reason: String, count: Long): Unit = ()
    override def applicationEnded(): Unit = calls = calls :+ "ended"
  }

  /** Fails at the stages named. */
  private final class Failing(stageIds: Set[Int]) extends Appraising {
    override def worked(stage: StageRun, cluster: Cluster, folds: Int): Unit =
      if (stageIds(stage.stageId)) throw new LinkageError(s"stage ${stage.stageId}")
    override def engineOf(configured: EngineFact): String = configured.name
    override def appraise(
        observed: Observed,
        cluster: Cluster,
        configured: EngineFact,
        folds: Int,
        nativeTimeSeen: Boolean
    ): Appraised = throw new IllegalStateException
  }

  private val context = new Context(ApplicationFacts(), (new Environment).snapshot, new Timeline(10).view)

  private def attempt(stageId: Int): Attempt = {
    val sums = new StageSums(stageId, 0)
    sums.submittedAtMs = 1000
    sums.completedAtMs = 2000
    sums.add(new TaskTimes(1000, 2000, 1000, Readings.NoInteger, true, false, false, 1000))
    new Attempt(sums)
  }

  private def assessor(sink: Sink, losses: CountedLosses, failing: Int*): Assessor = {
    val facts = new FactSource(name => if (name.endsWith("workspace")) "17" else "", _ => "")
    val limits = Limits()
    new Assessor(new Failing(failing.toSet), facts, sink, limits, new AtomicLong, new LiveRoom(1), losses, () => 0L)
  }

  test("a stage that cannot be counted takes no other stage's hours with it") {
    val (sink, losses) = (new Told, new CountedLosses)
    val failure = intercept[LinkageError](assessor(sink, losses, 1, 3).takeOthers(Array(1, 2, 3, 4).map(attempt), context))
    assert(failure.getMessage == "stage 1")
    assert(sink.stages.size == 2)
    // The first is counted by whoever runs the task.
    assert(losses.of("agent-error") == 1)
  }

  test("on what an application runs is told before its slots are, and at its end") {
    val sink = new Told
    val made = assessor(sink, new CountedLosses)
    made.slots(1000, context)
    made.ended(context)
    assert(sink.calls == Vector("runsOn 17", "executors", "runsOn 17", "ended"))
  }

  private def jobOf(id: String, task: String): Properties = {
    val properties = new Properties
    properties.setProperty("spark.databricks.job.id", id)
    properties.setProperty("spark.databricks.job.taskKey", task)
    properties
  }

  test("whose work it is, is told as soon as a job says so, once, and taken back where jobs differ") {
    val (sink, environment) = (new Told, new Environment)
    val made = assessor(sink, new CountedLosses)
    def now = new Context(ApplicationFacts(name = "nightly"), environment.snapshot, new Timeline(10).view)
    def worked(): Unit = made.takeOthers(Array.empty, now)
    environment.updated(Vector("spark.plugins" -> "org.apache.spark.CometPlugin"))
    worked()
    worked()
    environment.jobStarted(jobOf("42", "load"))
    worked()
    worked()
    environment.jobStarted(jobOf("42", "check"))
    worked()
    environment.jobStarted(jobOf("43", "load"))
    worked()
    assert(sink.workloads.map(one => (one.jobId, one.taskKey)) == Vector("" -> "", "42" -> "load", "42" -> "", "" -> ""))
    assert(sink.workloads.map(one => (one.workloadName, one.engine)).distinct == Vector("nightly" -> "comet"))
  }

  private def submitted(environment: Environment, id: String, kind: String): JobIdentity = {
    val properties = jobOf(id, "load")
    properties.setProperty("spark.databricks.workload.name", kind)
    environment.jobStarted(properties)
  }

  test("a one-time submit has no job of its own: its id says as little as its run's") {
    val environment = new Environment
    assert(submitted(environment, "42", "JobRun").id == "42")
    assert(environment.snapshot.single.id == "42")
    assert(submitted(environment, "43", "SubmitRun").id.isEmpty && submitted(environment, "44", "SubmitRun").taskKey == "load")
    assert(environment.snapshot.single.id.isEmpty, "not all is the saved job's")
  }

  test("work beside a saved job's is its own: a submit's, a notebook's; what tells nothing is the one job's") {
    val environment = new Environment
    val facts = new FactSource(_ => "", _ => "")
    def jobIdOf(identity: JobIdentity): String = {
      val here = new Context(ApplicationFacts(name = "app"), environment.snapshot, new Timeline(10).view)
      val execution = new Execution(1)
      execution.job = identity
      facts.workloadOf(new FinishedExecution(execution, Array.empty, false, here, null), "photon").jobId
    }
    val saved = submitted(environment, "42", "JobRun")
    assert((jobIdOf(saved), jobIdOf(JobIdentity.Nobody)) == ("42" -> "42"))
    val notebook = new Properties
    notebook.setProperty("spark.databricks.notebook.path", "/Shared/explore")
    val others = Vector(environment.jobStarted(notebook), submitted(environment, "43", "SubmitRun"))
    assert(others.map(jobIdOf) == Vector("", ""))
    assert((jobIdOf(saved), jobIdOf(JobIdentity.Nobody)) == ("42" -> ""))
  }

  test("a hundred submits, each a job id and a dated name of its own, are one workload") {
    val facts = new FactSource(_ => "", _ => "")
    val keys = Vector.tabulate(100) { number =>
      val environment = new Environment
      val date = f"2026-${number % 12 + 1}%02d-${number % 28 + 1}%02d"
      val tags = s"""[{"key":"RunName","value":"nightly load $date #$number"},{"key":"JobId","value":"$number"}]"""
      environment.updated(Vector(
        Environment.Tags + "clusterAllTags" -> tags,
        Environment.Tags + "clusterName" -> s"job-$number-run-${number * 7}"
      ))
      val execution = new Execution(1)
      execution.job = submitted(environment, number.toString, "SubmitRun")
      val here = new Context(ApplicationFacts(name = "Databricks Shell"), environment.snapshot, new Timeline(10).view)
      val found = facts.workloadOf(new FinishedExecution(execution, Array.empty, false, here, null), "photon")
      com.clusop.listener.deliver.Deliverer.workloadOf(found, Array[Byte](1)).key
    }
    assert(keys.distinct.size == 1 && keys.head.startsWith("name:"), keys.distinct)
  }

  test("what somebody tells later counts from then on") {
    var tier = ""
    var situation: AnyRef = new Object
    val facts = new FactSource(name => if (name.endsWith("tier")) tier else "", _ => "", "", () => (situation, ""))
    val environment = new Environment().snapshot
    assert(facts.clusterOf(environment, Vector.empty).tier.isEmpty)
    tier = "PREMIUM"
    situation = new Object
    assert(facts.clusterOf(environment, Vector.empty).tier == "PREMIUM")
    assert(facts.revision == 1)
  }
}
