"""``clusop analyze --send``: what a log shows goes through the agents' door, with the log's own dollars, and counts once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import select

from clusop.service.ingest.recount import differences
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problems, signals

LOG = Path(__file__).resolve().parents[1] / "data" / "eventlogs" / "comet" / "udfs.zstd"


PLAN = Path(__file__).resolve().parents[2] / "docs" / "examples" / "python_udf.txt"


def analyze(server, token_file, workspace, *paths):
    return subprocess.run(
        [
            *(sys.executable, "-m", "clusop", "analyze", *(str(path) for path in paths or (LOG,))),
            *("--json", "--send", server.url, "--token-file", str(token_file), "--workspace", workspace),
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


@pytest.fixture
def sent(running, workspace, tmp_path):
    """A function that analyzes paths and sends, by default to the service with a good token."""
    server = running[0]

    def send(*paths, url=server.url, token=server.tokens["ingest"]):
        token_file = tmp_path / "token"
        token_file.write_text(token)
        return analyze(SimpleNamespace(url=url), token_file, workspace, *paths)

    return send


def test_what_is_not_sent_is_told_and_where_the_rest_is_found(running, sent, workspace, tmp_path):
    server, database = running
    (tmp_path / "junk.txt").write_text("junk")
    done = sent(LOG, PLAN, tmp_path / "junk.txt")
    assert f"not sent: {PLAN} (plans and profiles are never sent" in done.stderr
    assert "junk.txt (it could not be read)" in done.stderr
    name, address = re.search(r"clusop: (.+): (http://\S+/problems\?\S+)", done.stderr).groups()
    (key,) = parse_qs(urlsplit(address).query)["workload"]
    with database.reading() as connection:
        found = connection.execute(select(problems.c.workload).where(problems.c.workspace == workspace)).scalars()
        assert set(found) == {key}
    assert name == "clusop udfs"
    page = requests.get(address, auth=("x", server.tokens["admin"]), timeout=30)
    assert page.status_code == 200
    assert name not in page.text, "the name stays where the log is"


def test_where_nothing_is_to_be_sent_it_says_so_and_tries_address_and_token_all_the_same(sent):
    done = sent(PLAN)
    assert done.returncode == 0
    assert f"nothing to send: {PLAN} (plans and profiles are never sent" in done.stderr
    assert "takes the token" in done.stderr
    assert "findings accepted" not in done.stderr


@pytest.mark.parametrize("path", [PLAN, LOG], ids=["nothing to send", "findings"])
def test_a_wrong_address_or_token_is_told_the_same_whether_or_not_there_are_findings(running, sent, path):
    server = running[0]
    faults = {
        "HTTP 401": {"token": f"clusop_ingest_{'0' * 16}_{'a' * 43}"},
        "HTTP 403": {"token": server.tokens["admin"]},
        "Give the address alone, as http://host:8484.": {"url": f"{server.url}/pages"},
        "no answer of an aggregator (ConnectionError)": {"url": "http://127.0.0.1:9"},
        f"try {server.url}\n": {"url": server.url.replace("http:", "https:")},
    }
    for told, wrong in faults.items():
        done = sent(path, **wrong)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
        assert json.loads(done.stdout)["clusop_report"] == 1


def test_an_aggregator_that_is_not_there_costs_nobody_the_report(tmp_path):
    token_file = tmp_path / "token"
    token_file.write_text("x")

    class Nowhere:
        url = "http://127.0.0.1:9"

    done = analyze(Nowhere, token_file, "1")
    assert done.returncode == 2
    assert "no answer of an aggregator" in done.stderr
    assert json.loads(done.stdout)["clusop_report"] == 1
