"""One problem in full, for programs: its days, its history, and the signal that shows it best."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.problems.listing import ROW
from clusop.service.store.tables.problems import problem_days, problem_events, problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping

__all__ = ["WholeProblem", "whole_problem"]

_EVENTS = 200


@dataclass(frozen=True, slots=True)
class WholeProblem:
    """``days`` are those with work in them since the day asked for, oldest first; ``events`` the newest 200, newest first;
    ``evidence`` is the record as it came, ``None`` where none is kept.
    """

    row: RowMapping
    days: Sequence[RowMapping]
    events: Sequence[RowMapping]
    evidence: dict[str, object] | None


def whole_problem(connection: Connection, problem_id: int, visible: str, from_day: int) -> WholeProblem | None:
    """The problem with this id and its days since ``from_day``, ``None`` where the caller may see none."""
    asked = select(*ROW, problems.c.evidence).where(problems.c.id == problem_id)
    if visible != "*":
        asked = asked.where(problems.c.workspace == visible)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        return None
    days = connection.execute(
        select(problem_days)
        .where(problem_days.c.problem_id == problem_id, problem_days.c.day >= from_day)
        .order_by(problem_days.c.day)
    )
    events = connection.execute(
        select(problem_events)
        .where(problem_events.c.problem_id == problem_id)
        .order_by(problem_events.c.at_ms.desc(), problem_events.c.id.desc())
        .limit(_EVENTS)
    )
    # The line was checked when it came.
    evidence = json.loads(bytes(row["evidence"])) if row["evidence"] else None
    return WholeProblem(row, days.mappings().all(), events.mappings().all(), evidence)
