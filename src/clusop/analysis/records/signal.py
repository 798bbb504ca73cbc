"""Signal v1: one problem as seen on one cluster in one span of time (DESIGN §8). ``docs/records.md`` tells every field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action, RatioBasis, Verdict
from clusop.analysis.cluster import Uptime
from clusop.analysis.records import gate
from clusop.analysis.records.envelope import ID, TIME, envelope
from clusop.analysis.records.money import FIGURE
from clusop.analysis.records.shape import (
    Choice,
    Flag,
    Listing,
    Members,
    Nullable,
    Number,
    Pair,
    Record,
    Shape,
    ShapeError,
    Text,
    Whole,
)
from clusop.plan.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.records.money import WireFigure

__all__ = [
    "AVAILABILITIES",
    "ENGINES",
    "SHAPE",
    "SIGNAL",
    "DigestEntry",
    "EntryShape",
    "Locator",
    "Signal",
    "SignalConfidence",
    "SignalFigures",
    "SignalFinding",
    "SignalLeg",
    "SignalShape",
    "SignalTime",
]

ENGINES = ("", "photon", "comet", "gluten", "rapids", "none")
LEVELS = ("high", "medium", "low")
AVAILABILITIES = ("", "ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK")
_MAX_FINDINGS = 32
_MAX_FUNCTIONS = 16
_MAX_REASONS = 32
_MAX_DIGEST = 2000
_MAX_DEPTH = 100_000
_MAX_ARGUMENTS = "[ -~]{0,160}"
_TIME_CLASSES = ("run_ms", "native_ms", "island_ms", "row_source_ms", "boundary_ms", "unexplained_ms", "lost_ms")


@dataclass(frozen=True, slots=True)
class SignalFinding:
    """A cause at an operator, whose place in the plan is ``index`` (pre-order); ``time_ratio`` is a share of task time."""

    cause: str
    operator: str
    index: int
    depth: int
    operators: int
    time_ratio: float | None
    time_reason: str
    basis: str
    is_upper_bound: bool
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignalTime:
    """Task time of the executions gathered, whole ms by the classes of DESIGN §5; ``None`` where not known, see ``reasons``."""

    basis: str
    run_ms: int | None
    native_ms: int | None
    island_ms: int | None
    row_source_ms: int | None
    boundary_ms: int | None
    unexplained_ms: int | None
    lost_ms: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignalShape:
    """The cluster. ``workers`` and ``slots`` are the fewest and the most alive; ``None`` where the timeline is not known."""

    cloud: str
    product: str
    tier: str
    driver_node_type: str
    worker_node_type: str
    is_single_node: bool
    is_serverless: bool
    availability: str
    first_on_demand: int | None
    uptime: str
    workers: tuple[int, int] | None
    slots: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class SignalFigures:
    """Dollars. ``attributed`` is of the whole executions, ``exposure`` and ``avoidable`` of this problem's part of them."""

    attributed: WireFigure
    exposure: WireFigure
    avoidable: WireFigure
    avoidable_is_capacity: bool


@dataclass(frozen=True, slots=True)
class SignalLeg:
    """One leg of confidence."""

    score: float
    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignalConfidence:
    """The four legs of DESIGN §7."""

    parse: SignalLeg
    diagnosis: SignalLeg
    cost: SignalLeg
    recommendation: SignalLeg


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One operator of the plan, in pre-order."""

    depth: int
    kind: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Locator:
    """Where the owner finds the last execution gathered. ``text_hash`` is a keyed hash of its description."""

    execution: str
    text_hash: str
    call_site: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One problem. ``start_at_ms`` is the first start and ``end_at_ms`` the last end of the ``runs`` executions gathered."""

    record: str
    version: int
    agent: str
    sequence: int
    workspace: str
    cluster: str
    workload: str
    task_key: str
    signature: str
    start_at_ms: int
    end_at_ms: int
    runs: int
    dbr: str
    image: str
    spark: str
    engine: str
    dialect: str
    verdict: str
    cause: str
    family: str
    occurrence: int
    findings: tuple[SignalFinding, ...]
    findings_cut: int
    time: SignalTime
    hours: str | None
    hours_reason: str
    shape: SignalShape
    figures: SignalFigures
    confidence: SignalConfidence
    action: str
    action_reasons: tuple[str, ...]
    fingerprint: str
    digest: tuple[DigestEntry, ...]
    digest_from: int
    digest_cut: int
    locator: Locator
    tags: Mapping[str, str]


_REASON = Text(gate.REASON)
_MAYBE_REASON = Text(f"(?:{gate.REASON})?")
_REASONS = Listing(_REASON, _MAX_REASONS)
_COUNT = Whole()
_MS = Nullable(Whole())


def _finding_rule(finding: SignalFinding) -> str:
    return "" if finding.time_ratio is not None or finding.time_reason else "has neither a share of time nor a reason"


def _time_rule(time: SignalTime) -> str:
    known = all(getattr(time, name) is not None for name in _TIME_CLASSES)
    return "" if known or time.reasons else "leaves a class of time out without a reason"


def _signal_rule(signal: Signal) -> str:
    if signal.start_at_ms > signal.end_at_ms:
        return "ends before it starts"
    if signal.hours is None and not signal.hours_reason:
        return "has neither hours nor a reason"
    if signal.findings[0].cause != signal.cause:
        return "names another cause than its first finding"
    return ""


