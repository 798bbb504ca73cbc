"""The end of a driver: nobody stops the context, and what was seen still comes out."""

from __future__ import annotations

import json

import pytest

LISTENER = "com.clusop.listener.PhotonFallbackListener"


@pytest.fixture(scope="module")
def bare_end(run_script_module):
    return run_script_module("no_stop.py")


def test_a_job_that_never_stops_its_context_leaves_its_records(run_script, bare_end, listener_jar, tmp_path):
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    conf = {"spark.extraListeners": LISTENER, "spark.clusop.directory": str(outbox)}
    done = run_script("no_stop.py", [listener_jar], conf)
    assert (done.code, done.rows, done.stderr) == (bare_end.code, bare_end.rows, bare_end.stderr)
    records = [
        json.loads(line) for file in sorted(outbox.glob("clusop-*.jsonl")) for line in file.read_text().splitlines()
    ]
    states = [record for record in records if record["record"] == "agent-state"]
    assert states
    assert states[-1]["final"] is True
    assert states[-1]["doors"] == ["conf-extra-listeners"]


def test_an_endpoint_that_refuses_does_not_hold_the_end(run_script, bare_end, listener_jar):
    conf = {"spark.extraListeners": LISTENER, "spark.clusop.endpoint": "http://127.0.0.1:9"}
    done = run_script("no_stop.py", [listener_jar], conf)
    assert (done.code, done.rows, done.stderr) == (bare_end.code, bare_end.rows, bare_end.stderr)
