"""``clusop analyze --send``: what a log shows goes through the agents' door, with the log's own dollars, and counts once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from clusop.service.ingest.recount import differences
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problems, signals

LOG = Path(__file__).resolve().parents[1] / "data" / "eventlogs" / "comet" / "udfs.zstd"


def analyze(server, token_file, workspace, log=LOG):
    return subprocess.run(
        [
            *(sys.executable, "-m", "clusop", "analyze", str(log), "--json", "--send", server.url),
            *("--token-file", str(token_file), "--workspace", workspace),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_log_sent_twice_counts_once(running, workspace, tmp_path):
    server, database = running
    token_file = tmp_path / "token"
    token_file.write_text(server.tokens["ingest"] + "\n")
    first = analyze(server, token_file, workspace)
    assert first.returncode == 0, first.stderr
    assert " 0 known, 0 refused" in first.stderr
    second = analyze(server, token_file, workspace)
    assert "0 findings accepted" in second.stderr
    assert second.stdout == first.stdout
    with database.reading() as connection:
        found = connection.execute(select(problems).where(problems.c.workspace == workspace)).all()
        stored = connection.execute(
            select(signals).join(agents, agents.c.id == signals.c.agent_id).where(agents.c.workspace == workspace)
        ).all()
        assert differences(connection) == []
    assert found
    assert {row.is_offline for row in stored} == {True}
    queries = json.loads(first.stdout)["inputs"][0]["queries"]
    told = sum(len(each["findings"]) for each in queries)
    assert 0 < len(stored) <= told
    assert {row.cause for row in found} <= {one["cause"] for each in queries for one in each["findings"]}


def test_an_aggregator_that_is_not_there_costs_nobody_the_report(tmp_path):
    token_file = tmp_path / "token"
    token_file.write_text("x")

    class Nowhere:
        url = "http://127.0.0.1:9"

    done = analyze(Nowhere, token_file, "1")
    assert done.returncode == 2
    assert "no answer of an aggregator" in done.stderr
    assert json.loads(done.stdout)["clusop_report"] == 1
