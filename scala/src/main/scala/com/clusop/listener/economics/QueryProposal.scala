package com.clusop.listener.economics

import com.clusop.listener.analysis.{Action, Figure, Finding, Proposal, QueryCost, RatioBasis, Role, RunStatus}
import com.clusop.listener.analysis.{TimeSplit, Uptime, Verdict}
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Fraction, Reason, Reasons}

/** What a proposal for one query rests on. `evidenceScore` is the smaller of the parse and diagnosis legs; below 0.5 nothing
  * is recommended. `upgrade` is what [[Upgrade.saving]] said, where it was asked.
  */
final case class QueryFacts(
    verdict: Verdict,
    verdictReasons: Vector[Reason],
    role: Role,
    status: RunStatus,
    findings: Vector[Finding],
    time: TimeSplit,
    cost: QueryCost,
    uptime: Uptime,
    evidenceScore: Double,
    upgrade: Option[Priced[Figure]] = None
)

/** What to do about one query, in one plain sentence. Mirror of `clusop.analysis.economics.proposal`. */
object QueryProposal {
  private val TooSmall = Fraction(1L, 100L)
  private val EnoughEvidence = 0.5
  private val NotWorthAChange = Set("marginal-operator", "row-source")
  private val Unexplained = "unexplained"

  /** Fix, upgrade, keep or nothing. Node counts never make an island small: only time does. */
  def of(facts: QueryFacts): Proposal = refusal(facts).getOrElse {
    // A row source that holds a whole island back is as good a cause as any.
    val causes = facts.findings.filter { found =>
      !NotWorthAChange.contains(found.cause) || (found.cause == "row-source" && found.island.isDefined)
    }
    if (causes.isEmpty) keep("Leave it as it is: only light or row-reading work ran outside the engine.")
    else
      offEngineShare(causes, facts.time) match {
        case Some((share, isUpperBound)) if share < TooSmall =>
          keep(s"Leave it as it is: ${percent(share, isUpperBound)} of its task time ran outside the engine.")
        case _ => advice(facts, causes)
      }
  }

  private def refusal(facts: QueryFacts): Option[Proposal] = {
    val known = facts.verdictReasons
    def none(sentence: String, reasons: Vector[Reason]): Option[Proposal] =
      Some(Proposal(Action.NoAction, sentence, None, reasons))
    if (facts.role == Role.Internal)
      none("Nothing to change: the table format ran this for itself.", Vector(Reason("internal-execution")))
    else if (facts.status == RunStatus.Failed)
      none("Nothing is proposed from a run that failed.", Vector(Reason("failed-run")))
    else
      facts.verdict match {
        case Verdict.Native  => none("Nothing to change: nothing left the engine.", known)
        case Verdict.Command =>
          none("Nothing to change: this is a command.", if (known.isEmpty) Vector(Reason("command-only")) else known)
        case Verdict.NotAccelerated => none("Nothing to propose: the engine was not on.", known)
        case Verdict.Unknown        =>
          none(("Nothing can be proposed." +: known.take(1).map(Reasons.sentence)).mkString(" "), known)
        case _ => None
      }
  }

  private def advice(facts: QueryFacts, causes: Vector[Finding]): Proposal = {
    val main = causes.reduceLeft((best, next) => if (outranks(next, best)) next else best)
    val isUnexplained = main.cause == Unexplained
    if (facts.evidenceScore < EnoughEvidence || isUnexplained) {
      val reasons = Reason("low-confidence") +: (if (isUnexplained) Vector(Reason(Unexplained)) else Vector.empty)
      val sentence = s"Nothing is recommended yet; look at ${main.operator} first. ${Reasons.instead(main.cause)}"
      Proposal(Action.NoAction, sentence, None, reasons)
    } else
      facts.upgrade match {
        case Some(Known(upgrade)) if !savesMore(facts.cost.avoidable, upgrade) =>
          val evidence = upgrade.inputs.collectFirst { case ("evidence", text) => text }.getOrElse("")
          val sentence = s"Upgrade the runtime: $evidence.${uptimeWords(facts.uptime)}"
          Proposal(Action.Upgrade, sentence, Some(Known(upgrade)), uptimeReasons(facts.uptime))
        case _ => fix(main, causes.map(_.cause).distinct.size, facts.cost, facts.uptime)
      }
  }

