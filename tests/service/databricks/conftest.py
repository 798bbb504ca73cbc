"""A workspace on the loopback, and the guarded client in front of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "harness"))

from clusop.service.databricks.client import ReadOnlyApiClient
from clusop.service.databricks.statements import Own, StatementSet, read_statement
from fake_databricks import ACCESS, WAREHOUSE, FakeDatabricks

OWN = Own("finops", "clusop")


@pytest.fixture
def fake():
    with FakeDatabricks() as running:
        yield running


@pytest.fixture
def config(fake, monkeypatch):
    from databricks.sdk.core import Config

    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CONFIG_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return Config(host=fake.host, token=ACCESS)


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def usage():
    return read_statement("clusop.service.resolver", "queries/probe_usage")


@pytest.fixture
def client(config, usage, pauses):
    return ReadOnlyApiClient(config, StatementSet([usage]), WAREHOUSE, pause=pauses.append)
