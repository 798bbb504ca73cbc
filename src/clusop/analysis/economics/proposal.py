"""What to do about one query, in one plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action, Finding, Proposal, RatioBasis, Role, Verdict
from clusop.analysis.cluster import Uptime
from clusop.analysis.figure import Figure
from clusop.analysis.observed import RunStatus
from clusop.reasons import Reason, catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.assessment import QueryCost, TimeSplit
    from clusop.analysis.economics.upgrade import Declined
    from clusop.pricing.price import Unpriced

__all__ = ["QueryFacts", "query_proposal"]

_TOO_SMALL = Fraction(1, 100)
_ENOUGH_EVIDENCE = 0.5
_NOT_WORTH_A_CHANGE = frozenset({"marginal-operator", "row-source"})
_WHOLE_PERCENT_FROM = 100
_ALL_PERCENT = 100
_UNEXPLAINED = "unexplained"
_ONE_MORE = 2
_UPTIME_WORDS = {
    Uptime.ELASTIC: "",
    Uptime.FIXED: " The cluster stays up anyway, so this frees capacity and saves no cash.",
    Uptime.UNKNOWN: " It saves cash if the cluster ends with its work, and frees capacity if something else keeps it up.",
}
_UPTIME_REASONS = {
    Uptime.ELASTIC: (),
    Uptime.FIXED: (Reason("fixed-uptime"),),
    Uptime.UNKNOWN: (Reason("unknown-uptime"),),
}
_NOTHING_TO_DO = {
    Verdict.NATIVE: "Nothing to change: nothing left the engine.",
    Verdict.COMMAND: "Nothing to change: this is a command.",
    Verdict.NOT_ACCELERATED: "Nothing to propose: the engine was not on.",
    Verdict.UNKNOWN: "Nothing can be proposed.",
}


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """What a proposal for one query rests on.

    ``evidence_score`` is the smaller of the parse and diagnosis legs; below 0.5 nothing is recommended. ``upgrade`` is what
    :func:`~clusop.analysis.economics.upgrade.upgrade_saving` said, ``None`` where it was not asked.
    """

    verdict: Verdict
    verdict_reasons: tuple[Reason, ...]
    role: Role
    status: RunStatus
    findings: tuple[Finding, ...]
    time: TimeSplit
    cost: QueryCost
    uptime: Uptime
    evidence_score: float
    upgrade: Figure | Unpriced | Declined | None = None


def query_proposal(facts: QueryFacts) -> Proposal:
    """Fix, upgrade, keep or nothing, for one query. Node counts never make an island small: only time does."""
    refusal = _refusal(facts)
    if refusal is not None:
        return refusal
    # A row source that holds a whole island back is as good a cause as any.
    causes = [
        finding
        for finding in facts.findings
        if finding.cause not in _NOT_WORTH_A_CHANGE or (finding.cause == "row-source" and finding.island is not None)
    ]
    if not causes:
        return _keep("Leave it as it is: only light or row-reading work ran outside the engine.")
    share, is_upper_bound = _off_engine_share(causes, facts.time)
    if share is not None and share < _TOO_SMALL:
        words = _percent(share, is_upper_bound=is_upper_bound)
        return _keep(f"Leave it as it is: {words} of its task time ran outside the engine.")
    main = max(causes, key=lambda cause: (cause.cause != _UNEXPLAINED, cause.time_ratio or 0, cause.operator_count))
    if facts.evidence_score < _ENOUGH_EVIDENCE or main.cause == _UNEXPLAINED:
        reasons = (Reason("low-confidence"), *((Reason(_UNEXPLAINED),) if main.cause == _UNEXPLAINED else ()))
        sentence = f"Nothing is recommended yet; look at {main.operator} first. {catalogue()[main.cause].instead}"
        return Proposal(Action.NONE, sentence, None, reasons)
    upgrade = facts.upgrade
    if isinstance(upgrade, Figure) and not _saves_more(facts.cost.avoidable, upgrade):
        sentence = f"Upgrade the runtime: {upgrade.inputs.get('evidence', '')}.{_UPTIME_WORDS[facts.uptime]}"
        return Proposal(Action.UPGRADE, sentence, upgrade, _UPTIME_REASONS[facts.uptime])
    return _fix(main, len({cause.cause for cause in causes}), facts.cost, facts.uptime)


def _refusal(facts: QueryFacts) -> Proposal | None:
    reasons = facts.verdict_reasons
    if facts.role is Role.INTERNAL:
        reasons = (Reason("internal-execution"),)
        sentence = "Nothing to change: the table format ran this for itself."
    elif facts.status is RunStatus.FAILED:
        reasons = (Reason("failed-run"),)
        sentence = "Nothing is proposed from a run that failed."
    elif facts.verdict in _NOTHING_TO_DO:
        if facts.verdict is Verdict.COMMAND:
            reasons = reasons or (Reason("command-only"),)
        sentence = _NOTHING_TO_DO[facts.verdict]
        if facts.verdict is Verdict.UNKNOWN and reasons:
            sentence = f"{sentence} {reasons[0].sentence}"
    else:
        return None
    return Proposal(Action.NONE, sentence, None, reasons)


def _keep(sentence: str) -> Proposal:
    return Proposal(Action.KEEP, sentence, None, (Reason("island-too-small"),))


def _fix(main: Finding, cause_count: int, cost: QueryCost, uptime: Uptime) -> Proposal:
    share = main.time_ratio if main.ratio_basis is not RatioBasis.STRUCTURE else None
    where = main.operator
    if share is not None:
        where += f", {_percent(share, is_upper_bound=main.is_upper_bound)} of the query's task time"
    others = ""
    if cause_count == _ONE_MORE:
        others = " One other cause stands beside it."
    elif cause_count > _ONE_MORE:
        others = f" {cause_count - 1} other causes stand beside it."
    sentence = f"Fix the query at {where}. {catalogue()[main.cause].instead}{others}"
    if isinstance(cost.avoidable, Figure):
        return Proposal(Action.FIX, sentence + _UPTIME_WORDS[uptime], cost.avoidable, _UPTIME_REASONS[uptime])
    return Proposal(Action.FIX, sentence, cost.avoidable, (cost.avoidable.reason,))


def _off_engine_share(causes: Sequence[Finding], time: TimeSplit) -> tuple[Fraction | None, bool]:
    """The islands' share of run time and whether it is only a bound; ``None`` where no time is known."""
    if time.ratio_basis is not RatioBasis.STRUCTURE and time.run_ms:
        if time.island_ms is not None:
            return time.island_ms / time.run_ms, any(cause.is_upper_bound for cause in causes)
        if time.native_ms is not None:
            return max(Fraction(0), 1 - time.native_ms / time.run_ms), True
    return None, False


def _saves_more(fix: Figure | Unpriced, upgrade: Figure) -> bool:
    return isinstance(fix, Figure) and fix.usd.low + fix.usd.high > upgrade.usd.low + upgrade.usd.high


def _percent(share: Fraction, *, is_upper_bound: bool) -> str:
    per_mille = round(share * 1000)
    if per_mille == 0:
        return "less than 0.1 %"
    percent = round(share * 100)
    if percent == _ALL_PERCENT and share < 1 and not is_upper_bound:
        percent -= 1
    digits = str(percent) if per_mille >= _WHOLE_PERCENT_FROM or per_mille % 10 == 0 else str(per_mille / 10)
    return f"{'at most ' if is_upper_bound else ''}{digits} %"
