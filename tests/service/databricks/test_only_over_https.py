"""Credentials travel over https, or on this very machine: whoever tells the host."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from clusop.errors import InputError
from clusop.service.databricks.credentials import SafeCredentials
from clusop.service.databricks.fault import NotAllowedError
from clusop.service.databricks.guard import Gate
from clusop.service.databricks.statements import StatementSet
from fake_databricks import WAREHOUSE

OPEN = ["http://evil.example", "http://10.0.0.7:8080", "http://127.0.0.1.evil.example", "ftp://x", ""]


@pytest.mark.parametrize("host", OPEN)
def test_the_gate_stands_before_no_other_host(host, usage) -> None:
    with pytest.raises(NotAllowedError, match="https only"):
        Gate(host, WAREHOUSE, StatementSet([usage]))


@pytest.mark.parametrize("host", OPEN[:-1])
def test_the_sdk_gets_no_credentials_for_a_host_that_the_environment_told(host) -> None:
    with pytest.raises(InputError, match="no https address"):
        SafeCredentials()(SimpleNamespace(host=host, auth_type="pat", token="dapi-x"))


def test_those_of_a_safe_host_are_the_sdks_own(config) -> None:
    found = SafeCredentials()
    assert found(config)()["Authorization"].startswith("Bearer ")
    assert found.auth_type() == "pat"
