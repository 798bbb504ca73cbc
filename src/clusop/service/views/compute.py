"""Compute definitions with what was decided about their engine, and the problems that run on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.decisions.newest import newest_since
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.problems import problems
from clusop.service.views.decision_line import DECISION_COLUMNS, DecisionLine, decision_line
from clusop.service.views.problem_line import LIVE
from clusop.service.views.sums import NO_SUMS, Sums, added
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = ["ComputeLine", "ComputeView", "compute_lines", "one_compute"]

_HISTORY = 60
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class ComputeLine:
    """A compute definition: its newest decision, if there is any, its live problems and what they burned lately."""

    workspace: str
    compute: str
    engine: str
    decision: DecisionLine | None
    problem_count: int
    recent: Sums


@dataclass(frozen=True, slots=True)
class ComputeView:
    """One compute definition. ``history`` are its decisions, newest first."""

    line: ComputeLine
    history: tuple[DecisionLine, ...]


def compute_lines(
    connection: Connection, recent: Mapping[int, Sums], since_ms: int, workspace: str = ALL_WORKSPACES
) -> tuple[ComputeLine, ...]:
    """Every compute definition that a decision since then or a live problem names, those to switch off first, then by
    exposure.
    """
    asked = (
        select(*DECISION_COLUMNS)
        .where(*newest_since(since_ms), *within(engine_decisions.c.workspace, workspace))
        # What would be switched off is none of those left out.
        .order_by((engine_decisions.c.action == "disable").desc(), engine_decisions.c.id.desc())
    )
    decided = {
        (row["workspace"], row["compute"]): decision_line(row)
        for row in connection.execute(asked.limit(_MOST)).mappings()
    }
    parts: dict[tuple[str, str], list[Sums]] = defaultdict(list)
    engines: dict[tuple[str, str], str] = {}
    column = problems.c
    live = select(column.id, column.workspace, column.compute, column.engine).where(
        column.state.in_(LIVE), column.compute != "", *within(column.workspace, workspace)
    )
    for problem_id, name, definition, engine in connection.execute(live):
        key = (name, definition)
        parts[key].append(recent.get(problem_id, NO_SUMS))
        engines[key] = engine
    lines = [
        ComputeLine(
            key[0], key[1], engines.get(key, ""), decided.get(key), len(parts.get(key, ())), added(parts.get(key, ()))
        )
        for key in decided.keys() | parts.keys()
    ]
    return tuple(sorted(lines, key=_rank)[:_MOST])


def one_compute(connection: Connection, workspace: str, compute: str, recent: Mapping[int, Sums]) -> ComputeView | None:
    """One compute definition, ``None`` where no decision, problem or agent names it."""
    asked = (
        select(*DECISION_COLUMNS)
        .where(engine_decisions.c.workspace == workspace, engine_decisions.c.compute == compute)
        .order_by(engine_decisions.c.decided_at_ms.desc())
        .limit(_HISTORY)
    )
    history = tuple(decision_line(row) for row in connection.execute(asked).mappings())
    column = problems.c
    rows = connection.execute(
        select(column.id, column.engine, column.state).where(column.workspace == workspace, column.compute == compute)
    ).all()
    if not history and not rows and not _is_heard(connection, workspace, compute):
        return None
    rows = [row for row in rows if row.state in LIVE]
    total = added(recent.get(row.id, NO_SUMS) for row in rows)
    engine = rows[0].engine if rows else ""
    line = ComputeLine(workspace, compute, engine, history[0] if history else None, len(rows), total)
    return ComputeView(line, history)


def _is_heard(connection: Connection, workspace: str, compute: str) -> bool:
    asked = select(agents.c.id).where(agents.c.workspace == workspace, agents.c.compute == compute).limit(1)
    return connection.execute(asked).first() is not None


def _rank(line: ComputeLine) -> tuple[bool, int, int, str, str]:
    disables = line.decision is not None and line.decision.action == "disable"
    return not disables, -line.recent.exposure_twice_mid, -line.recent.run_ms, line.workspace, line.compute
