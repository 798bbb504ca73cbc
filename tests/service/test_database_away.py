"""A database that goes away and comes back: 503 and when to come again meanwhile, for programs and people, and nothing lost."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from ingest_samples import line, signal
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from clusop.api.app import create_app
from clusop.clock import SystemClock
from clusop.service.ingest.recount import differences
from clusop.service.settings.settings import resolve
from clusop.service.store.away import is_away
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.problems import signals
from clusop.service.tokens import create_token
from postgres import Postgres, postgres_binaries

MANY = 20


@pytest.fixture
def server(postgres_folder):
    if postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    made = Postgres.make(postgres_folder / "away", is_durable=True)
    made.start()
    yield made
    made.stop()


def test_while_postgresql_is_away_everybody_is_told_to_come_back(server) -> None:
    database = open_database(server.url)
    migrate(database)
    now_ms = int(time.time() * 1000)
    with database.writing() as connection:
        tokens = {scope: create_token(connection, scope, scope, now_ms) for scope in ("ingest", "admin")}
    app = create_app(database, resolve({"schedule": False, "decoders": 1}), SystemClock())
    body = b"\n".join(line(signal(1, number, problem=1, end_at_ms=now_ms)) for number in range(1, MANY + 1))

    async def told():
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as at:

            async def sent():
                headers = {"Authorization": f"Bearer {tokens['ingest']}", "Content-Type": "application/x-ndjson"}
                return await at.post("/v1/signals", content=body, headers=headers)

            async def asked(path):
                return await at.get(path, headers={"Authorization": f"Bearer {tokens['admin']}"})

            # Both tokens are known: the database is asked for what they want, and not only for them.
            assert (await asked("/problems")).status_code == 200
            assert (await sent()).json()["accepted"] == MANY
            server.stop()
            try:
                answers = [await sent(), await asked("/v1/problems"), await asked("/problems")]
            finally:
                server.start()
            again = [(await sent()).json() for _ in range(2)]
            return answers, again, (await asked("/metrics")).text

    (batch, program, page), again, metrics = asyncio.run(told())
    for answer in (batch, program, page):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert batch.json()["reason"] == program.json()["reason"] == "database-away"
    assert "The database does not answer" in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert [(one["accepted"], one["known"]) for one in again] == [(0, MANY), (0, MANY)]
    assert 'clusop_refused_requests_total{reason="database-away"} 3.0' in metrics
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(signals)) == MANY
        assert differences(connection) == []
    database.close()


def fault_of(engine, words):
    *before, last = words
    with engine.begin() as connection:
        for one in before:
            connection.execute(text(one))
        with pytest.raises(SQLAlchemyError) as caught:
            connection.execute(text(last))
    return caught.value


@pytest.fixture
def engine(tmp_path):
    made = create_engine(f"sqlite:///{tmp_path / 'some.db'}", connect_args={"timeout": 0})
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE some (name TEXT UNIQUE)"))
    yield made
    made.dispose()


def test_a_sqlite_file_that_another_writes_to_is_away(engine) -> None:
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        assert is_away(fault_of(engine, ["INSERT INTO some VALUES ('a')"]))


def test_a_sqlite_file_that_is_full_is_away(engine) -> None:
    assert is_away(fault_of(engine, ["PRAGMA max_page_count = 1", "INSERT INTO some VALUES (hex(zeroblob(100000)))"]))


@pytest.mark.parametrize(
    "words", ["SELECT gone FROM some", "SELECT * FROM gone", "SELEKT", "INSERT INTO some VALUES ('a'), ('a')"]
)
def test_a_fault_of_ours_is_none_of_the_databases(engine, words) -> None:
    assert not is_away(fault_of(engine, [words]))


def test_a_pool_that_is_used_up_is_away_and_other_errors_are_not() -> None:
    assert is_away(PoolTimeoutError())
    assert not is_away(ValueError("no"))
