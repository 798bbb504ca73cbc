"""Logs written by the tests, read through the public door."""

from __future__ import annotations

import pytest
from spark_events import log_of

from clusop.eventlog import NotLocated, locate, read_application


@pytest.fixture
def read(tmp_path):
    """Write events (or bytes) to a file and read the application back."""

    def run(*events, raw=None, name="app-1"):
        path = tmp_path / name
        path.write_bytes(log_of(*events) if raw is None else raw)
        found = locate(path)
        assert not isinstance(found, NotLocated), found.reason.sentence
        (source,) = found
        return read_application(source)

    return run


@pytest.fixture
def located(tmp_path):
    """Locate everything under the test's folder; the sources must be there."""

    def run(path=tmp_path):
        found = locate(path)
        assert not isinstance(found, NotLocated), found.reason.sentence
        return found

    return run
