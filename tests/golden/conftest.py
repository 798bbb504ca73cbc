"""What clusop makes of the recorded logs, and their raw events."""

from __future__ import annotations

import json

import pytest
import zstandard
from recorded_logs import RECORDED

from clusop.analysis.assess import assess_application
from clusop.eventlog import locate, read_application
from clusop.pricing.provider import PriceBook


@pytest.fixture(scope="session")
def assessed():
    """The assessment of a recorded log, by file name; each is read once."""
    known = {}

    def of(name):
        if name not in known:
            (source,) = locate(RECORDED / name)
            known[name] = assess_application(read_application(source), PriceBook.default())
        return known[name]

    return of


@pytest.fixture(scope="session")
def raw_events():
    """The events of a recorded log as plain JSON, read without clusop."""

    def of(name):
        with (RECORDED / name).open("rb") as stream:
            text = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True).read().decode()
        return [json.loads(line) for line in text.splitlines()]

    return of
