"""What no Python fetches is sent by the JVM: same agent, same sequences, same bytes, whatever the endpoint does."""

from __future__ import annotations

import json
import os
from time import time

import pytest
from delivery_probe import AGENT, behave

from clusop.analysis.economics.formulas import recompute
from clusop.analysis.records import Signal, UsageHour, canonical_line, read_record


def records(lines: list[bytes]) -> list:
    found = [read_record(line) for line in lines]
    assert all(type(one).__name__ in {"Signal", "UsageHour", "AgentState"} for one in found), found
    return found


def test_it_sends_what_nobody_fetches_and_nothing_while_somebody_does(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    probe.executed()
    probe.seal()
    lease = probe.call("poll", holder="python", max_records=10)
    assert len(lease["records"]) == 1
    probe.call("release", holder="python", lease=lease["lease"], reason="test")
    probe.do("tick")
    assert probe.status["delivered"] == 0
    assert aggregator.requests == []
    probe.leave_alone()
    probe.wait_until(lambda status: status["waiting"] == 0)
    assert aggregator.lines[0].decode() == lease["records"][0]
    (signal,) = [one for one in records(aggregator.lines) if isinstance(one, Signal)]
    assert (signal.agent, signal.sequence, signal.runs) == (AGENT, 1, 1)
    assert signal.figures.exposure.low_microusd > 0
    assert all(canonical_line(json.loads(line)) == line for line in aggregator.lines)


def test_sightings_of_one_problem_add_up_and_the_sum_is_recomputed_from_the_record(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    for number in range(40):
        probe.executed(query_id=str(number))
    probe.do("finish", deadline_ms=2_000)
    (signal,) = [one for one in records(aggregator.lines) if isinstance(one, Signal)]
    assert (signal.runs, signal.time.run_ms, signal.hours) == (40, 40_000, "0.5")
    assert signal.locator.execution == "39"
    for figure in (signal.figures.attributed, signal.figures.exposure, signal.figures.avoidable):
        exact = recompute({"formula": figure.formula, "inputs": dict(figure.inputs)})
        assert figure.low_microusd == round(exact.low * 1_000_000)
        assert figure.high_microusd == round(exact.high * 1_000_000)
    assert signal.figures.exposure.inputs["sightings"] == "40"
    assert 0 < signal.figures.exposure.low_microusd < signal.figures.attributed.low_microusd


def test_the_token_is_read_at_every_send(probe, tmp_path):
    from fake_aggregator import FakeAggregator

    token = tmp_path / "token"
    token.write_text("old\n")
    with FakeAggregator(token="new") as closed:
        probe.start(endpoint=closed.url, tokenFile=token)
        probe.executed()
        probe.seal()
        probe.leave_alone()
        probe.wait_until(lambda status: status["dispatch"] == "endpoint-denied")
        assert closed.lines == []
        token.write_text("new\n")
        probe.do("advance", ms=5_000)
        probe.wait_until(lambda status: status["waiting"] == 0)
        assert len(closed.lines) == probe.status["delivered"]


@pytest.mark.parametrize("contents", [None, "two\nlines", ""], ids=["absent", "two lines", "empty"])
def test_without_a_readable_token_nothing_is_sent(probe, aggregator, tmp_path, contents):
    token = tmp_path / "token"
    if contents is not None:
        token.write_text(contents)
    probe.start(endpoint=aggregator.url, tokenFile=token)
    probe.executed()
    probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["dispatch"] == "unreadable-token-file")
    assert aggregator.requests == []


@pytest.mark.parametrize(
    ("mode", "more", "word"),
    [
        ("garbage", {}, "endpoint-not-ours"),
        ("drop", {}, "endpoint-unreachable"),
        ("redirect", {}, "endpoint-not-ours"),
        ("status", {"status": 500}, "endpoint-busy"),
        ("status", {"status": 429, "retry_after": "3"}, "endpoint-busy"),
        ("status", {"status": 401}, "endpoint-denied"),
        ("status", {"status": 404}, "endpoint-not-ours"),
        ("unacknowledged", {}, "endpoint-unreachable"),
        ("hang", {}, "endpoint-unreachable"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "-".join(map(str, value.values())) or "x",
)
def test_nothing_is_acknowledged_without_a_receipt_and_all_arrives_once_it_is_well(probe, aggregator, mode, more, word):
    behave(aggregator, mode, **more)
    probe.start(endpoint=aggregator.url, timeoutMs=300)
    probe.executed()
    probe.seal()
    probe.leave_alone()
    status = probe.wait_until(lambda status: status["dispatch"] == word)
    assert status["waiting"] > 0
    assert status["delivered"] == 0
    waiting = status["waiting"]
    behave(aggregator, "ok")
    probe.do("advance", ms=10_000)
    probe.wait_until(lambda status: status["waiting"] == 0)
    assert len(set(aggregator.lines)) == len(aggregator.lines) >= waiting
    assert probe.status["losses"] == {}


def test_a_redirect_is_not_followed(probe, aggregator):
    behave(aggregator, "redirect")
    probe.start(endpoint=aggregator.url)
    probe.executed()
    probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["dispatch"] == "endpoint-not-ours")
    assert [request.status for request in aggregator.requests] == [307]


def test_it_comes_back_no_sooner_than_it_was_asked_to(probe, aggregator):
    behave(aggregator, "status", status=429, retry_after="120")
    probe.start(endpoint=aggregator.url)
    probe.executed()
    probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["dispatch"] == "endpoint-busy")
    behave(aggregator, "ok")
    probe.do("advance", ms=100_000)
    for _ in range(20):
        probe.do("tick")
    assert len(aggregator.requests) == 1
    probe.do("advance", ms=30_000)
    probe.wait_until(lambda status: status["waiting"] == 0)


def test_nobody_listens(probe):
    probe.start(endpoint="http://127.0.0.1:9", timeoutMs=200)
    probe.executed()
    probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["dispatch"] == "endpoint-unreachable")
    assert probe.status["waiting"] > 0