  private def keep(sentence: String): Proposal =
    Proposal(Action.Keep, sentence, None, Vector(Reason("island-too-small")))

  private def fix(main: Finding, causeCount: Int, cost: QueryCost, uptime: Uptime): Proposal = {
    val share = main.timeRatio.filter(_ => main.ratioBasis != RatioBasis.Structure)
    val time = share.map(part => s", ${percent(part, main.isUpperBound)} of the query's task time").getOrElse("")
    val others =
      if (causeCount == 2) " One other cause stands beside it."
      else if (causeCount > 2) s" ${causeCount - 1} other causes stand beside it."
      else ""
    val sentence = s"Fix the query at ${main.operator}$time. ${Reasons.instead(main.cause)}$others"
    cost.avoidable match {
      case Known(_) =>
        Proposal(Action.Fix, sentence + uptimeWords(uptime), Some(cost.avoidable), uptimeReasons(uptime))
      case Unpriced(reason) => Proposal(Action.Fix, sentence, Some(cost.avoidable), Vector(reason))
    }
  }

  /** The islands' share of run time and whether it is only a bound; none where no time is known. */
  private def offEngineShare(causes: Vector[Finding], time: TimeSplit): Option[(Fraction, Boolean)] =
    time.runMs.filter(run => !run.isZero && time.ratioBasis != RatioBasis.Structure).flatMap { run =>
      time.islandMs match {
        case Some(island) => Some((island / run, causes.exists(_.isUpperBound)))
        case None         => time.nativeMs.map(native => ((Fraction.One - native / run) max Fraction.Zero, true))
      }
    }

  /** Explained before unexplained, then time, then operators; the first of equals stays. */
  private def outranks(next: Finding, best: Finding): Boolean = {
    val explained = java.lang.Boolean.compare(next.cause != Unexplained, best.cause != Unexplained)
    if (explained != 0) explained > 0
    else {
      val time = next.timeRatio.getOrElse(Fraction.Zero).compare(best.timeRatio.getOrElse(Fraction.Zero))
      if (time != 0) time > 0 else next.operatorCount > best.operatorCount
    }
  }

  private def savesMore(fix: Priced[Figure], upgrade: Figure): Boolean = fix match {
    case Known(figure) => figure.usd.low + figure.usd.high > upgrade.usd.low + upgrade.usd.high
    case _             => false
  }

  private def uptimeWords(uptime: Uptime): String = uptime match {
    case Uptime.Elastic => ""
    case Uptime.Fixed   => " The cluster stays up anyway, so this frees capacity and saves no cash."
    case Uptime.Unknown =>
      " It saves cash if the cluster ends with its work, and frees capacity if something else keeps it up."
  }

  private def uptimeReasons(uptime: Uptime): Vector[Reason] = uptime match {
    case Uptime.Elastic => Vector.empty
    case Uptime.Fixed   => Vector(Reason("fixed-uptime"))
    case Uptime.Unknown => Vector(Reason("unknown-uptime"))
  }

  private def percent(share: Fraction, isUpperBound: Boolean): String = {
    val perMille = (share * Fraction(1000L)).rounded.longValue
    if (perMille == 0L) "less than 0.1 %"
    else {
      val isWhole = perMille >= 100L || perMille % 10L == 0L
      val rounded = (share * Fraction(100L)).rounded.longValue
      val isAlmostAll = rounded == 100L && share < Fraction(1L) && !isUpperBound
      val tenths = s"${if (perMille < 0L) "-" else ""}${Math.abs(perMille) / 10L}.${Math.abs(perMille) % 10L}"
      val digits = if (isWhole) (if (isAlmostAll) rounded - 1L else rounded).toString else tenths
      s"${if (isUpperBound) "at most " else ""}$digits %"
    }
  }
}
