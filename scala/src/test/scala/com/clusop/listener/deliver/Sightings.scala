package com.clusop.listener.deliver

import com.clusop.listener.analysis._
import com.clusop.listener.json.{Json, JsonReader}
import com.clusop.listener.plan.{ExplanationVerdict, Kind, Operator, Phase, Plan, PlanReading, PlanSource}
import com.clusop.listener.pricing.{Known, Unpriced}
import com.clusop.listener.{Fraction, Reason}

/** Sightings built by hand: one Python UDF in a Photon plan. */
object Sightings {
  val AgentId: String = "0123456789abcdef0123456789abcdef"
  private val NoPrice = Unpriced(Reason("no-query-shape"))

  def seen(
      cause: String = "python-udf",
      runMs: Long = 1000,
      islandMs: Long = 400,
      atMs: Long = 5000,
      operators: Int = 4,
      arguments: String = "[f(x#1)]",
      cluster: Cluster = Cluster(),
      facts: WorkloadFacts = WorkloadFacts(workspace = "1", workloadName = "nightly", engine = "photon"),
      status: RunStatus = RunStatus.Succeeded,
      verdict: Verdict = Verdict.Fallback,
      description: String = "",
      queryId: String = "7",
      owner: String = "me"
  ): SeenExecution = {
    val names = Vector("PhotonResultStage", "BatchEvalPython") ++ Vector.fill(operators - 2)("PhotonProject")
    val plan = Plan(names.zipWithIndex.map { case (name, index) => Operator(name, index - 1, arguments = arguments) })
    val reading = PlanReading(Some(plan), Phase.Final, PlanSource.PlanInfo)
    val kinds = names.map(name => if (name == "BatchEvalPython") Kind.Python else Kind.Native)
    val judged = JudgedPlan(reading, kinds, kinds.map(kind => if (kind == Kind.Python) 0 else -1), kinds.map(_ => true), verdict)
    val finding = Finding(
      cause,
      "BatchEvalPython",
      0,
      1,
      detail = "secret detail",
      island = Some(0),
      functions = Vector("upper", "my_secret_udf"),
      timeRatio = Some(Fraction(islandMs, runMs)),
      ratioBasis = RatioBasis.Measured
    )
    val ms = (value: Long) => Some(Fraction(value))
    val time = TimeSplit(ms(runMs), ms(runMs - islandMs), RatioBasis.Measured, ms(islandMs), ms(0), ms(0), ms(0), ms(0))
    val observed = Observed(
      queryId,
      Source.Live,
      Vector(reading),
      EngineFact("photon", EngineState.On),
      StageTimes(Vector.empty),
      description = description,
      status = status,
      startAtMs = Some(atMs - runMs),
      endAtMs = Some(atMs)
    )
    val diagnosis = Diagnosis(
      observed,
      ExplanationVerdict.Absent,
      observed.engine,
      "photon",
      Role.User,
      verdict,
      Vector.empty,
      Vector(judged),
      operators - 1,
      Vector.empty,
      Vector.empty,
      Vector.empty,
      Vector(finding),
      time
    )
    val leg = Leg(0.9)
    val assessment = QueryAssessment(
      diagnosis,
      QueryCost(NoPrice, NoPrice, NoPrice),
      Confidence(leg, leg, leg, leg),
      Proposal(Action.Fix, "Fix it.")
    )
    SeenExecution(assessment, Known(Fraction(1, 10)), cluster, facts, owner, "collect at /home/ann/load.py:7", atMs)
  }

  /** One execution of a plan with `count` problems, the first highest; `ratioOf` gives each its share of time. */
  def many(count: Int, ratioOf: Int => Option[Fraction] = _ => Some(Fraction(1, 100000)), taskKey: String = ""): SeenExecution = {
    val facts = WorkloadFacts(workspace = "1", workloadName = "nightly", engine = "photon", taskKey = taskKey)
    val base = seen(operators = count + 2, facts = facts)
    val one = base.assessment.diagnosis.findings.head
    val findings = Vector.tabulate(count)(at => one.copy(index = at + 1, island = Some(at), timeRatio = ratioOf(at)))
    base.copy(assessment = base.assessment.copy(diagnosis = base.assessment.diagnosis.copy(findings = findings)))
  }

  def read(line: String): Json.Obj = JsonReader.read(line) match {
    case Right(found: Json.Obj) => found
    case other                  => throw new IllegalStateException(other.toString)
  }

  def number(from: Json.Obj, name: String): Long = from.get(name) match {
    case Some(Json.Num(text)) => text.toLong
    case other                => throw new IllegalStateException(s"$name: $other")
  }

  def text(from: Json.Obj, name: String): String = from.get(name) match {
    case Some(Json.Str(found)) => found
    case other                 => throw new IllegalStateException(s"$name: $other")
  }
}