def test_a_batch_too_large_is_halved_and_a_record_that_never_fits_is_counted(probe):
    from fake_aggregator import FakeAggregator

    with FakeAggregator(max_body_bytes=6_000) as small:
        probe.start(endpoint=small.url)
        for number in range(5):
            probe.executed({"taskKey": f"t{number}"})
        probe.executed({"taskKey": "large"}, names=("PhotonResultStage", "BatchEvalPython", *("PhotonProject",) * 198))
        probe.seal()
        probe.leave_alone()
        probe.wait_until(lambda status: status["waiting"] == 0)
        assert probe.status["losses"] == {"too-large": 1}
        assert len([one for one in records(small.lines) if isinstance(one, Signal)]) == 5


def test_a_refused_record_is_counted_and_no_other_suffers(probe, aggregator):
    """The aggregator knows sequence 2 of this agent under other bytes: a conflict, for that record alone."""
    probe.start(endpoint=aggregator.url)
    for number in range(3):
        probe.executed({"taskKey": f"t{number}"})
    probe.seal()
    lease = probe.call("poll", holder="a", max_records=10)
    other = json.loads(lease["records"][1]) | {"runs": 99}
    aggregator.take((canonical_line(other),))
    probe.call("release", holder="a", reason="test")
    probe.leave_alone()
    probe.wait_until(lambda status: status["waiting"] == 0)
    assert probe.status["losses"] == {"conflict": 1}
    assert probe.status["delivered"] + 1 == len(aggregator.lines)


def test_the_end_sends_within_its_deadline(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    probe.executed()
    took = probe.do("finish", deadline_ms=2_000)["took_ms"]
    assert took < 2_500
    assert probe.status["waiting"] == 0
    kinds = [json.loads(line)["record"] for line in aggregator.lines]
    assert kinds == ["signal", "agent-state"]
    assert json.loads(aggregator.lines[-1])["final"] is True


def test_a_directory_gets_immutable_whole_files(probe, tmp_path):
    probe.start(directory=tmp_path / "out")
    probe.executed()
    probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["waiting"] == 0)
    (path,) = (tmp_path / "out").iterdir()
    first, last = path.stem.split("-")[2:]
    lines = path.read_bytes().splitlines()
    assert (int(first), int(last)) == (1, json.loads(lines[-1])["sequence"])
    assert records(lines)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes into any directory")
