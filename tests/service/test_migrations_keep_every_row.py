"""A row of every table that a revision has is there after the upgrade, whole, with what the new columns tell of it; on both
databases.
"""

from __future__ import annotations

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Integer, LargeBinary, MetaData, insert, select, update

from clusop.service.store.database import open_database
from clusop.service.store.migrate import configuration, migrate

REVISIONS = [script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()][::-1]
BEFORE_COMPUTES = REVISIONS[REVISIONS.index("0004") - 1]


@pytest.fixture
def empty(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


def tables_of(connection):
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def told(column, number):
    """A value that no other column of the row has, so that none can be mistaken for another."""
    if column.foreign_keys or column.name == "id":
        return 1
    if column.name == "compute":
        # A problem shows what the agents of its signals tell.
        return "job:42"
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer):
        return 100 + number
    return f"{column.name} {number}".encode() if isinstance(column.type, LargeBinary) else f"{column.name} {number}"


def fill(database):
    """One row in each table; no column is left to its default."""
    with database.writing() as connection:
        tables = tables_of(connection)
        for table in tables:
            row = {column.name: told(column, number) for number, column in enumerate(table.columns)}
            connection.execute(insert(table).values(row))
    return rows_of(database)


def rows_of(database):
    with database.reading() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables_of(connection)
        }


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_every_row_of_a_revision_is_there_after_the_upgrade(empty, revision) -> None:
    migrate(empty, revision)
    before = fill(empty)
    assert before
    assert all(len(rows) == 1 for rows in before.values())
    migrate(empty)
    after = rows_of(empty)
    kept = {name: [{key: row[key] for key in before[name][0]} for row in after[name]] for name in before}
    assert kept == before


def test_new_columns_of_an_upgrade_tell_what_was_stored(empty) -> None:
    migrate(empty, BEFORE_COMPUTES)
    with empty.writing() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        agents, problems, signals = tables["agents"], tables["problems"], tables["signals"]
        for number, compute in ((1, "job:1"), (2, "job:2"), (3, "")):
            values = {"id": number, "agent": str(number), "compute": compute, "state_sequence": 5}
            connection.execute(insert(agents).values(values))
        connection.execute(update(agents).where(agents.c.id == 2).values(shape='{"cloud":"AWS"}'))
        # Of the first problem the newest signal that tells came before one that was shown; of the second none is stored.
        for number, compute in ((1, "job:1"), (2, "job:7"), (3, "")):
            values = {"id": number, "signature": str(number), "compute": compute, "last_seen_at_ms": 900}
            connection.execute(insert(problems).values(values))
        for sequence, (agent_id, end_at_ms) in enumerate(((1, 400), (2, 700), (3, 800)), 1):
            values = {"agent_id": agent_id, "problem_id": 1, "sequence": sequence, "end_at_ms": end_at_ms}
            connection.execute(insert(signals).values(values | {"content_hash": b"1" * 32, "line": b"{}"}))
        for day, derived in ((1, 30), (2, None)):
            values = {"problem_id": 1, "day": day, "exposure_low_microusd": 10, "exposure_high_microusd": 20}
            ends = {f"derived_{end}_microusd": derived for end in ("low", "high")}
            connection.execute(insert(tables["problem_days"]).values(values | ends))
    migrate(empty)
    found = rows_of(empty)
    shown = {row["id"]: (row["compute_at_ms"], row["compute"]) for row in found["problems"]}
    assert shown == {1: (700, "job:2"), 2: (900, "job:7"), 3: (0, "")}
    sequences = {row["id"]: (row["compute_sequence"], row["shape_sequence"]) for row in found["agents"]}
    assert sequences == {1: (5, 0), 2: (5, 5), 3: (0, 0)}
    replaced = {
        row["day"]: (row["replaced_low_microusd"], row["replaced_high_microusd"]) for row in found["problem_days"]
    }
    assert replaced == {1: (10, 20), 2: (0, 0)}
