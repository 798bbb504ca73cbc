"""A workspace that does not answer at all: it is said soon, not after the minutes for which the SDK tries by itself."""

from __future__ import annotations

import socket
import time

from clusop.service.databricks.connect import connect
from clusop.service.databricks.statements import StatementSet
from fake_databricks import ACCESS, WAREHOUSE

_SOON_S = 60
"""It takes seconds; the SDK's own patience is five minutes."""


def test_nobody_waits_for_what_the_sdk_can_do_without(monkeypatch, usage, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DATABRICKS_CONFIG_PROFILE", raising=False)
    monkeypatch.setenv("DATABRICKS_TOKEN", ACCESS)
    with socket.socket() as taken:
        # Bound and not listening: whoever knocks is refused, and nobody else gets the port.
        taken.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        began_s = time.monotonic()
        assert connect(host, "", WAREHOUSE, StatementSet([usage])).identifier == WAREHOUSE
        assert time.monotonic() - began_s < _SOON_S
