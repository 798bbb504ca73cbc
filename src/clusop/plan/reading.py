"""What a reader makes of one plan: the tree that is judged, which phase it shows, the engine's own words, the damage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.plan.node import Plan
    from clusop.reasons import Reason

__all__ = ["ABSENT", "Explanation", "ExplanationBlock", "ExplanationVerdict", "Phase", "PlanReading", "PlanSource"]


class PlanSource(str, Enum):
    """Where a plan was read."""

    EXPLAIN_TEXT = "explain-text"
    PLAN_INFO = "plan-info"
    QUERY_PROFILE = "query-profile"


class Phase(str, Enum):
    """Which of a query's plans the tree is."""

    STATIC = "static"
    """No adaptive execution: what is shown is what runs."""
    FINAL = "final"
    INITIAL = "initial"
    """An adaptive plan before it ran; the best a text has where there is no final one."""
    CURRENT = "current"
    """A snapshot between re-plannings; Photon converts stage by stage, so it proves nothing."""


class ExplanationVerdict(str, Enum):
    """What the engine's own explanation says."""

    FULLY = "fully"
    NOT_FULLY = "not-fully"
    COMMAND = "command"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ExplanationBlock:
    """One reason the engine gives. ``subject`` is what it names (an expression, a node's line, an aggregate function),
    ``subject_kind`` one of ``expression``, ``node``, ``aggregate``, ``other``; ``detail`` its words why; ``reference`` the
    line of the node it happened at, ``""`` where it gives none.
    """

    subject: str
    subject_kind: str
    detail: str
    reference: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The engine's explanation of one plan."""

    verdict: ExplanationVerdict
    blocks: tuple[ExplanationBlock, ...] = ()


ABSENT = Explanation(ExplanationVerdict.ABSENT)


@dataclass(frozen=True, slots=True)
class PlanReading:
    """One plan as read from one source.

    ``plan`` is ``None`` only where nothing could be read; ``problems`` then says why. ``problems`` also carries damage that
    left something readable (``truncated-top``, ``wrapped-lines`` …).
    """

    plan: Plan | None
    phase: Phase
    source: PlanSource
    explanation: Explanation = ABSENT
    problems: tuple[Reason, ...] = ()
