"""Old versions of the bill, runs that nothing is left of, and files that cannot be taken a second time: gone past the horizon.

Present figures rest on hours that are current. These stay, as sums of days do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from clusop.service.ingest.collect import FILE_NAME
from clusop.service.store.tables.access import collected_files
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.money import bill_hours, reconciliations
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clusop.service.store.database import Database

__all__ = ["forget_files", "forget_versions"]

_AT_ONCE = 500


def forget_versions(database: Database, horizon_at_ms: int) -> int:
    """Versions that a correction replaced, of hours before the horizon, with their lines; then runs from before it that no hour
    is of any more. How many versions.
    """
    count = 0
    while True:
        gone = database.write(lambda connection: _forget_hours(connection, horizon_at_ms))
        count += gone
        if gone < _AT_ONCE:
            break
    while database.write(lambda connection: _forget_runs(connection, horizon_at_ms)) == _AT_ONCE:
        pass
    return count


def forget_files(database: Database, horizon_at_ms: int) -> int:
    """Notes on files whose agent is no more: every record that was taken from them is too old by now, should the file still lie
    there and be read again. How many.
    """
    with database.reading() as connection:
        # With it an agent is found by its key.
        workspaces = connection.execute(select(agents.c.workspace).distinct()).scalars().all()
    count = after = 0
    while True:
        with database.reading() as connection:
            notes = connection.execute(
                select(collected_files.c.id, collected_files.c.name)
                .where(collected_files.c.id > after, collected_files.c.collected_at_ms < horizon_at_ms)
                .order_by(collected_files.c.id)
                .limit(_AT_ONCE)
            ).all()
        if not notes:
            return count
        after = notes[-1].id
        by_agent = {note.id: named[1] for note in notes if (named := FILE_NAME.fullmatch(note.name))}
        count += database.write(partial(_forget_notes, by_agent=by_agent, workspaces=workspaces))


def _forget_hours(connection: Connection, horizon_at_ms: int) -> int:
    hours = bill_hours.c
    # What the customer's table still calls current is told it is not, first; where none was ever written, nobody is told.
    was_any_written = connection.execute(select(hours.id).where(hours.written_at_ms.is_not(None)).limit(1)).first()
    is_told = [hours.written_at_ms.is_not(None)] if was_any_written else []
    old = (
        select(hours.id)
        .where(hours.is_current.is_(False), hours.hour_at_ms < horizon_at_ms, *is_told)
        .order_by(hours.id)
        .limit(_AT_ONCE)
        .with_for_update()
    )
    ids = connection.execute(old).scalars().all()
    if ids:
        connection.execute(delete(bill_hours).where(hours.id.in_(ids)))
    return len(ids)


def _forget_runs(connection: Connection, horizon_at_ms: int) -> int:
    column = reconciliations.c
    newest = connection.execute(select(func.max(column.id))).scalar()
    has_hours = select(bill_hours.c.id).where(bill_hours.c.reconciliation_id == column.id).exists()
    old = (
        select(column.id)
        # The newest one says when the bill was last read, however long ago.
        .where(column.started_at_ms < horizon_at_ms, column.id != newest, ~has_hours)
        .order_by(column.id)
        .limit(_AT_ONCE)
    )
    ids = connection.execute(old).scalars().all()
    if ids:
        connection.execute(delete(reconciliations).where(column.id.in_(ids)))
    return len(ids)


def _forget_notes(connection: Connection, by_agent: dict[int, str], workspaces: Sequence[str]) -> int:
    there: set[str] = set()
    for some in chunks(sorted(set(by_agent.values()))):
        for workspace in workspaces:
            asked = select(agents.c.agent).where(agents.c.workspace == workspace, agents.c.agent.in_(some))
            there.update(connection.execute(asked).scalars())
    ids = [note_id for note_id, agent in by_agent.items() if agent not in there]
    if ids:
        connection.execute(delete(collected_files).where(collected_files.c.id.in_(ids)))
    return len(ids)
