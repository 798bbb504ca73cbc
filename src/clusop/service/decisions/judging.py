"""The decision about one compute definition, from what its agents saw. Pure: the formula is that of event logs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assess import LEAST_WORK_MS
from clusop.analysis.assessment import Action, Proposal
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import EngineWindow, cluster_rates, cost_figure, disable_saving, engine_decision
from clusop.analysis.figure import Figure
from clusop.plan.dialect import PLAIN_SPARK, dialect, dialect_ids
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.decisions.agent_use import cluster_of_shape
from clusop.service.decisions.decision import Decision
from clusop.service.decisions.facts import Ground, facts_of
from clusop.service.decisions.node_time import NO_HOURS, NodeTime, node_time, whole_grains
from clusop.service.decisions.observation import Observation, good_ratio, unseen_of
from clusop.service.decisions.off_engine import is_native_above_busy, off_engine_share, sql_ms
from clusop.service.decisions.on_and_off import OnAndOff, on_and_off

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.cluster import Cluster
    from clusop.analysis.economics import Rates
    from clusop.service.decisions.agent_use import AgentUse
    from clusop.service.decisions.observation import Span
    from clusop.service.decisions.prices_in_force import PricesInForce
    from clusop.service.decisions.use_query import Compute

__all__ = ["judged"]

_JOB = "job:"


@dataclass(frozen=True, slots=True)
class _Seen:
    """An agent with what could be made of its hours: ``time`` is ``None`` where its shape tells too little."""

    agent: AgentUse
    time: NodeTime | None
    cluster: Cluster | None


def judged(
    compute: Compute, span: Span, agents: Sequence[AgentUse], bill: Fraction | None, prices: PricesInForce
) -> Decision | None:
    """The decision, ``None`` where nobody told of an engine. ``bill`` is the billed DBUs' part that was seen.

    The newest hours say which engine and which shape of cluster it is about: hours of another are of another definition that
    had the same name.
    """
    seen = [
        _Seen(one, node_time(one), cluster_of_shape(one.shape) if one.shape is not None else None) for one in agents
    ]
    known = [one for one in seen if one.agent.engine in dialect_ids()]
    if not known:
        return None
    newest = max(known, key=lambda one: (one.agent.hours[-1].hour_at_ms, one.agent.agent_id))
    if newest.agent.engine == PLAIN_SPARK:
        return _off_already(compute, span, seen, newest)
    in_window = [cut for one in seen if (cut := _within(one, span)) is not None]
    mine = [one for one in in_window if one.agent.engine == newest.agent.engine and one.cluster == newest.cluster]
    if newest.cluster is None or not any(one.time is not None for one in mine):
        gap = Unpriced(Reason("unknown-shape"))
        sentence = f"Whether {dialect(newest.agent.engine).title} pays here cannot be told. {gap.reason.sentence}"
        proposal = Proposal(Action.KEEP, sentence, gap, (gap.reason,))
        return Decision(compute, span, proposal, Uptime.UNKNOWN, gap, gap, {"engine": newest.agent.engine})
    rates = cluster_rates(newest.cluster, prices.of(newest.cluster), newest.agent.engine)
    window = _window(mine, in_window, span, bill, newest)
    return _priced(compute, span, rates, window, _compared(compute, seen, newest))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The window with what it rests on."""

    engine: str
    window: EngineWindow
    observation: Observation
    remarks: tuple[Reason, ...]
    agent_count: int
    sql_ms: int


def _within(one: _Seen, span: Span) -> _Seen | None:
    """The same agent with the hours of the window only; ``None`` where it has none there."""
    hours = tuple(hour for hour in one.agent.hours if hour.hour_at_ms >= span.from_at_ms)
    if len(hours) == len(one.agent.hours):
        return one
    cut = replace(one.agent, hours=hours)
    return replace(one, agent=cut, time=node_time(cut)) if hours else None


