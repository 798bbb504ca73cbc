"""Agents and their hours, made by hand, in a database of each kind."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "unit" / "service" / "decisions"))

from decision_samples import HOUR_MS, NOW_MS, shape

from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.decisions import engine_decisions


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
