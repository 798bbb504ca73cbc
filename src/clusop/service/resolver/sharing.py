"""An hour of a cluster in parts of one whole: what each line of the bill is a share of.

::

    unobserved                 1 − seen
    seen, no slot alive:       unused
    seen, by slot time:        attributed to each problem · attributed-other · non-sql-and-failed · unused

The parts are exact ratios and add up to 1. What nobody used is *unused*, never idle: Python may have been at work on the
driver, which no slot time tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.service.resolver.observed import AgentHour

__all__ = ["LINES", "Line", "Part", "parts_of"]

Line: TypeAlias = Literal["attributed", "attributed-other", "non-sql-and-failed", "unobserved", "unused"]
LINES: tuple[Line, ...] = ("attributed", "attributed-other", "non-sql-and-failed", "unobserved", "unused")
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Part:
    """``share`` of the hour; ``problem_id`` only of an attributed line."""

    line: Line
    problem_id: int | None
    share: Fraction


def parts_of(
    seen: Fraction, alive: Fraction, agents: Sequence[AgentHour], problem_ms: Mapping[int, Fraction]
) -> tuple[Part, ...]:
    """All parts that are not nothing, in a fixed order. ``seen`` is the share of the hour under an agent's eyes, ``alive`` the
    share of that in which slots were there (:mod:`.alive`).
    """
    busy = sum(one.busy_ms for one in agents)
    # A stage's time is spread evenly over its life, so that an hour may show more busy time than slots.
    there = max(sum(one.slot_ms for one in agents), busy)
    aside = sum(one.not_sql_or_failed_ms for one in agents)
    sql = busy - aside
    found: list[Part] = []
    if seen and there:
        unit = seen * alive / there
        told = sum(problem_ms.values(), _NOTHING)
        # Problems of one query may share stages: together they never take more than all SQL did.
        scale = unit if told <= sql else unit * sql / told
        found += [Part("attributed", problem_id, spent * scale) for problem_id, spent in sorted(problem_ms.items())]
        found += [
            Part("attributed-other", None, unit * max(_NOTHING, sql - told)),
            Part("non-sql-and-failed", None, unit * aside),
            Part("unused", None, seen * (1 - alive) + unit * (there - busy)),
        ]
    elif seen:
        found.append(Part("unused", None, seen))
    found.append(Part("unobserved", None, 1 - seen))
    return tuple(part for part in found if part.share)
