"""The audit: who did what, when and why, newest first. Nothing in it is ever changed or taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Text, cast, literal, select

from clusop.service.store.tables.access import audit
from clusop.service.store.tables.problems import problems
from clusop.service.told_text import MAX_NAME_CHARS, cleaned
from clusop.service.views.problem_line import mapping_of
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from clusop.service.views.sums import DatabaseRow

__all__ = ["AUDIT_COLUMNS", "AuditAsked", "AuditEntry", "AuditPage", "audit_page", "audit_step"]

AUDIT_COLUMNS = tuple(column.name for column in audit.c)
"""In the order of :class:`AuditEntry`; exports have them too."""
_PROBLEM = "problem:"
_PAGE = 50
_STEP = 500


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """Which lines: about a problem (0: anything), by an actor (``""``: anybody). ``before`` is the ``next_before`` of the page
    before, 0 for the first. A caller bound to a workspace (``visible``) sees what was done to its problems: tokens and
    exclusions may concern several workspaces.
    """

    problem_id: int = 0
    actor: str = ""
    before: int = 0
    visible: str = ALL_WORKSPACES


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line. ``actor_kind`` is person, token, local or clusop; ``target`` like ``problem:17``."""

    id: int
    at_ms: int
    actor: str
    actor_kind: str
    action: str
    target: str
    reason: str
    detail: Mapping[str, object]

    @property
    def problem_id(self) -> int:
        """The problem it was done to; 0 where it was something else."""
        number = self.target.removeprefix(_PROBLEM)
        return int(number) if self.target.startswith(_PROBLEM) and number.isascii() and number.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of lines, newest first. ``next_before`` is 0 at the end."""

    lines: tuple[AuditEntry, ...]
    next_before: int


def audit_page(connection: Connection, asked: AuditAsked) -> AuditPage:
    """A page."""
    chosen = select(audit).where(*_conditions(asked)).order_by(audit.c.id.desc()).limit(_PAGE + 1)
    if asked.before:
        chosen = chosen.where(audit.c.id < asked.before)
    lines = [_line(row) for row in connection.execute(chosen).mappings()]
    return AuditPage(tuple(lines[:_PAGE]), lines[_PAGE - 1].id if len(lines) > _PAGE else 0)


def audit_step(connection: Connection, asked: AuditAsked, after_id: int) -> Sequence[AuditEntry]:
    """The next lines after ``after_id``, oldest first: for whoever wants all of them."""
    chosen = select(audit).where(*_conditions(asked), audit.c.id > after_id).order_by(audit.c.id).limit(_STEP)
    return [_line(row) for row in connection.execute(chosen).mappings()]


def _conditions(asked: AuditAsked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.problem_id:
        conditions.append(audit.c.target == f"{_PROBLEM}{asked.problem_id}")
    if asked.actor:
        # As actors are stored.
        conditions.append(audit.c.actor == cleaned(asked.actor)[:MAX_NAME_CHARS])
    if asked.visible != ALL_WORKSPACES:
        named = literal(_PROBLEM) + cast(problems.c.id, Text)
        conditions.append(audit.c.target.in_(select(named).where(*within(problems.c.workspace, asked.visible))))
    return conditions


def _line(row: DatabaseRow) -> AuditEntry:
    told = {name: row[name] for name in AUDIT_COLUMNS}
    return AuditEntry(**{**told, "detail": mapping_of(row["detail"])})
