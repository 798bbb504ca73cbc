"""Counts the transactions that changed what pages add up: an answer that was made before the last of them may be old.

Nobody has to remember to count: what a transaction did to the tables below is seen as it does it, and counted at its end. The
greatest id of a table tells less: an update makes none, and on PostgreSQL a lower id may be committed after a higher one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select
from sqlalchemy.sql.dml import UpdateBase

from clusop.service.store.facts import count_up
from clusop.service.store.tables.access import facts
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations
from clusop.service.store.tables.problems import problem_days, problems

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["begin_count", "change_count", "count_changes", "note_change", "watch_changes"]

_ADDED_UP = frozenset(
    {
        *(problems, problem_days, agents, usage_hours, engine_decisions),
        *(bill_hours, bill_shares, reconciliations, deliveries),
    }
)
_FACT = "changes"
_SEEN = "clusop_changed"


def watch_changes(engine: Engine) -> None:
    """See what goes through ``engine``. Statements handed to the driver as text are told by :func:`note_change`."""

    @event.listens_for(engine, "after_execute")
    def _executed(
        connection: Connection,
        statement: Any,  # Any: whatever can be executed
        _many: object,
        _one: object,
        _options: object,
        result: Any,  # Any: whatever came of it
    ) -> None:
        # An update that found no row changed nothing; of some inserts a driver says -1, which is: nobody knows.
        if isinstance(statement, UpdateBase) and result.rowcount != 0:
            note_change(connection, statement)


def note_change(connection: Connection, statement: UpdateBase) -> None:
    """``statement`` changes its table."""
    if statement.table in _ADDED_UP:
        connection.info[_SEEN] = True


def begin_count(connection: Connection) -> None:
    """A transaction begins. ``info`` outlives one that failed."""
    connection.info.pop(_SEEN, None)


def count_changes(connection: Connection) -> None:
    """The transaction ends. Last in it: every writer counts here, and the row is locked until the commit."""
    if connection.info.pop(_SEEN, False):
        count_up(connection, {_FACT: 1})


def change_count(connection: Connection) -> int:
    """How many there were. One look-up by a key."""
    found = connection.execute(select(facts.c.count).where(facts.c.name == _FACT)).scalar_one_or_none()
    return int(found or 0)
