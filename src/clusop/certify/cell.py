"""One cell of the matrix: what became of one fixture on one engine. Every field comes from a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Cell", "Fault", "Found", "Outcome", "RunTime", "Share", "Side", "Witnesses"]


class Outcome(str, Enum):
    """What became of a fixture, the best first."""

    NATIVE = "native"
    """All of it ran in the engine."""
    PARTIAL = "partial"
    """Only light or row-reading work ran outside the engine."""
    FALLBACK = "fallback"
    """Work ran outside the engine that holds time."""
    JVM = "jvm"
    """It ran, and no engine was on."""
    COMMAND = "command"
    """It has no plan of its own that an engine could run."""
    UNKNOWN = "unknown"
    """It ran, and what ran where could not be told; ``reason`` says why."""
    FAILED = "failed"
    """It ended with an error, or did not end in its time; ``fault`` says whose that is."""
    NOT_RUN = "not-run"
    """It was not run; ``reason`` says why."""


class Fault(str, Enum):
    """Whose a failure is."""

    NONE = ""
    ENGINE = "engine"
    """It fails with the engine on and succeeds with it off, or it took the JVM with it."""
    FIXTURE = "fixture"
    """It fails with the engine off too."""
    TIME = "time"
    """It did not end within the limit."""
    TOOL = "tool"
    """It ran, and the shipped agent told nothing of it."""


@dataclass(frozen=True, slots=True)
class Share:
    """Task time in the stages of operators off the engine over all task time, 0..1, over the runs: the median and both ends.

    ``is_upper_bound``: the stages did other work besides (Comet has no clock of its own). ``why_not`` says why there is none.
    """

    median: float | None = None
    low: float | None = None
    high: float | None = None
    runs: int = 0
    basis: str = ""
    is_upper_bound: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One cause at one operator, and the functions the engine stumbled over there."""

    cause: str
    operator: str
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunTime:
    """Task time of the fixture's queries over its runs, least and most, ms."""

    low_ms: int
    high_ms: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one reader said of the fixture: its worst verdict and the causes of all its queries."""

    verdict: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who says what: the shipped ``agent`` live (it hears the engine's words too); the same analysis ``masked``, which does not;
    and the ``engine`` itself, by its own account. ``engine_off`` is ``None`` where the engine says nothing.
    """

    agent: Side | None
    masked: Side | None
    engine_off: bool | None
    engine_says: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The outcome of a fixture. ``operators`` are those off the engine with their number; ``plan`` is the worst query's final
    plan, an operator a line, ``!`` before those off the engine. ``as_declared`` is whether it is what the fixture declares
    for this engine, ``None`` where it declares nothing. ``disagreement`` is why the fixture says that the engine's own
    account and clusop's differ here, ``""`` where it does not say so.
    """

    fixture: str
    area: str
    shows: str
    outcome: Outcome
    reason: str = ""
    fault: Fault = Fault.NONE
    error: str = ""
    causes: tuple[str, ...] = ()
    operators: tuple[tuple[str, int], ...] = ()
    native_operators: int = 0
    queries: int = 0
    findings: tuple[Found, ...] = ()
    share: Share = Share()
    run_time: RunTime | None = None
    plan: tuple[str, ...] = ()
    witnesses: Witnesses | None = None
    as_declared: bool | None = None
    disagreement: str = ""
