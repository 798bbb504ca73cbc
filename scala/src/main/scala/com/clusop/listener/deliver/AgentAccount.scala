package com.clusop.listener.deliver

import com.clusop.listener.agent.AgentFacts
import com.clusop.listener.analysis.{QueryAssessment, Verdict}
import com.clusop.listener.json.Json

/** What an agent says of itself: executions by verdict, unknown ones by reason, losses, on what it runs; and when that is told
  * again. Not thread-safe: the caller holds the lock.
  */
final class AgentAccount(where: Whereabouts) {
  private val executions = new Tally(AgentAccount.Verdicts)
  private val unknown = new Tally()
  private var facts = AgentAccount.NoFacts
  private var told = ""
  private var toldLosses: Json = Json.obj()
  private var toldAtMs = 0L
  private var isFirst = true

  def tell(state: AgentFacts): Unit = facts = state
  def current: AgentFacts = facts

  def executed(assessment: QueryAssessment): Unit = {
    val found = assessment.diagnosis
    executions.add(found.verdict.value, 1)
    if (found.verdict == Verdict.Unknown) unknown.add(found.verdictReasons.headOption.map(_.id).getOrElse("unreadable"), 1)
  }

  def executionsJson: Json = executions.json
  def unknownJson: Json = unknown.json

  /** Whether it is time for an AgentState: soon after the start, then when something of weight changed, each 10 minutes. */
  def isDue(nowMs: Long, hasSignal: Boolean, losses: Tally): Boolean = {
    val isStarted = facts.startedAtMs > 0
    if (!isStarted) false
    else if (isFirst) hasSignal || nowMs - facts.startedAtMs >= AgentAccount.FirstAfterMs
    else (nowMs - toldAtMs >= AgentAccount.AgainAfterMs || nowMs < toldAtMs) && weight(losses) != told
  }

  def announced(nowMs: Long, losses: Tally): Unit = {
    isFirst = false
    toldAtMs = nowMs
    told = weight(losses)
    toldLosses = all(losses).json
  }

  /** Whether more was lost than the last state tells. */
  def hasMoreLosses(losses: Tally): Boolean = all(losses).json != toldLosses

  private def all(losses: Tally): Tally = {
    val sum = new Tally()
    sum.addAll(losses)
    facts.losses.foreach { case (reason, count) => sum.add(reason, count) }
    sum
  }

  /** What is of weight: doors, breaker, off, which kinds of losses and verdicts there are, and what is known of the surroundings.
    * Mere counts wait for the end.
    */
  private def weight(losses: Tally): String = {
    val kinds = s"${losses.names}|${facts.losses.map(_._1)}|${executions.names}|${unknown.names}"
    s"${facts.doors}|${facts.breaker}|${facts.off}|$kinds|${where.weight}"
  }

  def members(nowMs: Long, losses: Tally, release: Vector[(String, Json)], isFinal: Boolean): Vector[(String, Json)] = {
    Vector(
      "started_at_ms" -> Json.num(facts.startedAtMs max 0L),
      "armed_since_at_ms" -> Json.num(facts.armedSinceMs max 0L),
      "at_ms" -> Json.num(nowMs max 0L),
      "doors" -> Json.arr(facts.doors.distinct.filter(Gate.Doors.contains(_)).map(Json.str)),
      "losses" -> all(losses).json,
      "executions" -> executions.json,
      "unknown" -> unknown.json,
      "late_armed" -> Json.num(facts.lateArmedCount max 0L),
      "breaker" -> Json.str(Gate.reasonId(facts.breaker)),
      "off" -> Json.str(Gate.reasonId(facts.off)),
      "final" -> Json.Bool(isFinal)
    ) ++ where.members ++ release :+ ("clusop" -> Json.str(Gate.matching(facts.version, Gate.Release)))
  }
}

object AgentAccount {
  private val Verdicts = Vector(
    Verdict.Fallback,
    Verdict.Partial,
    Verdict.Native,
    Verdict.Command,
    Verdict.NotAccelerated,
    Verdict.Unknown
  ).map(_.value)
  private val FirstAfterMs = 60000L
  private val AgainAfterMs = 600000L
  private val NoFacts = AgentFacts("", 0L, 0L, "", Vector.empty, "", "", 0L, Vector.empty)
}
