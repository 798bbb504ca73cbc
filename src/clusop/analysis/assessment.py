"""What the analysis says of one query and of one application; all that reports, signals and services read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from clusop.analysis.cluster import Application
    from clusop.analysis.figure import Figure
    from clusop.analysis.observed import Observed
    from clusop.plan.dialect import Dialect
    from clusop.plan.kind import Kind
    from clusop.plan.reading import PlanReading
    from clusop.pricing.price import Unpriced
    from clusop.reasons import Reason

__all__ = [
    "Action",
    "ApplicationAssessment",
    "ApplicationCost",
    "Confidence",
    "Finding",
    "Island",
    "JudgedPlan",
    "Leg",
    "Proposal",
    "QueryAssessment",
    "QueryCost",
    "RatioBasis",
    "Role",
    "TimeSplit",
    "Verdict",
    "Witness",
]


_HIGH_FROM, _MEDIUM_FROM = 0.8, 0.5


class Verdict(str, Enum):
    """What became of a plan (DESIGN §4). Ordered by :attr:`rank`: the worst of a query's graphs and subqueries counts."""

    FALLBACK = "fallback"
    PARTIAL = "partial"
    NATIVE = "native"
    COMMAND = "command"
    NOT_ACCELERATED = "not-accelerated"
    UNKNOWN = "unknown"


class Role(str, Enum):
    """Whose execution it is."""

    USER = "user"
    INTERNAL = "internal"
    """The table format reads its own log, or a reader infers a schema."""
    COMMAND = "command"


class RatioBasis(str, Enum):
    """What a share of time rests on (DESIGN §5)."""

    MEASURED = "measured"
    PROFILE = "profile"
    OPERATORS = "operators"
    STRUCTURE = "structure"


class Witness(str, Enum):
    """Who says that an operator left the engine, and why."""

    STRUCTURE = "structure"
    ENGINE = "engine"
    METRICS = "metrics"


class Action(str, Enum):
    """What is proposed. Never done."""

    FIX = "fix"
    DISABLE = "disable"
    UPGRADE = "upgrade"
    KEEP = "keep"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class JudgedPlan:
    """One graph with the kind of every operator (``kinds[i]`` for operator ``i``) and the island it belongs to
    (``island_of[i]``, ``None`` outside islands). ``ran[i]`` is false where metrics show that the operator did not run in
    this execution.
    """

    reading: PlanReading
    kinds: tuple[Kind, ...]
    island_of: tuple[int | None, ...]
    ran: tuple[bool, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Island:
    """A connected group of operators off the engine. ``operators`` are indices into graph ``graph``, lowest (deepest, where
    the cause sits) first. ``stage_ids`` are the stages they ran in. ``time_ms`` is time off the engine in those stages,
    ``None`` with ``time_reason`` where it is not known; ``is_upper_bound`` says it may be less.
    """

    number: int
    graph: int
    operators: tuple[int, ...]
    stage_ids: tuple[int, ...] = ()
    time_ms: Fraction | None = None
    time_reason: Reason | None = None
    is_upper_bound: bool = False
    remarks: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause at an operator. ``cause`` is an id of kind ``cause`` in ``reasons.json``. ``operator`` is the name, ``index`` its
    place in graph ``graph``; ``inherited`` are operators of the island forced off the engine by this one.
    ``functions`` are candidate function names from the arguments; ``engine_says`` the engine's own words.
    ``time_ratio`` is the share of the query's run time, ``None`` with ``time_reason`` where unknown.
    """

    cause: str
    operator: str
    graph: int
    index: int
    detail: str = ""
    island: int | None = None
    functions: tuple[str, ...] = ()
    engine_says: str = ""
    witnesses: tuple[Witness, ...] = ()
    disagreement: Reason | None = None
    inherited: tuple[int, ...] = ()
    time_ratio: Fraction | None = None
    time_reason: Reason | None = None
    ratio_basis: RatioBasis = RatioBasis.STRUCTURE
    is_upper_bound: bool = False

    @property
    def operator_count(self) -> int:
        """Operators off the engine through this cause."""
        return 1 + len(self.inherited)


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Where a query's task time went, ms; the classes add up to ``run_ms``. A class is ``None`` where the source cannot tell,
    and ``reasons`` says why. ``lost_ms`` (failed, killed, losing tasks) lies outside ``run_ms``.
    """

    run_ms: Fraction | None
    native_ms: Fraction | None
    ratio_basis: RatioBasis
    island_ms: Fraction | None = None
    row_source_ms: Fraction | None = None
    boundary_ms: Fraction | None = None
    unexplained_ms: Fraction | None = None
    lost_ms: Fraction | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def native_ratio(self) -> Fraction | None:
        """Native share of run time, 0..1."""
        if self.run_ms is None or self.native_ms is None or self.run_ms == 0:
            return None
        return self.native_ms / self.run_ms


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of confidence: 0..1, its level, and what lowered it."""

    score: float
    reasons: tuple[Reason, ...] = ()

    @property
    def level(self) -> str:
        """``high`` from 0.8, ``medium`` from 0.5, else ``low``."""
        return "high" if self.score >= _HIGH_FROM else "medium" if self.score >= _MEDIUM_FROM else "low"


@dataclass(frozen=True, slots=True)
class Confidence:
    """The four legs of DESIGN §7."""

    parse: Leg
    diagnosis: Leg
    cost: Leg
    recommendation: Leg


@dataclass(frozen=True, slots=True)
class QueryCost:
    """A query's money. ``cash`` tells whether avoidable is cash (elastic uptime) or capacity (fixed uptime)."""

    attributed: Figure | Unpriced
    exposure: Figure | Unpriced
    avoidable: Figure | Unpriced
    avoidable_is_capacity: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do, in one sentence, with what it would save where that is known."""

    action: Action
    sentence: str
    saving: Figure | Unpriced | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryAssessment:
    """All that is said of one query."""

    observed: Observed
    dialect: Dialect
    role: Role
    verdict: Verdict
    verdict_reasons: tuple[Reason, ...]
    plans: tuple[JudgedPlan, ...]
    native_operator_count: int
    jvm_operators: tuple[tuple[str, int], ...]
    new_native_names: tuple[str, ...]
    islands: tuple[Island, ...]
    findings: tuple[Finding, ...]
    time: TimeSplit
    cost: QueryCost
    confidence: Confidence
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class ApplicationCost:
    """An application's bill, in classes that add up to ``total``: DBU dollars and VM dollars apart inside each figure's
    inputs. ``unused`` is time nobody used; ``non_sql_and_failed`` the rest of what was attributed.
    """

    total: Figure | Unpriced
    attributed: Figure | Unpriced
    non_sql_and_failed: Figure | Unpriced
    unobserved: Figure | Unpriced
    unused: Figure | Unpriced


@dataclass(frozen=True, slots=True)
class ApplicationAssessment:
    """All that is said of one application."""

    application: Application
    queries: tuple[QueryAssessment, ...]
    time: TimeSplit
    non_sql_ms: Fraction | None
    cost: ApplicationCost
    proposals: tuple[Proposal, ...]
