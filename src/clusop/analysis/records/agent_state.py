"""AgentState v1: how an agent fares. Cumulative; the one with the highest sequence counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Verdict
from clusop.analysis.records import gate
from clusop.analysis.records.envelope import TIME, envelope
from clusop.analysis.records.shape import Choice, Flag, Listing, Members, Nullable, Record, Text, Whole
from clusop.analysis.records.signal import ENGINES, SHAPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.records.signal import SignalShape

__all__ = ["AGENT_STATE", "DOORS", "AgentState"]

DOORS = ("pth", "arm", "init-script", "conf-extra-listeners", "conf-query-listeners")
_MAX_REASONS = 64


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent's account of itself. ``losses`` are counts by reason, ``executions`` by verdict, ``unknown`` the unknown ones
    by reason. ``breaker`` and ``off`` are reasons, ``""`` while all is well. ``final``: a clean end, nothing follows.

    What stands after it says of the application what a signal says of a query. ``compute`` is a
    :func:`~clusop.analysis.records.compute.compute_of`.
    """

    record: str
    version: int
    agent: str
    sequence: int
    workspace: str
    cluster: str
    started_at_ms: int
    armed_since_at_ms: int
    at_ms: int
    doors: tuple[str, ...]
    clusop: str
    spark: str
    scala: str
    java: str
    dbr: str
    losses: Mapping[str, int]
    executions: Mapping[str, int]
    unknown: Mapping[str, int]
    late_armed: int
    breaker: str
    off: str
    final: bool
    workload: str = ""
    task_key: str = ""
    engine: str = ""
    image: str = ""
    shape: SignalShape | None = None
    compute: str = ""


_COUNTS = Members(gate.REASON, Whole(), _MAX_REASONS)
_MAYBE_REASON = Text(f"(?:{gate.REASON})?")
_RELEASE = Text("(?:[0-9]{1,4}(?:[._+-][0-9A-Za-z]{1,16}){0,6})?")
# Added to version 1: lines of earlier agents lack them.
_ADDED = frozenset({"workload", "task_key", "engine", "image", "shape", "compute"})

AGENT_STATE = Record(
    AgentState,
    {
        **envelope("agent-state"),
        "cluster": Text(gate.CLUSTER),
        "started_at_ms": TIME,
        "armed_since_at_ms": TIME,
        "at_ms": TIME,
        "doors": Listing(Choice(DOORS), len(DOORS)),
        "clusop": _RELEASE,
        "spark": Text(gate.SPARK),
        "scala": _RELEASE,
        "java": _RELEASE,
        "dbr": Text(gate.DBR),
        "losses": _COUNTS,
        "executions": Members("|".join(verdict.value for verdict in Verdict), Whole(), len(Verdict)),
        "unknown": _COUNTS,
        "late_armed": Whole(),
        "breaker": _MAYBE_REASON,
        "off": _MAYBE_REASON,
        "final": Flag(),
        "workload": Text(f"(?:{gate.WORKLOAD})?"),
        "task_key": Text(gate.TASK_KEY),
        "engine": Choice(ENGINES),
        "image": Text(gate.IMAGE),
        "shape": Nullable(SHAPE),
        "compute": Text(gate.COMPUTE),
    },
    optional=_ADDED,
)
