"""Compares what a report says of workloads with what the workloads declare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.certify.judge import COARSER_CAUSES
from score import worst_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clusop.certify.workload import Workload

__all__ = ["COARSER_CAUSES", "Outcome", "outcomes_of", "ran_for"]

_DELTA_PREFIX = re.compile(r"^(?:Delta: )+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was expected of a workload and what was said."""

    workload: str
    expected_verdict: str
    said_verdict: str
    expected_causes: frozenset[str]
    said_causes: frozenset[str]
    allowed_causes: frozenset[str]

    @property
    def is_right(self) -> bool:
        """The verdict is the expected one, and the causes are: each named, or a coarser one in its place, and no other."""
        named = self.expected_causes <= self.said_causes or bool(self.said_causes & COARSER_CAUSES)
        known = self.expected_causes | self.allowed_causes
        astray = self.said_causes - known - (COARSER_CAUSES if self.expected_causes else frozenset())
        return self.said_verdict == self.expected_verdict and named and not astray

    @property
    def is_exact(self) -> bool:
        """Right, with every cause named and no coarser one beside it."""
        return self.is_right and self.expected_causes <= self.said_causes and not self.said_causes & COARSER_CAUSES

    @property
    def sentence(self) -> str:
        """Both sides in a line."""
        said = f"{self.said_verdict} {_listed(self.said_causes)}".strip()
        if self.is_right:
            return said
        return f"{said}, expected {self.expected_verdict} {_listed(self.expected_causes)}".rstrip()


def _listed(causes: Iterable[str]) -> str:
    names = ", ".join(sorted(causes))
    return f"({names})" if names else ""


def ran_for(description: str, workload: str) -> bool:
    """Whether a query with this description did the workload's work: its own, or one that Delta or a stream derived."""
    plain = _DELTA_PREFIX.sub("", description)
    if plain == workload:
        return True
    rest = plain.removeprefix(workload)
    return rest != plain and rest.startswith((": ", " - ", "\n", "<br")) and not rest.startswith(": set-up")


def outcomes_of(
    workloads: Sequence[Workload], inputs: Sequence[Mapping[str, Any]], *, engine_on: bool
) -> list[Outcome]:
    """One outcome per workload from a report's inputs. Without an engine every workload is ``not-accelerated``."""
    queries = [query for entry in inputs for query in entry["queries"] if query["role"] != "internal"]
    found = []
    for workload in workloads:
        own = [query for query in queries if ran_for(query["description"] or "", workload.name)]
        said = worst_verdict(query["verdict"] for query in own) or "not reported"
        causes = frozenset(finding["cause"] for query in own for finding in query["findings"])
        expected = workload.expected
        found.append(
            Outcome(
                workload.name,
                expected.verdict if engine_on else "not-accelerated",
                said,
                frozenset(expected.causes) if engine_on else frozenset(),
                causes,
                frozenset(expected.also),
            )
        )
    return found
