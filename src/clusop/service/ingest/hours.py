"""Usage hours: of one hour of one agent the highest revision counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from clusop.service.ingest.seen import SeenHour
from clusop.service.store.tables.agents import usage_hours
from clusop.service.store.upsert import chunks, inserting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from clusop.service.ingest.sorting import Taken

__all__ = ["take_hours"]

_COLUMNS = (
    "revision", "cluster", "slots_by_node_type", "slot_ms", "busy_ms", "native_ms", "non_sql_ms", "failed_ms", "lost_ms",
    "armed_since_at_ms",
)  # fmt: skip


def _order(
    hour: SeenHour | Row[Any],
) -> tuple[object, ...]:  # Any: SQLAlchemy's type of a row has one parameter a column
    """By revision; should an agent give one twice, by what it says, so that no order of arrival matters."""
    return tuple(-1 if value is None else value for value in (getattr(hour, name) for name in _COLUMNS))


def take_hours(connection: Connection, taken: Sequence[Taken]) -> None:
    """Put the hours among ``taken`` in, where they are newer than what is there. Their agents are locked."""
    best: dict[tuple[int, int], SeenHour] = {}
    for one in taken:
        hour = one.record
        if isinstance(hour, SeenHour):
            key = (one.agent.id, hour.start_at_ms)
            best[key] = max(best.get(key, hour), hour, key=_order)
    if not best:
        return
    told = {}
    for chunk in chunks(sorted({agent_id for agent_id, _ in best})):
        for row in connection.execute(
            select(usage_hours).where(
                usage_hours.c.agent_id.in_(chunk),
                usage_hours.c.hour_at_ms.in_(sorted({hour_at_ms for _, hour_at_ms in best})),
            )
        ):
            told[row.agent_id, row.hour_at_ms] = _order(row)
    rows = [
        {"agent_id": key[0], "hour_at_ms": key[1], **{name: getattr(hour, name) for name in _COLUMNS}}
        for key, hour in sorted(best.items(), key=lambda item: item[0])
        if key not in told or _order(hour) > told[key]
    ]
    if rows:
        insert = inserting(connection, usage_hours)
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["agent_id", "hour_at_ms"], set_={name: insert.excluded[name] for name in _COLUMNS}
            ),
            rows,
        )
