"""From every earlier revision, with data in it, to the newest; on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text

from clusop.errors import InputError
from clusop.service.store.database import open_database
from clusop.service.store.migrate import configuration, migrate, revision_of
from clusop.service.store.tables.access import collected_files
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.every import metadata
from clusop.service.store.tables.problems import problems, signals

REVISIONS = [script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()][::-1]


@pytest.fixture
def empty(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


def fill(database):
    """One agent, one problem, one signal: tables that every revision has."""
    with database.writing() as connection:
        agent = connection.execute(
            insert(agents).values(workspace="1", agent="a" * 32).returning(agents.c.id)
        ).scalar_one()
        problem = connection.execute(
            insert(problems).values(workspace="1", signature="b" * 32).returning(problems.c.id)
        ).scalar_one()
        connection.execute(
            insert(signals).values(
                agent_id=agent, problem_id=problem, sequence=7, content_hash=b"\x01" * 32, line=b'{"a":1}'
            )
        )


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_of_a_revision_is_there_after_the_upgrade(empty, revision) -> None:
    migrate(empty, revision)
    fill(empty)
    assert migrate(empty) == revision
    with empty.reading() as connection:
        assert revision_of(connection) == REVISIONS[-1]
        assert connection.execute(select(signals.c.sequence, signals.c.line)).all() == [(7, b'{"a":1}')]


def test_the_newest_revision_is_what_the_code_expects(empty) -> None:
    migrate(empty)
    with empty.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_second_start_changes_nothing(empty) -> None:
    migrate(empty)
    assert migrate(empty) == REVISIONS[-1]


def test_a_database_of_a_newer_clusop_is_left_alone(empty) -> None:
    migrate(empty)
    with empty.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="9999") as told:
        migrate(empty)
    assert "upgrade clusop" in str(told.value)
    with empty.reading() as connection:
        assert revision_of(connection) == "9999"


def test_what_was_stored_before_tells_causes_operators_and_senders(empty) -> None:
    """``0003`` reads them from the evidence, from the names of collected files, and from who sent signals only."""
    migrate(empty, "0002")
    evidence = b'{"findings": [{"cause": "pandas-udf", "operator": "ArrowEvalPython", "is_upper_bound": true}]}'
    with empty.writing() as connection:
        for agent, state_sequence in (("a", 2), ("b", 0), ("c", 2)):
            connection.execute(
                insert(agents).values(workspace="1", agent=agent * 32, state_sequence=state_sequence, behind_ms=9)
            )
        connection.execute(
            insert(problems).values(workspace="1", signature="d" * 32, cause="python-udf", evidence=evidence)
        )
        for signature, line in (("e", None), ("f", b"\xff{"), ("0", b'{"findings": []}')):
            connection.execute(
                insert(problems).values(workspace="1", signature=signature * 32, cause="scala-udf", evidence=line)
            )
        connection.execute(
            insert(collected_files).values(
                name=f"clusop-{'a' * 32}-1-2.jsonl", content_hash=b"\x01" * 32, collected_at_ms=1
            )
        )
        ids = {row.agent[0]: row.id for row in connection.execute(select(agents.c.agent, agents.c.id))}
        told = {"problem_id": 1, "content_hash": b"\x01" * 32, "line": b"{}"}
        connection.execute(insert(signals).values(agent_id=ids["b"], sequence=1, is_offline=True, **told))
    migrate(empty)
    with empty.reading() as connection:
        found = connection.execute(
            select(problems.c.causes, problems.c.operators, problems.c.is_upper_bound).order_by(problems.c.id)
        ).all()
        senders = connection.execute(select(agents.c.agent, agents.c.source, agents.c.behind_ms)).all()
    assert found == [
        ('["pandas-udf", "python-udf"]', '["ArrowEvalPython"]', True),
        *[('["scala-udf"]', "[]", False)] * 3,
    ]
    assert sorted(tuple(row) for row in senders) == [
        ("a" * 32, "files", None), ("b" * 32, "log", 9), ("c" * 32, "live", 9)
    ]  # fmt: skip
