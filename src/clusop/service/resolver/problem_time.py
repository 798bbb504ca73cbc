"""How much slot time each problem took in which hour of which cluster, by its signals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problems, signals
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = ["ProblemTime", "hours_of", "read_problem_time"]

_STRUCTURE = "structure"
_LONGEST_HOURS = 24 * 40
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class ProblemTime:
    """Slot-ms by cluster and hour, and by agent and problem there. ``signatures`` name the problems."""

    hours: Mapping[tuple[str, int], Mapping[tuple[int, int], Fraction]]
    signatures: Mapping[int, str]

    def of(self, cluster: str, hour_at_ms: int, agent_ids: set[int]) -> dict[int, Fraction]:
        """By problem, of these agents."""
        found: dict[int, Fraction] = {}
        for (agent_id, problem_id), spent_ms in self.hours.get((cluster, hour_at_ms), {}).items():
            if agent_id in agent_ids:
                found[problem_id] = found.get(problem_id, Fraction(0)) + spent_ms
        return found


def read_problem_time(connection: Connection, from_ms: int, to_ms: int) -> ProblemTime:
    """Of all signals that touch ``[from_ms, to_ms)``. The time of a signal is spread evenly over its span.

    A signal that was made offline, from a log, tells what a live one told already or what no UsageHour stands beside.
    """
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(signals.c.agent_id, signals.c.problem_id, signals.c.line, agents.c.cluster, problems.c.signature)
        .join(agents, agents.c.id == signals.c.agent_id)
        .join(problems, problems.c.id == signals.c.problem_id)
        .where(signals.c.end_at_ms >= from_ms, signals.c.start_at_ms < to_ms, signals.c.is_offline.is_(False))
        .order_by(signals.c.id)
    )
    found: dict[tuple[str, int], dict[tuple[int, int], Fraction]] = {}
    signatures: dict[int, str] = {}
    for agent_id, problem_id, line, agents_cluster, signature in rows:
        told = json.loads(line)
        spent_ms = _spent(told)
        cluster = told["cluster"] or agents_cluster
        if not spent_ms or not cluster:
            continue
        signatures[problem_id] = signature
        for hour_at_ms, part in hours_of(told["start_at_ms"], told["end_at_ms"], from_ms, to_ms):
            by_problem = found.setdefault((cluster, hour_at_ms), {})
            key = (agent_id, problem_id)
            by_problem[key] = by_problem.get(key, Fraction(0)) + spent_ms * part
    return ProblemTime(found, signatures)


def _spent(told: Mapping[str, object]) -> Fraction | None:
    """Its first finding's share of task time × task time; ``None`` where one of both is not known, or is a share of nodes."""
    findings, time = told.get("findings"), told.get("time")
    first = findings[0] if isinstance(findings, list) and findings else None
    if not isinstance(first, dict) or not isinstance(time, dict) or first.get("basis") == _STRUCTURE:
        return None
    ratio, run_ms = first.get("time_ratio"), time.get("run_ms")
    if ratio is None or run_ms is None:
        return None
    # Four decimals on the wire, as written.
    return Fraction(str(ratio)) * int(run_ms)


def hours_of(start_ms: int, end_ms: int, from_ms: int, to_ms: int) -> list[tuple[int, Fraction]]:
    """The hours in ``[from_ms, to_ms)`` that a span touches, each with its part of the span."""
    length = end_ms - start_ms
    first = max(start_ms, from_ms) // MS_PER_HOUR * MS_PER_HOUR
    if length <= 0:
        return [(first, Fraction(1))] if from_ms <= first < to_ms else []
    last = min(end_ms, to_ms, first + _LONGEST_HOURS * MS_PER_HOUR)
    return [
        (hour, Fraction(min(end_ms, hour + MS_PER_HOUR) - max(start_ms, hour), length))
        for hour in range(first, last, MS_PER_HOUR)
        if min(end_ms, hour + MS_PER_HOUR) > max(start_ms, hour)
    ]
