"""Compares the signals of a run with the event log of the same run: two readers of the same events, one of them afterwards.

A log of Spark 3.5 holds no word of the engine's own, the live plan does. So a cause may be coarser in the log, never another one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assess import assess_application
from clusop.analysis.records.problems import Workload, problems_of
from clusop.eventlog import NotLocated, locate, read_application
from clusop.pricing.provider import PriceBook
from clusop.units import NS_PER_MS
from outcome import COARSER_CAUSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from clusop.analysis.assessment import QueryAssessment
    from clusop.analysis.records import Signal
    from clusop.analysis.records.problems import SeenProblem
    from live_signals import Left

__all__ = ["Agreement", "agreement_of", "queries_of"]

_TIMES = ("run_ms", "native_ms", "island_ms", "row_source_ms", "boundary_ms", "unexplained_ms", "lost_ms")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How signals and log compare: ``faults`` holds, for each signal in order, in what it disagrees; ``missed`` the problems
    only the log has; ``verdicts`` what the agent and the log counted, where they differ. ``sharper`` counts the signals whose
    cause the log has only coarsely; ``runs`` all runs told of.
    """

    faults: Sequence[Sequence[str]]
    missed: Sequence[str]
    verdicts: str
    sharper: int
    runs: int

    @property
    def agreeing(self) -> int:
        """Signals without a fault."""
        return sum(not found for found in self.faults)

    @property
    def is_whole(self) -> bool:
        """Both tell the same."""
        return self.agreeing == len(self.faults) and not self.missed and not self.verdicts

    def sentences(self) -> list[str]:
        """What there is to say, the outcome at the end."""
        found = [fault for faults in self.faults for fault in faults]
        found += [f"only the log has {what}" for what in self.missed]
        found += [self.verdicts] if self.verdicts else []
        found.append(f"the live signals agree with the event log: {self.agreeing} of {len(self.faults)}")
        sharper = f"; {self.sharper} with a sharper cause, from the engine's own words" if self.sharper else ""
        found.append(f"compared: {self.runs} runs by verdict, cause, plan, start, end and task time{sharper}")
        return found


@dataclass(slots=True)
class _Sighting:
    """One problem of one execution in the log, and whether a signal was found to tell of it."""

    query: QueryAssessment
    problem: SeenProblem
    is_told: bool = field(default=False)

    @property
    def cause(self) -> str:
        return self.problem.problem.cause

    @property
    def name(self) -> str:
        told = self.query.observed
        return f"{self.cause} in execution {told.query_id} ({told.description or 'without a description'})"


def queries_of(log: Path) -> tuple[QueryAssessment, ...]:
    """What clusop says of the queries in the only application of a log."""
    found = locate(str(log))
    if isinstance(found, NotLocated):
        raise FileNotFoundError(found.reason.sentence)
    (source,) = found
    return assess_application(read_application(source), PriceBook.default()).queries


def agreement_of(left: Left, queries: Sequence[QueryAssessment]) -> Agreement:
    """Compare what an agent left with what the log of the same application tells."""
    keys = {(signal.workspace, signal.workload, signal.task_key) for signal in left.signals}
    if len(keys) > 1:
        return Agreement([[f"{len(keys)} workloads in one application"]], [], "", 0, 0)
    # The signature does not depend on the secret key: the workload's key is hashed already.
    workload = Workload(*(keys or {("", "name:" + "0" * 32, "")}).pop(), b"")
    sightings = [_Sighting(query, problem) for query in queries for problem in problems_of(query, workload)]
    # Those of the log's own cause first: what is left is then told by the sharper ones.
    known = {sighting.problem.signature for sighting in sightings}
    order = sorted(range(len(left.signals)), key=lambda at: left.signals[at].signature not in known)
    faults = {at: _faults(left.signals[at], sightings) for at in order}
    return Agreement(
        [faults[at] for at in range(len(left.signals))],
        [sighting.name for sighting in sightings if not sighting.is_told],
        _verdicts(left, queries),
        sum(signal.signature not in known and not faults[at] for at, signal in enumerate(left.signals)),
        sum(signal.runs for signal in left.signals),
    )


def _faults(signal: Signal, sightings: Sequence[_Sighting]) -> list[str]:
    name = f"signal {signal.signature[:8]} ({signal.cause})"
    told = _told_by(signal, sightings)
    for sighting in told:
        sighting.is_told = True
    if len(told) != signal.runs:
        return [f"{name} tells of {signal.runs} runs, the log of {len(told)}"]
    last = next((one for one in told if one.query.observed.query_id == signal.locator.execution), None)
    if last is None:
        return [f"{name} names execution {signal.locator.execution}, where the log has no such problem"]
    claims: list[tuple[str, object, object]] = [
        ("cause", signal.cause, _cause(signal, told)),
        ("verdict", signal.verdict, " and ".join(sorted({one.query.verdict.value for one in told}))),
        ("start", signal.start_at_ms, min(one.query.observed.start_at_ms or 0 for one in told)),
        ("end", signal.end_at_ms, max(one.query.observed.end_at_ms or 0 for one in told)),
        ("fingerprint", signal.fingerprint, last.problem.body["fingerprint"]),
    ]
    claims += [(part, getattr(signal.time, part), _summed(part, told)) for part in _TIMES]
    where = (
        f"{last.query.observed.description or 'execution ' + signal.locator.execution}: signal {signal.signature[:8]}"
    )
    return [f"{where} says {what} {live}, the log {logged}" for what, live, logged in claims if live != logged]


def _told_by(signal: Signal, sightings: Sequence[_Sighting]) -> list[_Sighting]:
    """The sightings a signal may tell of: of its family and its span of time, at most one of an execution. The same problem
    first, then a coarser cause, then, so that the difference can be named, any other.
    """
    found: dict[str, _Sighting] = {}
    free = [one for one in sightings if not one.is_told and one.problem.problem.family == signal.family]
    for rank in range(3):
        for one in free:
            observed = one.query.observed
            in_span = signal.start_at_ms <= (observed.start_at_ms or 0) <= (observed.end_at_ms or 0) <= signal.end_at_ms
            if in_span and _rank(signal, one) == rank:
                found.setdefault(observed.query_id, one)
        if len(found) >= signal.runs:
            break
    return list(found.values())


def _rank(signal: Signal, sighting: _Sighting) -> int:
    if sighting.problem.signature == signal.signature:
        return 0
    return 1 if sighting.cause in COARSER_CAUSES else 2


def _cause(signal: Signal, told: Sequence[_Sighting]) -> str:
    """The signal's own cause where the log tells it, or a coarser one; else what the log tells in its place."""
    return next((one.cause for one in told if one.cause not in {signal.cause, *COARSER_CAUSES}), signal.cause)


def _summed(part: str, told: Sequence[_Sighting]) -> int | None:
    # As the agent sums: whole nanoseconds of each run, whole milliseconds of the sum.
    parts = [getattr(one.query.time, part) for one in told]
    if any(value is None for value in parts):
        return None
    return max(0, round(Fraction(sum(round(value * NS_PER_MS) for value in parts), NS_PER_MS)))


def _verdicts(left: Left, queries: Sequence[QueryAssessment]) -> str:
    counted: Mapping[str, int] = {} if left.state is None else left.state.executions
    logged = Counter(query.verdict.value for query in queries)
    if dict(counted) == dict(logged):
        return ""
    return f"executions by verdict: the agent counted {_listed(counted)}, the log has {_listed(logged)}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{many} {verdict}" for verdict, many in sorted(counts.items())) or "none"
