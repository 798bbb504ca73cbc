"""A workspace on the loopback, and how to reach it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "harness"))

from clusop.service.databricks.statements import Own
from fake_databricks import ACCESS, FakeDatabricks

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
