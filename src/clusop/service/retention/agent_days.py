"""Agents past the horizon, folded into sums by workspace, compute definition and UTC day; then their rows go."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, case, delete, literal, select, tuple_

from clusop.service.ingest.flatten import MOST
from clusop.service.ingest.intervals import Intervals
from clusop.service.ingest.limits import MS_PER_DAY
from clusop.service.store.lock_order import hold
from clusop.service.store.tables.agents import LOG, agent_days, agents, usage_hours
from clusop.service.store.tables.problems import signals
from clusop.service.store.upsert import chunks, inserting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

__all__ = ["fold_agents"]

_COUNTS = (
    "agent_count", "without_goodbye", "signal_count", "missing_count", "slot_ms", "busy_ms", "native_ms",
    "native_unknown_ms", "non_sql_ms", "failed_ms", "lost_ms",
)  # fmt: skip
_OF_HOURS = ("slot_ms", "busy_ms", "non_sql_ms", "failed_ms", "lost_ms")

DayKey = tuple[str, str, int]
"""Workspace, compute definition and day."""


@dataclass(slots=True)
class _Day:
    counts: Counter[str] = field(default_factory=Counter)
    losses: Counter[str] = field(default_factory=Counter)

    def values(self) -> dict[str, object]:
        """Its columns. One record may tell the greatest integer a database holds: what lies above stops there."""
        losses = {name: min(MOST, count) for name, count in sorted(self.losses.items())}
        return {name: min(MOST, self.counts[name]) for name in _COUNTS} | {"losses": json.dumps(losses)}


def fold_agents(connection: Connection, ids: Sequence[int]) -> None:
    """Add the agents to their days and delete them, with their hours, hashes and whatever signals are left."""
    days: dict[DayKey, _Day] = {}
    names: dict[int, tuple[str, str]] = {}
    for chunk in chunks(ids):
        for row in connection.execute(select(agents).where(agents.c.id.in_(chunk))):
            # Whichever is known outlives the others in this order.
            names[row.id] = (row.workspace, row.compute or row.workload or row.cluster)
            accepted = Intervals.parse(row.accepted)
            seen_at_ms = row.first_arrived_at_ms if row.started_at_ms is None else row.started_at_ms
            day = days.setdefault((*names[row.id], seen_at_ms // MS_PER_DAY), _Day())
            day.counts.update(
                # An event log's findings come under an id of their own, and no agent says goodbye for them.
                agent_count=0 if row.source == LOG else 1,
                without_goodbye=0 if row.is_final or row.source == LOG else 1,
                signal_count=row.signal_count,
                missing_count=accepted.last - accepted.count,
            )
            day.losses.update(json.loads(row.losses))
        for hour in connection.execute(select(usage_hours).where(usage_hours.c.agent_id.in_(chunk))).mappings():
            day = days.setdefault((*names[hour["agent_id"]], hour["hour_at_ms"] // MS_PER_DAY), _Day())
            day.counts.update({name: hour[name] for name in _OF_HOURS})
            # Native time that was not seen is no native time of 0.
            name, value = (
                ("native_ms", hour["native_ms"])
                if hour["native_ms"] is not None
                else ("native_unknown_ms", hour["busy_ms"])
            )
            day.counts[name] += value
    _add(connection, days)
    for chunk in chunks(ids):
        # Their signals go with them, in no order unless they are locked before.
        left = select(signals.c.id).where(signals.c.agent_id.in_(chunk))
        hold(connection, signals, connection.execute(left).scalars())
        connection.execute(delete(agents).where(agents.c.id.in_(chunk)))


def _add(connection: Connection, days: dict[DayKey, _Day]) -> None:
    if not days:
        return
    keys = sorted(days)
    for chunk in chunks(keys):
        columns = tuple_(agent_days.c.workspace, agent_days.c.compute, agent_days.c.day)
        for row in connection.execute(select(agent_days).where(columns.in_(chunk))):
            days[row.workspace, row.compute, row.day].losses.update(json.loads(row.losses))
    insert = inserting(connection, agent_days)
    most = literal(MOST, BigInteger)
    # No sum is ever above the most, not even on the way: PostgreSQL refuses it, and SQLite goes on with a float.
    summed = {
        name: case(
            (agent_days.c[name] > most - insert.excluded[name], most),
            else_=agent_days.c[name] + insert.excluded[name],
        )
        for name in _COUNTS
    }
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["workspace", "compute", "day"], set_=summed | {"losses": insert.excluded["losses"]}
        ),
        [
            {"workspace": workspace, "compute": compute, "day": day, **days[workspace, compute, day].values()}
            for workspace, compute, day in keys
        ],
    )
