"""What people are not told: snoozed and acknowledged problems, and every decision not to send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.store.tables.delivery import withheld
from clusop.service.store.tables.problems import problems
from clusop.service.views.problem_line import LINE_COLUMNS, ProblemLine, problem_line
from clusop.service.views.visible import ALL_WORKSPACES, within
from clusop.service.views.withheld import WithheldLine, withheld_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["ReasonCount", "Suppressions", "WithheldProblem", "suppressions"]

_MOST = 100


@dataclass(frozen=True, slots=True)
class WithheldProblem:
    """A decision not to send that stands, with the problem it is about."""

    line: WithheldLine
    problem: ProblemLine


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many decisions not to send stand for one reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Suppressions:
    """At most 100 of each; the counts are whole. ``reason`` chooses among the decisions not to send."""

    snoozed: tuple[ProblemLine, ...]
    snoozed_count: int
    acknowledged: tuple[ProblemLine, ...]
    acknowledged_count: int
    withheld: tuple[WithheldProblem, ...]
    reasons: tuple[ReasonCount, ...]


def suppressions(connection: Connection, reason: str = "", workspace: str = ALL_WORKSPACES) -> Suppressions:
    """All that is held back, the newest first."""
    snoozed, snoozed_count = _in_state(connection, "snoozed", workspace)
    acknowledged, acknowledged_count = _in_state(connection, "acknowledged", workspace)
    return Suppressions(
        snoozed=snoozed,
        snoozed_count=snoozed_count,
        acknowledged=acknowledged,
        acknowledged_count=acknowledged_count,
        withheld=_withheld(connection, reason, workspace),
        reasons=_reasons(connection, workspace),
    )


def _in_state(connection: Connection, state: str, workspace: str) -> tuple[tuple[ProblemLine, ...], int]:
    mine = (problems.c.state == state, *within(problems.c.workspace, workspace))
    rows = connection.execute(
        select(*LINE_COLUMNS)
        .where(*mine)
        .order_by(problems.c.state_since_at_ms.desc(), problems.c.id.desc())
        .limit(_MOST)
    ).mappings()
    many = connection.execute(select(func.count()).where(*mine)).scalar_one()
    return tuple(problem_line(row) for row in rows), int(many)


def _withheld(connection: Connection, reason: str, workspace: str) -> tuple[WithheldProblem, ...]:
    asked = (
        select(withheld)
        .join_from(withheld, problems)
        .where(withheld.c.is_current, *within(problems.c.workspace, workspace))
        .order_by(withheld.c.last_at_ms.desc())
        .limit(_MOST)
    )
    if reason:
        asked = asked.where(withheld.c.reason == reason)
    lines = [withheld_line(row) for row in connection.execute(asked).mappings()]
    keys = {line.problem_id for line in lines}
    found = {
        row["id"]: problem_line(row)
        for row in connection.execute(select(*LINE_COLUMNS).where(problems.c.id.in_(keys))).mappings()
    }
    return tuple(WithheldProblem(line, found[line.problem_id]) for line in lines if line.problem_id in found)


def _reasons(connection: Connection, workspace: str) -> tuple[ReasonCount, ...]:
    many = func.count()
    asked = (
        select(withheld.c.reason, many)
        .join_from(withheld, problems)
        .where(withheld.c.is_current, *within(problems.c.workspace, workspace))
        .group_by(withheld.c.reason)
    )
    return tuple(
        ReasonCount(str(reason), int(count)) for reason, count in connection.execute(asked.order_by(many.desc()))
    )
