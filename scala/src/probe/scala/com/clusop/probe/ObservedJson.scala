package com.clusop.probe

import com.clusop.listener.analysis._
import com.clusop.listener.json.{Json, JsonReader}
import com.clusop.listener.plan._
import com.clusop.listener.{Fraction, Reason, Reasons}

/** The text describes no run. */
final class NoObserved(what: String) extends RuntimeException(what)

/** Reads what `tests/vectors/answers/observed_json.py` wrote. Absent fields have their defaults; what is not understood is
  * [[NoObserved]], in Python too.
  */
object ObservedJson {
  import Shapes._

  private val Sources =
    Vector(Source.ExplainText, Source.PlanInfo, Source.QueryProfile, Source.EventLog, Source.HistoryServer, Source.Live)
  private val EngineStates = Vector(EngineState.On, EngineState.Off, EngineState.Unknown)
  private val Statuses = Vector(RunStatus.Succeeded, RunStatus.Failed, RunStatus.Running, RunStatus.Unknown)
  private val Phases = Vector(Phase.Static, Phase.Final, Phase.Initial, Phase.Current)
  private val PlanSources = Vector(PlanSource.ExplainText, PlanSource.PlanInfo, PlanSource.QueryProfile)
  private val Links = Vector(Link.Child, Link.Subquery, Link.Cached)
  private val Verdicts =
    Vector(ExplanationVerdict.Fully, ExplanationVerdict.NotFully, ExplanationVerdict.Command, ExplanationVerdict.Absent)

  /** The run, and whether native time was seen in its application. */
  def read(written: String): (Observed, Boolean) = {
    val document = JsonReader.read(written) match {
      case Right(found)  => membersOf(found)
      case Left(problem) => throw new NoObserved(problem.what)
    }
    val engine = fixed(document("engine"), 3)
    val observed = Observed(
      queryId = text(document("query_id")),
      source = word[Source](Sources, _.value, document("source"), Source.Live),
      readings = each(document("readings"))(reading),
      engine = EngineFact(
        text(engine(0)),
        word[EngineState](EngineStates, _.value, engine(1), EngineState.Unknown),
        text(engine(2))
      ),
      times = times(membersOf(document("times"))),
      description = text(document("description")),
      text = present(document("text")).map(reading),
      status = word[RunStatus](Statuses, _.value, document("status"), RunStatus.Unknown),
      rootId = text(document("root_id")),
      driverAccumulators = pairs(document("driver_accumulators")),
      engineWords = each(document("engine_words"))(twoTexts),
      startAtMs = long(document("start_at_ms")),
      endAtMs = long(document("end_at_ms")),
      eventsDropped = flag(document("events_dropped")).contains(true),
      problems = each(document("problems"))(reason)
    )
    (observed, flag(document("native_time_seen")).contains(true))
  }

  private def times(members: Members): Times =
    if (present(members("absent")).isDefined) AbsentTimes(reason(members("absent")))
    else if (present(members("stages")).isDefined) StageTimes(each(members("stages"))(stage))
    else QueryTimes(needed(long(members("run_ms"))), long(members("native_ms")))

  private def stage(value: Json): StageRun = {
    val members = membersOf(value)
    StageRun(
      stageId = needed(int(members("stage_id"))),
      attempt = count(members("attempt")),
      runMs = fraction(members("run_ms")),
      nativeNs = long(members("native_ns")),
      lostRunMs = fraction(members("lost_run_ms")),
      taskCount = count(members("task_count")),
      failedTaskCount = count(members("failed_task_count")),
      killedTaskCount = count(members("killed_task_count")),
      speculativeTaskCount = count(members("speculative_task_count")),
      succeeded = !flag(members("failed")).contains(true),
      accumulators = pairs(members("accumulators")),
      runByEpochMs = each(members("run_by_epoch_ms")) { one =>
        val pair = fixed(one, 2)
        (needed(int(pair(0))), fraction(pair(1)))
      },
      submittedAtMs = long(members("submitted_at_ms")),
      completedAtMs = long(members("completed_at_ms")),
      remarks = each(members("remarks"))(reason)
    )
  }

  private def reading(value: Json): PlanReading = {
    val members = membersOf(value)
    val explanation = membersOf(members("explanation"))
    PlanReading(
      plan = present(members("plan")).map(one => plan(membersOf(one))),
      phase = word[Phase](Phases, _.value, members("phase"), Phase.Static),
      source = word[PlanSource](PlanSources, _.value, members("source"), PlanSource.ExplainText),
      explanation = Explanation(
        word[ExplanationVerdict](Verdicts, _.value, explanation("verdict"), ExplanationVerdict.Absent),
        each(explanation("blocks"))(block)
      ),
      problems = each(members("problems"))(reason)
    )
  }

