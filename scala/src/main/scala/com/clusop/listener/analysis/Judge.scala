package com.clusop.listener.analysis

import com.clusop.listener.Reason
import com.clusop.listener.plan.{Dialect, ExplanationVerdict, Kind, Phase, Plan, PlanReading, PlanSource}

/** A judged plan with where its operators ran. */
private[analysis] final case class Judged(plan: JudgedPlan, located: Option[Located])

/** The verdict on one plan: kinds, islands and what follows from them. Never dependent on time (DESIGN §4). Mirror of
  * `clusop.analysis.judge`.
  */
private[analysis] object Judge {
  private val Photon = "photon"

  /** Problems of a reading that may hide an operator. */
  private val Damage = Set("truncated-top", "truncated-plan")

  private def rank(verdict: Verdict): Int = verdict match {
    case Verdict.Fallback       => 5
    case Verdict.Unknown        => 4
    case Verdict.Partial        => 3
    case Verdict.Native         => 2
    case Verdict.NotAccelerated => 1
    case Verdict.Command        => 0
  }

  /** The verdict that counts for a query with several graphs. */
  def worst(verdicts: Vector[Verdict]): Verdict = if (verdicts.isEmpty) Verdict.Unknown else verdicts.maxBy(rank)

  /** The reading that shows what ran. A snapshot between re-plannings proves nothing under Photon; the text of the same moment
    * still has the initial plan, and that is judged instead.
    */
  def readingToJudge(reading: PlanReading, text: Option[PlanReading], engine: EngineFact): PlanReading = text match {
    case Some(shown)
        if reading.phase == Phase.Current && engine.name == Photon && shown.plan.isDefined && shown.phase != Phase.Current =>
      shown
    case _ => reading
  }

  /** Whether the operator is JVM data work: JVM and Python operators and the JVM's own shuffles. An engine's own exchange that
    * merely takes rows (CometColumnarExchange) is none.
    */
  def isJvmWork(name: String, kind: Kind, spoken: Dialect): Boolean =
    if (kind eq Kind.RowExchange) !spoken.nativePattern.exists(_.matcher(name).lookingAt()) else Islands.isMember(kind)

  /** Judge one graph of a run. */
  def judge(reading: PlanReading, observed: Observed, engine: EngineFact, spoken: Dialect): Judged = reading.plan match {
    case Some(plan) if plan.operators.nonEmpty => judgePlan(plan, reading, observed, engine, spoken)
    case _                                     =>
      val reasons = if (reading.problems.isEmpty) Vector(Reason("empty")) else reading.problems
      Judged(JudgedPlan(reading, Vector.empty, Vector.empty, Vector.empty, Verdict.Unknown, reasons), None)
  }

  private def judgePlan(plan: Plan, reading: PlanReading, observed: Observed, engine: EngineFact, spoken: Dialect): Judged = {
    val kinds = Dialect.classify(plan, spoken)
    val stages = observed.times match {
      case StageTimes(runs) => runs
      case _                => Vector.empty
    }
    val located = Located.locate(plan, kinds, stages)
    val sure = surely(plan, reading, spoken, located.ran)
    val found = new Judging(plan, reading, kinds, located.ran, sure, engine, spoken).verdict()
    val (verdict, reasons) =
      if (observed.eventsDropped && found._1 != Verdict.Fallback) (Verdict.Unknown, Vector(Reason("events-dropped"))) else found
    val islands =
      if (verdict == Verdict.Fallback || verdict == Verdict.Partial) Islands.numbers(plan, kinds, sure)
      else Vector.fill(plan.size)(Islands.Outside)
    Judged(JudgedPlan(reading, kinds, islands, located.ran, verdict, reasons), Some(located))
  }

  /** Which operators ran here without doubt. In doubt are those of a subquery whose own adaptive plan is not final, though the
    * query's is: a snapshot, as Photon is concerned (a text shows the subquery's initial plan instead).
    */
  private def surely(plan: Plan, reading: PlanReading, spoken: Dialect, ran: Vector[Boolean]): Vector[Boolean] =
    if (spoken.id != Photon || reading.source != PlanSource.PlanInfo || reading.phase != Phase.Final) ran
    else {
      val doubtful = new Array[Boolean](plan.size)
      plan.operators.indices.foreach { index =>
        val operator = plan.operators(index)
        val above = operator.parent != Plan.Root && doubtful(operator.parent)
        doubtful(index) =
          above || (operator.name == "AdaptiveSparkPlan" && operator.arguments.contains("isFinalPlan=false"))
      }
      ran.indices.iterator.map(index => ran(index) && !doubtful(index)).toVector
    }

  /** What one verdict looks at. `sure(i)` is false where an operator did not run here or its plan is not the final one. */
  private final class Judging(
      plan: Plan,
      reading: PlanReading,
      kinds: Vector[Kind],
      ran: Vector[Boolean],
      sure: Vector[Boolean],
      engine: EngineFact,
      spoken: Dialect
  ) {
    def verdict(): (Verdict, Vector[Reason]) = {
      val physical = kinds.indices.filter(index => doesWork(kinds(index)) && ran(index))
      if (physical.isEmpty) withoutWork
      else if (engine.state == EngineState.Off) {
        val isUnnamed = engine.name.isEmpty || engine.name == Dialect.PlainSpark
        val evidence = if (engine.evidence.isEmpty) "" else s" (${engine.evidence})"
        (Verdict.NotAccelerated, Vector(if (isUnnamed) Reason("no-engine") else Reason("engine-off", evidence)))
      } else if (engine.state == EngineState.Unknown) (Verdict.Unknown, Reason("no-engine-evidence") +: damage)
      else if (reading.phase == Phase.Current && spoken.id == Photon) (Verdict.Unknown, Vector(Reason("not-final")))
      else ofWork(physical)
    }

    private def ofWork(physical: IndexedSeq[Int]): (Verdict, Vector[Reason]) = {
      val work = physical.filter { index =>
        (kinds(index) ne Kind.Native) && isJvmWork(plan.operators(index).name, kinds(index), spoken)
      }
      val serious = work.filterNot(isLight)
      if (serious.exists(sure)) (Verdict.Fallback, Vector.empty)
      else if (serious.nonEmpty) (Verdict.Unknown, Vector(Reason("not-final")))
      else if (damage.nonEmpty) (Verdict.Unknown, damage)
      else if (work.nonEmpty) (Verdict.Partial, Vector.empty)
      else if (!physical.exists(index => kinds(index) eq Kind.Native)) (Verdict.Native, Vector(Reason("only-row-sources")))
      else (Verdict.Native, Vector.empty)
    }

    private def doesWork(kind: Kind): Boolean = kind match {
      case Kind.Wrapper | Kind.Command | Kind.Logical | Kind.Boundary => false
      case _                                                          => true
    }

    private lazy val damage: Vector[Reason] = reading.problems.filter(problem => Damage(problem.id))

    private def withoutWork: (Verdict, Vector[Reason]) = {
      val isCommand = kinds.exists(kind => kind == Kind.Command || kind == Kind.Logical) ||
        reading.explanation.verdict == ExplanationVerdict.Command
      if (isCommand) (Verdict.Command, Vector(Reason("command-only")))
      else (Verdict.Unknown, if (damage.isEmpty) Vector(Reason("empty")) else damage)
    }

    /** For each operator the nearest one above it that is no wrapper, or `Root`. */
    private lazy val aboveWrappers: Array[Int] = {
      val above = new Array[Int](plan.size)
      plan.operators.indices.foreach { index =>
        val parent = plan.operators(index).parent
        above(index) = if (parent != Plan.Root && kinds(parent) == Kind.Wrapper) above(parent) else parent
      }
      above
    }

    /** Work that leaves a query partial: a marginal operator at the root, or Python between native Arrow boundaries. */
    private def isLight(index: Int): Boolean =
      if (kinds(index) == Kind.Marginal) true
      else if (kinds(index) != Kind.Python || spoken.arrowBoundaries.isEmpty) false
      else {
        val above = aboveWrappers(index)
        above != Plan.Root && isArrow(above) && {
          val below = throughWrappers(index)
          below.nonEmpty && below.forall(isArrow)
        }
      }

    private def isArrow(index: Int): Boolean = spoken.arrowBoundaries(plan.operators(index).name)

    private def throughWrappers(index: Int): Vector[Int] = {
      val found = Vector.newBuilder[Int]
      val waiting = new java.util.ArrayDeque[Int]
      plan.dataChildren(index).foreach(child => waiting.push(child))
      while (!waiting.isEmpty) {
        val child = waiting.pop()
        if (kinds(child) == Kind.Wrapper) plan.dataChildren(child).foreach(below => waiting.push(below)) else found += child
      }
      found.result()
    }
  }
}
