"""The nodes of a printed tree before they become operators of a plan: what was printed, under what, in which phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.plan.naming import MAX_ARGUMENT_CHARS
from clusop.plan.node import ROOT

if TYPE_CHECKING:
    from clusop.plan.reading import Phase

__all__ = ["RawNode", "RawTree"]


@dataclass(slots=True)
class RawNode:
    """One printed operator.

    ``parent`` indexes the same list. ``inner``: printed two levels deeper than a child (a subquery, a cached relation, a
    command's logical plan). ``phase`` is set on the root below a marker line such as ``+- == Final Plan ==``.
    """

    body: str
    parent: int = ROOT
    inner: bool = False
    phase: Phase | None = None

    def extend(self, line: str) -> None:
        """Add a wrapped line of arguments; what exceeds the bounded length is dropped."""
        if len(self.body) < MAX_ARGUMENT_CHARS:
            self.body = f"{self.body} {line.strip()}"


@dataclass(slots=True)
class RawTree:
    """One printed tree. ``host`` is the number of the operator whose subquery it is (formatted mode), ``hosting`` the
    expression there, both empty for the plan itself.
    """

    nodes: list[RawNode] = field(default_factory=list)
    host: int | None = None
    hosting: str = ""
    truncated_top: bool = False
    truncated_bottom: bool = False
    irregular: bool = False
    wrapped: bool = False
    too_large: bool = False
