"""Py4J's log records about our threads stay out of the user's log, everybody else's pass."""

from __future__ import annotations

import logging
import threading

import pytest

from clusop.runtime.quiet_py4j import quiet_py4j

LOGGERS = ("py4j.java_gateway", "py4j.clientserver", None)


@pytest.fixture(autouse=True)
def as_before():
    filters = {name: list(logging.getLogger(name).filters) for name in LOGGERS}
    yield
    for name, before in filters.items():
        logging.getLogger(name).filters[:] = before


def records_of(thread_name, caplog, say):
    caplog.clear()
    thread = threading.Thread(target=say, name=thread_name)
    thread.start()
    thread.join()
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    "say",
    [
        lambda: logging.getLogger("py4j.clientserver").error("x"),
        lambda: logging.getLogger("py4j.java_gateway").error("x"),
        # As Py4J does where the JVM dies while a command is under way.
        lambda: logging.getLogger().error("x"),
    ],
    ids=["clientserver", "java-gateway", "root"],
)
def test_ours_are_dropped_and_theirs_pass(caplog, say):
    quiet_py4j()
    quiet_py4j()
    assert records_of("clusop-batcher", caplog, say) == []
    assert records_of("MainThread", caplog, say) == ["x"]


def test_nothing_is_filtered_twice():
    quiet_py4j()
    before = {name: len(logging.getLogger(name).filters) for name in LOGGERS}
    quiet_py4j()
    assert {name: len(logging.getLogger(name).filters) for name in LOGGERS} == before
