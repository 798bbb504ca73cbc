package com.clusop.listener.analysis

import scala.collection.mutable

import com.clusop.listener.json.CodePointOrder
import com.clusop.listener.plan.{Dialect, Explanation, ExplanationVerdict, Kind}
import com.clusop.listener.{Fraction, Reason}

/** The diagnosis of one run: verdict, islands, causes and time. Everything but money. Mirror of `clusop.analysis.diagnosis`. */
object Diagnose {

  /** Diagnose one run. `nativeTimeSeen`: the engine's task accumulable occurs somewhere in the same application. */
  def of(observed: Observed, nativeTimeSeen: Boolean = false): Diagnosis = {
    val engine = Engine.resolve(observed)
    val spoken = Dialect.of(if (Dialect.ids.contains(engine.name)) engine.name else Dialect.PlainSpark)
    val judged = observed.readings.map { reading =>
      Judge.judge(Judge.readingToJudge(reading, observed.text, engine), observed, engine, spoken)
    }
    val plans = judged.map(_.plan)
    val verdict = Judge.worst(plans.map(_.verdict))
    val explanation = explanationOf(observed)
    val findings = plans.indices.iterator.flatMap { graph =>
      val own = plans(graph).reading.explanation
      val said = if (own.verdict == ExplanationVerdict.Absent) explanation else own
      Causes.find(plans(graph), graph, spoken, said, observed.engineWords)
    }.toVector
    val timed = Timing.timeOf(observed, judged, spoken, nativeTimeSeen)
    val numbers = timed.islands.indices.iterator.map(at => (timed.islands(at).graph, timed.islands(at).number) -> at).toMap
    val islands = timed.islands.indices.iterator.map(at => timed.islands(at).copy(number = at)).toVector
    // Islands are numbered through all graphs, so that a number means one island in the whole query.
    val numbered = findings.map(one => one.copy(island = one.island.flatMap(number => numbers.get((one.graph, number)))))
    Diagnosis(
      observed = observed,
      explanation = explanation.verdict,
      engine = engine,
      dialect = spoken.id,
      role = RoleOf.of(plans, observed.text.flatMap(_.plan).toVector, verdict),
      verdict = verdict,
      verdictReasons =
        if (plans.nonEmpty) verdictReasons(plans, verdict, explanation)
        else if (observed.problems.nonEmpty) observed.problems
        else Vector(Reason("empty")),
      plans = plans,
      nativeOperatorCount = plans.iterator.map(countNative).sum,
      jvmOperators = jvmOperators(plans, spoken),
      newNativeNames = newNames(plans, spoken),
      islands = islands,
      findings = new FindingTimes(timed, islands, judged).of(numbered),
      time = timed.split
    )
  }

  private def explanationOf(observed: Observed): Explanation =
    (observed.readings ++ observed.text)
      .map(_.explanation)
      .find(_.verdict != ExplanationVerdict.Absent)
      .getOrElse(Explanation.Absent)

  private def verdictReasons(plans: Vector[JudgedPlan], verdict: Verdict, explanation: Explanation): Vector[Reason] = {
    val reasons = plans.filter(_.verdict == verdict).flatMap(_.reasons).distinct
    if (verdict != Verdict.Native || explanation.verdict != ExplanationVerdict.NotFully) reasons
    else {
      val named = explanation.blocks.map(_.subject).filter(_.nonEmpty).map(_.takeWhile(_ != ' ')).distinct.mkString("; ")
      val part = if (named.isEmpty) "a part" else named
      (reasons :+ Reason("explanation-disagrees", s"it names $part, which costs nothing here.")).distinct
    }
  }

  private def countNative(plan: JudgedPlan): Int =
    plan.kinds.indices.count(index => (plan.kinds(index) eq Kind.Native) && plan.ran(index))

