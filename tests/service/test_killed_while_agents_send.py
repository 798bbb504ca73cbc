"""Killed at random while agents send: what was acknowledged is stored, once, and adds up (SPEC P11). Small; the large one is
``harness/torture.py``.
"""

from __future__ import annotations

import pytest

from postgres import Postgres, postgres_binaries
from torture import Plan, torture


def test_on_sqlite(tmp_path):
    plan = Plan(signals=1200, agents=3, kills=2)
    assert torture(plan, f"sqlite:///{tmp_path / 'clusop.db'}", tmp_path) == []


def test_on_postgresql_with_two_replicas_and_the_database_killed_too(postgres_folder, tmp_path):
    if postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    server = Postgres.make(postgres_folder / "killed", is_durable=True)
    server.start()
    try:
        plan = Plan(signals=1200, agents=3, kills=2, replicas=2, database_kills=1)
        assert torture(plan, server.url, tmp_path, server) == []
    finally:
        server.stop()