  private def plan(members: Members): Plan = {
    val codegens = each(members("codegens")) { one =>
      val scope = membersOf(one)
      Codegen(int(scope("number")), each(scope("metrics"))(metric))
    }
    val operators = each(members("operators"))(operator)
    if (!operators.forall(_.codegen.forall(codegens.indices.contains(_)))) throw new NoObserved("no such code generation scope")
    if (!operators.indices.forall(at => Plan.Root <= operators(at).parent && operators(at).parent < at))
      throw new NoObserved("a parent that does not stand before its child")
    Plan(operators, codegens)
  }

  private def operator(value: Json): Operator = {
    val members = membersOf(value)
    Operator(
      name = text(members("name")),
      parent = needed(int(members("parent"))),
      link = word[Link](Links, _.value, members("link"), Link.Child),
      arguments = text(members("arguments")),
      metrics = each(members("metrics"))(metric),
      number = int(members("number")),
      codegen = int(members("codegen")),
      flaggedNative = flag(members("flagged_native")),
      stageIds = each(members("stage_ids"))(one => needed(int(one)))
    )
  }

  private def metric(value: Json): Metric = {
    val parts = fixed(value, 4)
    Metric(text(parts(0)), text(parts(1)), long(parts(2)), long(parts(3)))
  }

  private def block(value: Json): ExplanationBlock = {
    val parts = fixed(value, 4)
    ExplanationBlock(text(parts(0)), text(parts(1)), text(parts(2)), text(parts(3)))
  }

  private def reason(value: Json): Reason = {
    val (id, detail) = twoTexts(value)
    if (Reasons.contains(id)) Reason(id, detail) else throw new NoObserved(s"no reason '$id'")
  }

  private def twoTexts(value: Json): (String, String) = {
    val parts = fixed(value, 2)
    (text(parts(0)), text(parts(1)))
  }

  private def pairs(value: Json): Map[Long, Long] = each(value) { one =>
    val pair = fixed(one, 2)
    needed(long(pair(0))) -> needed(long(pair(1)))
  }.toMap

  private def fraction(value: Json): Fraction = {
    val written = text(value)
    if (written.isEmpty) Fraction.Zero
    else if (
      !written.matches("-?[0-9]{1,40}(?:/0*[1-9][0-9]*)?") || written.length - written.indexOf('/') > 41 && written.contains("/")
    )
      throw new NoObserved("no fraction")
    else Fraction.parse(written)
  }
}

/** The shapes of JSON values; `null` is as good as absent. */
private object Shapes {
  type Members = String => Json

  def present(value: Json): Option[Json] = if (value == Json.Null) None else Some(value)

  def membersOf(value: Json): Members = value match {
    case Json.Null       => _ => Json.Null
    case found: Json.Obj =>
      val byName = new java.util.HashMap[String, Json]
      found.members.foreach { case (name, member) => byName.put(name, member) }
      name => byName.getOrDefault(name, Json.Null)
    case _ => throw new NoObserved("no object")
  }

  def items(value: Json): Vector[Json] = value match {
    case Json.Null       => Vector.empty
    case Json.Arr(found) => found
    case _               => throw new NoObserved("no list")
  }

  def each[A](value: Json)(read: Json => A): Vector[A] = items(value).map(read)

  def fixed(value: Json, size: Int): Vector[Json] = {
    val found = items(value)
    if (found.size != size) throw new NoObserved(s"${found.size} items where $size are due")
    found
  }

  def text(value: Json): String = value match {
    case Json.Null       => ""
    case Json.Str(found) => PlainText.clean(found)
    case _               => throw new NoObserved("no text")
  }

  def flag(value: Json): Option[Boolean] = value match {
    case Json.Null        => None
    case Json.Bool(found) => Some(found)
    case _                => throw new NoObserved("neither true nor false")
  }

  def long(value: Json): Option[Long] = value match {
    case Json.Null        => None
    case Json.Num(digits) =>
      try Some(digits.toLong)
      catch { case _: NumberFormatException => throw new NoObserved("no integer of this size") }
    case _ => throw new NoObserved("no integer")
  }

  def int(value: Json): Option[Int] = long(value).map { found =>
    if (found.isValidInt) found.toInt else throw new NoObserved("no integer of this size")
  }

  def needed[A](value: Option[A]): A = value.getOrElse(throw new NoObserved("an integer is due"))

  def count(value: Json): Int = int(value).getOrElse(0)

  def word[A](words: Vector[A], valueOf: A => String, value: Json, default: A): A = {
    val written = text(value)
    if (written.isEmpty) default
    else words.find(one => valueOf(one) == written).getOrElse(throw new NoObserved(s"no such word: $written"))
  }
}

/** Strings without halves of surrogate pairs: each becomes a question mark. */
private object PlainText {
  def clean(text: String): String = {
    val built = new java.lang.StringBuilder(text.length)
    var index = 0
    while (index < text.length) {
      val code = text.codePointAt(index)
      if (code >= 0xd800 && code <= 0xdfff) built.append('?') else built.appendCodePoint(code)
      index += Character.charCount(code)
    }
    built.toString
  }
}
