"""What must be in the database after the torture: all that was acknowledged, once, and sums that equal a recount."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.ingest.recount import differences
from clusop.service.store.database import open_database
from clusop.service.store.tables.agents import agents, other_records, usage_hours
from clusop.service.store.tables.problems import signals
from torture_agent import HOURS, REVISIONS, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from torture_agent import Doomed

__all__ = ["Expected", "faults_in"]


@dataclass(frozen=True, slots=True)
class Expected:
    """``agents`` that lived, each with so many ``signals``; how many records had a receipt; and the agents that were killed."""

    agents: int
    signals: int
    acknowledged: int
    doomed: Sequence[Doomed]

    @property
    def records(self) -> int:
        """Of one agent that lived."""
        return self.signals + HOURS * REVISIONS + STATES


def faults_in(database: str, expected: Expected) -> list[str]:
    """What did not hold, a sentence each."""
    opened = open_database(database)
    with opened.reading() as connection:
        found = [
            *_living(connection, expected),
            *_hours(connection, expected),
            *chain.from_iterable(_killed(connection, one, expected.records) for one in expected.doomed),
            *differences(connection),
        ]
    opened.close()
    return found


def _living(connection: Connection, expected: Expected) -> list[str]:
    found: list[str] = []
    names = [f"{one.number:032x}" for one in expected.doomed]
    rows = connection.execute(select(agents).where(agents.c.agent.not_in(names))).all()
    ids = [row.id for row in rows]
    stored, others = (
        connection.scalar(select(func.count()).select_from(table).where(table.c.agent_id.in_(ids))) or 0
        for table in (signals, other_records)
    )
    pairs = select(signals.c.agent_id, signals.c.sequence).distinct().subquery()
    distinct = connection.scalar(select(func.count()).select_from(pairs))
    every = connection.scalar(select(func.count()).select_from(signals))
    print(f"  {expected.acknowledged} acknowledged; {stored} signals and {others} other records stored", flush=True)
    if not expected.acknowledged == stored + others == expected.records * expected.agents:
        found.append(f"{expected.acknowledged} acknowledged, {stored} signals and {others} other records stored")
    if distinct != every:
        found.append(f"{every} signals are stored, {distinct} of them distinct")
    told = [(row.accepted, row.signal_count, row.is_final) for row in rows]
    if told != [(f"[[1,{expected.records}]]", expected.signals, True)] * expected.agents:
        found.append(f"the agents' rows say {told[:3]}")
    return found


def _hours(connection: Connection, expected: Expected) -> list[str]:
    """Of every hour the highest revision counts, in whatever order they came."""
    names = [f"{one.number:032x}" for one in expected.doomed]
    rows = connection.execute(
        select(usage_hours.c.revision, usage_hours.c.busy_ms)
        .join(agents, agents.c.id == usage_hours.c.agent_id)
        .where(agents.c.agent.not_in(names))
    ).all()
    old = [row for row in rows if row.revision != REVISIONS or row.busy_ms // 1000 != REVISIONS]
    found = [f"{len(old)} hours hold an older revision, {old[0]} one of them"] if old else []
    if len(rows) != HOURS * expected.agents:
        found.append(f"{len(rows)} hours are stored, {HOURS * expected.agents} were told")
    return found


def _killed(connection: Connection, one: Doomed, records: int) -> list[str]:
    """All that it had a receipt for is there, nothing that it did not send, and what is missing shows."""
    name = f"{one.number:032x}"
    row = connection.execute(select(agents).where(agents.c.agent == name)).one_or_none()
    if row is None:
        return [f"killed agent {name} had {len(one.acknowledged)} receipts and is unknown"] if one.acknowledged else []
    told = {sequence for first, last in json.loads(row.accepted) for sequence in range(first, last + 1)}
    kept = {
        sequence
        for table in (signals, other_records)
        for sequence in connection.scalars(select(table.c.sequence).where(table.c.agent_id == row.id))
    }
    found = []
    if lost := one.acknowledged - kept:
        found.append(f"killed agent {name} had receipts for {sorted(lost)[:5]}, which are not stored")
    if strange := kept - one.sent:
        found.append(f"of killed agent {name} {sorted(strange)[:5]} are stored, which it did not send")
    if told != kept:
        found.append(f"of killed agent {name} {len(kept)} records are stored, and its row tells of {len(told)}")
    if told == set(range(1, records + 1)):
        found.append(f"of killed agent {name} nothing is missing, so nothing is proven")
    return found