_FINDING = Record(
    SignalFinding,
    {
        "cause": _REASON,
        "operator": Text(gate.OPERATOR),
        "index": _COUNT,
        "depth": Whole(0, _MAX_DEPTH),
        "operators": Whole(1),
        "time_ratio": Nullable(Number()),
        "time_reason": _MAYBE_REASON,
        "basis": Choice(tuple(basis.value for basis in RatioBasis)),
        "is_upper_bound": Flag(),
        "functions": Listing(Text(gate.FUNCTION), _MAX_FUNCTIONS),
    },
    rule=_finding_rule,
)
_TIME = Record(
    SignalTime,
    {
        "basis": Choice(tuple(basis.value for basis in RatioBasis)),
        **dict.fromkeys(_TIME_CLASSES, _MS),
        "reasons": _REASONS,
    },
    rule=_time_rule,
)
_NAME_IN_CAPITALS = Text("[A-Z_]{0,48}")
SHAPE = Record(
    SignalShape,
    {
        "cloud": _NAME_IN_CAPITALS,
        "product": _NAME_IN_CAPITALS,
        "tier": _NAME_IN_CAPITALS,
        "driver_node_type": Text(gate.NODE_TYPE),
        "worker_node_type": Text(gate.NODE_TYPE),
        "is_single_node": Flag(),
        "is_serverless": Flag(),
        "availability": Choice(AVAILABILITIES),
        "first_on_demand": Nullable(Whole(0, 100_000)),
        "uptime": Choice(tuple(uptime.value for uptime in Uptime)),
        "workers": Nullable(Pair()),
        "slots": Nullable(Pair()),
    },
)
_FIGURES = Record(
    SignalFigures,
    {"attributed": FIGURE, "exposure": FIGURE, "avoidable": FIGURE, "avoidable_is_capacity": Flag()},
)
_LEG = Record(SignalLeg, {"score": Number(), "level": Choice(LEVELS), "reasons": _REASONS})
_CONFIDENCE = Record(SignalConfidence, {"parse": _LEG, "diagnosis": _LEG, "cost": _LEG, "recommendation": _LEG})
_LOCATOR = Record(
    Locator,
    {"execution": Text(gate.EXECUTION), "text_hash": Text("(?:[0-9a-f]{32})?"), "call_site": Text(gate.CALL_SITE)},
    frozenset({"call_site"}),
)


@dataclass(frozen=True, slots=True)
class EntryShape:
    """``[depth, kind, name, arguments]``: a list, because a plan has many and a record few bytes."""

    parts: tuple[Shape[object], ...] = (
        Whole(0, _MAX_DEPTH),
        Choice(tuple(kind.value for kind in Kind)),
        Text(gate.OPERATOR),
        Text(_MAX_ARGUMENTS),
    )

    def read(self, value: object, where: str) -> DigestEntry:
        """The entry."""
        if not isinstance(value, list) or len(value) != len(self.parts):
            raise ShapeError(where, f"is no list of {len(self.parts)} values")
        depth, kind, name, arguments = (
            shape.read(item, f"{where}[{number}]")
            for number, (shape, item) in enumerate(zip(self.parts, value, strict=True))
        )
        return DigestEntry(int(str(depth)), str(kind), str(name), str(arguments))

    def schema(self) -> dict[str, object]:
        """By position."""
        return {
            "type": "array",
            "prefixItems": [part.schema() for part in self.parts],
            "minItems": len(self.parts),
            "maxItems": len(self.parts),
        }


SIGNAL = Record(
    Signal,
    {
        **envelope("signal"),
        "cluster": Text(gate.CLUSTER),
        "workload": Text(gate.WORKLOAD),
        "task_key": Text(gate.TASK_KEY),
        "signature": ID,
        "start_at_ms": TIME,
        "end_at_ms": TIME,
        "runs": Whole(1),
        "dbr": Text(gate.DBR),
        "image": Text(gate.IMAGE),
        "spark": Text(gate.SPARK),
        "engine": Choice(ENGINES),
        "dialect": Choice(ENGINES),
        "verdict": Choice((Verdict.FALLBACK.value, Verdict.PARTIAL.value)),
        "cause": _REASON,
        "family": Text(gate.FAMILY),
        "occurrence": _COUNT,
        "findings": Listing(_FINDING, _MAX_FINDINGS, 1),
        "findings_cut": _COUNT,
        "time": _TIME,
        "hours": Nullable(Text(gate.HOURS)),
        "hours_reason": _MAYBE_REASON,
        "shape": SHAPE,
        "figures": _FIGURES,
        "confidence": _CONFIDENCE,
        "action": Choice(tuple(action.value for action in Action)),
        "action_reasons": _REASONS,
        "fingerprint": Text("(?:plan-1:[0-9a-f]{32})?"),
        "digest": Listing(EntryShape(), _MAX_DIGEST),
        "digest_from": _COUNT,
        "digest_cut": _COUNT,
        "locator": _LOCATOR,
        "tags": Members(gate.TAG_KEY, Text("[^\\u0000-\\u001f\\ud800-\\udfff]{0,128}"), 16),
    },
    rule=_signal_rule,
)