def test_a_read_only_directory_keeps_the_records_waiting(probe, tmp_path):
    tmp_path.chmod(0o500)
    probe.start(directory=tmp_path / "out")
    probe.executed()
    probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["dispatch"] == "directory-unwritable")
    assert probe.status["waiting"] > 0


def test_without_any_sink_records_stay_for_the_report(probe):
    probe.start()
    probe.executed(description="my query")
    assert probe.do("finish", deadline_ms=2_000)["took_ms"] < 500
    assert probe.status["waiting"] == 2
    (row,) = probe.call("report", owner="me")["rows"]
    assert row["description"] == "my query"
    assert row["cost"]["exposure"]["low_microusd"] > 0
    assert probe.call("report", owner="somebody else")["rows"] == []


def test_hours_are_cumulative_and_the_highest_revision_has_all(probe, aggregator):
    probe.start(endpoint=aggregator.url)
    probe.do("executors", node="i3.xlarge", slots=4)
    start = int(time()) // 3_600 * 3_600_000
    for number in range(3):
        at = start + 1000 * number
        probe.do("stage", start_at_ms=at, end_at_ms=at + 500, run_ms=1000, lost_ms=10, native_ns=600_000_000)
        probe.seal()
    probe.leave_alone()
    probe.wait_until(lambda status: status["waiting"] == 0)
    hours = [one for one in records(aggregator.lines) if isinstance(one, UsageHour) and one.hour_at_ms == start]
    told = [(one.revision, one.busy_ms, one.native_ms, one.lost_ms) for one in hours]
    assert told[:3] == [(1, 1010, 600, 10), (2, 2020, 1200, 20), (3, 3030, 1800, 30)]
    # The executors stay, so that a seal in another moment has more slot time, and nothing else.
    assert [one[1:] for one in told[3:]] == [(3030, 1800, 30)] * (len(told) - 3)
    assert [one[0] for one in told] == list(range(1, len(told) + 1))
    slots = [sum(one.slot_ms.values()) for one in hours[2:]]
    assert slots == sorted(set(slots)), "a revision that tells nothing new"


SECRETS = (
    "dapi" + "0123456789abcdef" * 2,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "jane.doe@corp.example",
    "/Volumes/hr/payroll/2026",
    "s3://salaries-of-acme/x",
    "SELECT iban FROM accounts",
    "hunter2 " + "z" * 3000,
)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:12])
def test_no_planted_secret_is_in_any_byte_that_leaves(probe, aggregator, secret):
    probe.start(endpoint=aggregator.url, allow__callSite="true", allow__tags="team")
    facts = dict.fromkeys(("jobId", "jobRunId", "workloadName", "dbr", "imageLabel", "sparkVersion", "engine"), secret)
    facts |= {"clusterId": secret, "clusterName": secret, "tags": {"team": "pricing", "owner": secret, secret: secret}}
    names = (
        "PhotonResultStage",
        "BatchEvalPython",
        f"Scan {secret}",
        f"Execute {secret}",
        secret,
        "PhotonScan parquet",
    )
    arguments = f"[{secret}(x#1)] ['{secret}' AS {secret}#2], CASE WHEN (a#1 = {secret}) THEN 1 END"
    probe.executed(facts, arguments=arguments, description=secret, names=names)
    probe.do("executors", node=secret, slots=2)
    probe.call("lost", reason=secret, count=1)
    probe.do("finish", deadline_ms=2_000)
    assert [type(one).__name__ for one in records(aggregator.lines)].count("Signal") >= 1
    sent = b"\n".join(aggregator.lines).decode()
    for piece in (secret, secret.split(" ")[0], json.dumps(secret)[1:-1]):
        assert piece.lower() not in sent.lower()
