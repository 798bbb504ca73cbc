"""A migrated SQLite file, copied for each test, with agents and their hours made by hand."""

from __future__ import annotations

import json
import shutil

import pytest
from decision_samples import HOUR_MS, NOW_MS, shape

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.decisions import engine_decisions


@pytest.fixture(scope="session")
def migrated_decisions_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("decisions") / "clusop.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def database(migrated_decisions_file, tmp_path):
    path = tmp_path / "clusop.db"
    shutil.copy(migrated_decisions_file, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def an_agent(database):
    """A function that stores an agent with ``hours`` (``hours_of``); what is not told is a whole run of an hour ago."""
    made = []

    def store(hours, **columns) -> int:
        made.append(None)
        first = min((hour["hour_at_ms"] for hour in hours), default=NOW_MS - HOUR_MS)
        values = {
            "workspace": "42",
            "agent": f"{len(made):032x}",
            "cluster": f"1122-334455-{len(made)}",
            "compute": "job:7",
            "engine": "photon",
            "shape": shape(),
            "is_final": True,
            "started_at_ms": first,
            "armed_since_at_ms": first,
            "last_arrived_at_ms": first + HOUR_MS,
        } | columns
        values["shape"] = json.dumps(values["shape"])
        with database.writing() as connection:
            agent_id = connection.execute(agents.insert().values(values)).inserted_primary_key[0]
            for hour in hours:
                slots = hour["slots_by_node_type"]
                row = hour | {
                    "agent_id": agent_id,
                    "cluster": values["cluster"],
                    "slots_by_node_type": json.dumps(slots),
                    "slot_ms": sum(slots.values()),
                }
                connection.execute(usage_hours.insert().values(row))
        return agent_id

    return store


@pytest.fixture
def stored(database):
    """A function that reads the decisions, oldest first, with JSON decoded."""

    def read() -> list[dict]:
        with database.reading() as connection:
            rows = connection.execute(engine_decisions.select().order_by(engine_decisions.c.id)).mappings().all()
        return [dict(row) | {name: json.loads(row[name]) for name in ("reasons", "saving", "facts")} for row in rows]

    return read
