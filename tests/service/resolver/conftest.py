"""A workspace with a bill, a database with what agents saw, and a warehouse between them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "harness"))

from bill_samples import NOW_MS, Ground

from clusop.service.databricks.client import ReadOnlyApiClient
from clusop.service.databricks.statements import StatementSet
from clusop.service.databricks.warehouse import Patience, Warehouse
from clusop.service.resolver import ResolverSettings, reconcile, statements_for
from fake_databricks import ACCESS, WAREHOUSE, FakeDatabricks


@pytest.fixture
def fake():
    with FakeDatabricks() as running:
        yield running


@pytest.fixture
def ground(database):
    return Ground(database)


@pytest.fixture
def settings():
    return ResolverSettings(warehouse=WAREHOUSE, days=2)


@pytest.fixture
def warehouse_of(fake, monkeypatch):
    """A warehouse limited to what a run with these settings may say."""

    def make(settings, more=()):
        from databricks.sdk.core import Config

        for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CONFIG_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        config = Config(host=fake.host, token=ACCESS)
        client = ReadOnlyApiClient(
            config, StatementSet((*statements_for(settings), *more)), WAREHOUSE, pause=lambda _seconds: None
        )
        return Warehouse(client, WAREHOUSE, Patience(pause=lambda _seconds: None))

    return make


class Resolving:
    """A workspace, a database, and a run between them."""

    def __init__(self, fake, ground, warehouse_of, settings) -> None:
        self.fake, self.ground, self.settings = fake, ground, settings
        self.warehouse_of = warehouse_of

    def run(self, now_ms=NOW_MS, **told):
        used = replace(self.settings, **told)
        return reconcile(self.ground.database, self.warehouse_of(used), used, now_ms)


@pytest.fixture
def resolving(fake, ground, warehouse_of, settings):
    return Resolving(fake, ground, warehouse_of, settings)
