package com.clusop.listener.plan

import com.clusop.listener.Reason

/** Where a plan was read. */
sealed abstract class PlanSource(val value: String)

object PlanSource {
  case object ExplainText extends PlanSource("explain-text")
  case object PlanInfo extends PlanSource("plan-info")
  case object QueryProfile extends PlanSource("query-profile")
}

/** Which of a query's plans a tree is. */
sealed abstract class Phase(val value: String)

object Phase {
  case object Static extends Phase("static")
  case object Final extends Phase("final")
  case object Initial extends Phase("initial")
  case object Current extends Phase("current")
}

/** What the engine's own explanation says. */
sealed abstract class ExplanationVerdict(val value: String)

object ExplanationVerdict {
  case object Fully extends ExplanationVerdict("fully")
  case object NotFully extends ExplanationVerdict("not-fully")
  case object Command extends ExplanationVerdict("command")
  case object Absent extends ExplanationVerdict("absent")
}

/** One reason the engine gives; `subjectKind` is `expression`, `node`, `aggregate` or `other`. */
final case class ExplanationBlock(subject: String, subjectKind: String, detail: String, reference: String)

/** The engine's explanation of one plan. */
final case class Explanation(verdict: ExplanationVerdict, blocks: Vector[ExplanationBlock] = Vector.empty)

object Explanation {
  val Absent: Explanation = Explanation(ExplanationVerdict.Absent)
}

/** One plan as read from one source. `plan` is empty only where nothing could be read; `problems` then says why. */
final case class PlanReading(
    plan: Option[Plan],
    phase: Phase,
    source: PlanSource,
    explanation: Explanation = Explanation.Absent,
    problems: Vector[Reason] = Vector.empty
)