  private def jvmOperators(plans: Vector[JudgedPlan], spoken: Dialect): Vector[(String, Int)] = {
    val counts = mutable.HashMap.empty[String, Int]
    for (judged <- plans; plan <- judged.reading.plan)
      judged.kinds.indices.foreach { index =>
        val name = plan.operators(index).name
        if (judged.ran(index) && Judge.isJvmWork(name, judged.kinds(index), spoken))
          counts.put(name, counts.getOrElse(name, 0) + 1)
      }
    counts.toVector.sortWith { case ((one, many), (other, few)) =>
      if (many != few) many > few else CodePointOrder.compare(one, other) < 0
    }
  }

  private def newNames(plans: Vector[JudgedPlan], spoken: Dialect): Vector[String] = {
    val names = mutable.HashSet.empty[String]
    for (judged <- plans; plan <- judged.reading.plan)
      judged.kinds.indices.foreach { index =>
        val operator = plan.operators(index)
        if ((judged.kinds(index) eq Kind.Native) && operator.flaggedNative.isEmpty) names += operator.name
      }
    names.iterator.filter(name => spoken.isNew(name)).toVector.sorted(CodePointOrder)
  }
}

/** Gives findings their share of the query's run time, or the reason why there is none. */
private final class FindingTimes(timed: Timed, islands: Vector[Island], judged: Vector[Judged]) {
  private val basis = timed.split.ratioBasis

  def of(findings: Vector[Finding]): Vector[Finding] = {
    val totals = mutable.HashMap.empty[Int, Int]
    for (finding <- findings; island <- finding.island)
      totals.put(island, totals.getOrElse(island, 0) + finding.operatorCount)
    findings.map { finding =>
      val share = finding.island match {
        case Some(island) => Fraction(finding.operatorCount.toLong, totals(island).toLong)
        case None         => Fraction.One
      }
      withTime(finding, share)
    }
  }

  private def withTime(finding: Finding, share: Fraction): Finding = timed.split.runMs match {
    case None =>
      val why = timed.split.reasons.headOption.getOrElse(Reason("no-times"))
      finding.copy(timeReason = Some(why), ratioBasis = RatioBasis.Structure)
    case Some(runMs) if runMs.isZero => finding.copy(timeReason = Some(Reason("no-tasks")), ratioBasis = basis)
    case Some(runMs)                 =>
      finding.island match {
        case Some(island) => inIsland(finding, islands(island), share, runMs)
        case None         => offIsland(finding, runMs)
      }
  }

  private def inIsland(finding: Finding, island: Island, share: Fraction, runMs: Fraction): Finding = island.timeMs match {
    case None         => finding.copy(timeReason = island.timeReason, ratioBasis = basis)
    case Some(timeMs) =>
      // Accumulators updated in this execution are the third witness that the operator worked here.
      val isMeasured = island.stageIds.nonEmpty && !timeMs.isZero
      val part = if (island.isUpperBound) Fraction.One else share // part of a bound is no bound
      finding.copy(
        witnesses = if (isMeasured) finding.witnesses :+ Witness.Metrics else finding.witnesses,
        timeRatio = Some(timeMs * part / runMs),
        timeReason = if (part != Fraction.One) Some(Reason("shared-island")) else None,
        ratioBasis = basis,
        isUpperBound = island.isUpperBound
      )
  }

  /** Time of a row source or a lone exchange: its stages' time off the engine, shared by what else ran there on the JVM. */
  private def offIsland(finding: Finding, runMs: Fraction): Finding = {
    val stages = judged(finding.graph).located.map(_.stages(finding.index)).getOrElse(Array.empty[Int])
    val isObserved = stages.exists(timed.rowSourceStageIds)
    if (stages.exists(timed.islandStageIds)) finding.copy(timeReason = Some(Reason("counted-with-island")), ratioBasis = basis)
    else
      timed.rowSourceMs match {
        case Some(rowSourceMs) if isObserved =>
          finding.copy(timeRatio = Some(rowSourceMs / runMs), ratioBasis = basis, isUpperBound = true)
        case _ => finding.copy(timeReason = Some(Reason("island-not-located")), ratioBasis = basis)
      }
  }
}