def _window(mine: list[_Seen], everybody: list[_Seen], span: Span, bill: Fraction | None, newest: _Seen) -> _Weighed:
    hours = [hour for one in mine for hour in one.agent.hours]
    times = [one.time for one in mine if one.time is not None]
    total = whole_grains(sum((time.total for time in times), NO_HOURS))
    before, without_goodbye = Fraction(0), Fraction(0)
    not_weighed = sum((time.unseen_hours for time in times), Fraction(0))
    for one in mine:
        early, untold = unseen_of(one.agent, span)
        before, without_goodbye = before + early, without_goodbye + untold
    strangers = [one for one in everybody if one.agent.engine != PLAIN_SPARK and not _is_weighable(one)]
    # Of these not even the slots can be weighed; no hour is longer than an hour.
    not_weighed += sum(len(one.agent.hours) for one in strangers)
    observation = Observation(total.driver, before, without_goodbye, not_weighed, good_ratio(hours), bill)
    others = any(one.cluster is not None and one.cluster != newest.cluster for one in everybody)
    remarks = (
        *((Reason("workers-varied"),) if any(time.is_estimated for time in times) else ()),
        *((Reason("shape-changed"),) if others else ()),
        *((Reason("unknown-engine"),) if any(one.agent.engine not in dialect_ids() for one in everybody) else ()),
        *((Reason("native-above-busy"),) if is_native_above_busy(hours) else ()),
    )
    window = EngineWindow(
        total=total,
        busy=whole_grains(sum((time.busy for time in times), NO_HOURS)),
        off_engine_share=off_engine_share(hours, newest.agent.engine),
        uptime=newest.cluster.uptime if newest.cluster is not None else Uptime.UNKNOWN,
        observed_ratio=observation.ratio,
    )
    return _Weighed(newest.agent.engine, window, observation, remarks, len(mine), sql_ms(hours))


def _is_weighable(one: _Seen) -> bool:
    return one.agent.engine in dialect_ids() and one.time is not None


def _priced(
    compute: Compute, span: Span, rates: Rates, weighed: _Weighed, compared: OnAndOff | Reason | None
) -> Decision:
    window, title = weighed.window, dialect(weighed.engine).title
    if weighed.sql_ms < LEAST_WORK_MS:
        reason = Reason("too-little-work")
        proposal = Proposal(Action.KEEP, f"Keep {title} for now. {reason.sentence}", None, (reason,))
    else:
        proposal = engine_decision(rates, window, title)
    by_history: Figure | Unpriced | None = None
    if isinstance(compared, OnAndOff):
        by_history = disable_saving(rates, replace(window, history=compared.history))
        # History that was compared without inputs proposes nothing; it may hold a proposal of assumptions back.
        if proposal.action is Action.DISABLE and isinstance(by_history, Figure) and by_history.usd.high <= 0:
            reason = Reason("history-disagrees")
            sentence = f"Keep {title} for now. {reason.sentence}"
            proposal = Proposal(Action.KEEP, sentence, proposal.saving, (reason, *proposal.reasons))
    bill, attributed = cost_figure("total-1", rates, window.total), cost_figure("attributed-1", rates, window.busy)
    ground = Ground(
        engine=weighed.engine,
        window=window,
        observation=weighed.observation,
        remarks=(*rates.remarks, *weighed.remarks),
        agent_count=weighed.agent_count,
        compared=compared,
        by_history=by_history,
        bill=bill,
        attributed=attributed,
    )
    return Decision(compute, span, proposal, window.uptime, bill, attributed, facts_of(ground, proposal))


def _compared(compute: Compute, seen: list[_Seen], newest: _Seen) -> OnAndOff | Reason | None:
    """Whole runs with and without the engine on the same shape; a reason where there are both and they cannot be compared."""
    alike = [one for one in seen if one.cluster == newest.cluster and one.time is not None and one.agent.is_final]
    whole = [one for one in alike if not any(hour.failed_ms for hour in one.agent.hours)]
    on = [one.time.busy.driver for one in whole if one.time and one.agent.engine == newest.agent.engine]
    off = [one.time.busy.driver for one in whole if one.time and one.agent.engine == PLAIN_SPARK]
    found = on_and_off(on, off)
    if found is None or compute.name.startswith(_JOB):
        return found
    return Reason("runs-not-comparable")


def _off_already(compute: Compute, span: Span, seen: list[_Seen], newest: _Seen) -> Decision | None:
    """Told only where the engine had been on: else every plain cluster would have a decision."""
    if all(one.agent.engine in {PLAIN_SPARK, ""} for one in seen):
        return None
    reason = Reason("engine-off-here")
    gap = Unpriced(reason)
    uptime = newest.cluster.uptime if newest.cluster is not None else Uptime.UNKNOWN
    proposal = Proposal(Action.NONE, reason.sentence, None, (reason,))
    return Decision(compute, span, proposal, uptime, gap, gap, {"engine": PLAIN_SPARK, "sentence": reason.sentence})
