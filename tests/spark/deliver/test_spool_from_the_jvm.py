"""What the JVM cannot send lies in a spool until somebody can, and never hurts what comes after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from delivery_probe import AGENT, behave

from clusop.analysis.records import content_hash

if TYPE_CHECKING:
    from pathlib import Path


def spooled(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.glob("clusop-*.jsonl")) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("mode", ["hang", "garbage", "drop"])
def test_the_end_with_a_slow_endpoint_keeps_its_deadline_and_spools_the_rest(probe, aggregator, tmp_path, mode):
    behave(aggregator, mode)
    probe.start(endpoint=aggregator.url, spool__directory=tmp_path / "spool")
    for number in range(150):
        probe.executed({"taskKey": f"t{number}"})
    took = probe.do("finish", deadline_ms=2_000)["took_ms"]
    assert took < 3_000
    status = probe.status
    assert status["waiting"] == 0
    assert status["spooled"] == len(spooled(tmp_path / "spool")) == 151
    assert not list((tmp_path / "spool").glob(".*"))
    # The next agent's dispatcher sends what it finds there, byte for byte, and deletes it after the receipt.
    before = {content_hash(line) for line in spooled(tmp_path / "spool")}
    behave(aggregator, "ok")
    probe.start(agent="1" * 32, endpoint=aggregator.url, spool__directory=tmp_path / "spool")
    probe.leave_alone()
    aggregator.wait_for_records(151)
    # By their names: while they go one after another, no one can be read for certain.
    probe.wait_until(lambda _: not list((tmp_path / "spool").glob("clusop-*.jsonl")))
    assert before <= {content_hash(line) for line in aggregator.lines}


def test_a_spool_that_was_refused_is_tried_again_when_its_wait_is_over(probe, aggregator, tmp_path):
    spool, aside = tmp_path / "spool", tmp_path / "aside"
    behave(aggregator, "garbage")
    probe.start(endpoint=aggregator.url, spool__directory=spool)
    probe.executed()
    probe.do("finish", deadline_ms=500)
    assert spooled(spool)
    spool.rename(aside)
    spool.mkdir(mode=0o700)
    behave(aggregator, "ok")
    probe.start(agent="1" * 32, endpoint=aggregator.url, spool__directory=spool)
    probe.leave_alone()
    # With nothing of its own to send, only the spool can wake it.
    probe.wait_until(lambda now: now["waiting"] == 0 and now["delivered"] > 0 and now["dispatch"] == "idle")
    behave(aggregator, "garbage")
    for path in aside.iterdir():
        path.rename(spool / path.name)
    probe.do("advance", ms=61_000)
    probe.wait_until(lambda now: now["dispatch"] == "endpoint-not-ours")
    assert probe.status["waiting"] == 0
    behave(aggregator, "ok")
    # Longer than the first wait of a second, shorter than the minute after which a folder is looked at anew.
    probe.do("advance", ms=5_000)
    probe.wait_until(lambda _: not list(spool.glob("clusop-*.jsonl")))


def test_a_spool_that_is_full_leaves_the_records_where_they_are(probe, aggregator, tmp_path):
    behave(aggregator, "garbage")
    probe.start(endpoint=aggregator.url, spool__directory=tmp_path, spool__maxBytes=100)
    probe.executed()
    probe.do("finish", deadline_ms=500)
    status = probe.status
    assert (status["waiting"], status["dispatch"]) == (2, "spool-full")
    assert spooled(tmp_path) == []
    behave(aggregator, "ok")
    probe.do("advance", ms=400_000)
    probe.wait_until(lambda status: status["waiting"] == 0)


def test_a_spool_with_room_for_nothing_else_takes_the_final_state(probe, aggregator, tmp_path):
    behave(aggregator, "garbage")
    probe.start(endpoint=aggregator.url, spool__directory=tmp_path / "spool", spool__maxBytes=1000)
    probe.executed()
    probe.do("finish", deadline_ms=500)
    [state] = map(json.loads, spooled(tmp_path / "spool"))
    assert (state["record"], state["sequence"], state["final"], state["losses"]) == ("agent-state", 2, True, {})
    assert probe.status["waiting"] == 1


def test_a_spool_with_little_room_takes_the_final_state_and_the_oldest_and_the_state_counts_the_rest(
    probe, aggregator, tmp_path
):
    behave(aggregator, "garbage")
    most_bytes = 130_000
    probe.start(endpoint=aggregator.url, spool__directory=tmp_path / "spool", spool__maxBytes=most_bytes)
    for number in range(150):
        probe.executed({"taskKey": f"t{number}"})
    probe.do("finish", deadline_ms=2_000)
    files = sorted((tmp_path / "spool").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    held = [[json.loads(line) for line in path.read_bytes().splitlines()] for path in files]
    assert [len(one) <= 100 for one in held] == [True] * len(files)
    [state], *rest = held
    assert (state["record"], state["final"], state["sequence"]) == ("agent-state", True, 152)
    kept = [one["sequence"] for batch in rest for one in batch]
    assert kept == list(range(1, len(kept) + 1))
    # The first final state is among those left out: the second tells all it told.
    assert state["losses"] == {"spool-full": 151 - len(kept)}
    assert len(kept) > 20
    assert most_bytes * 0.9 < sum(path.stat().st_size for path in files) <= most_bytes
    status = probe.status
    assert (status["waiting"], status["spooled"], status["losses"]) == (0, len(kept) + 1, state["losses"])


def test_a_spool_that_cannot_be_written_leaves_the_records_where_they_are(probe, aggregator, tmp_path):
    behave(aggregator, "garbage")
    blocked = tmp_path / "file"
    blocked.write_text("no directory")
    probe.start(endpoint=aggregator.url, spool__directory=blocked / "spool")
    probe.executed()
    probe.do("finish", deadline_ms=500)
    assert probe.status["waiting"] == 2
    assert probe.status["dispatch"] == "spool-unwritable"


def test_a_damaged_spool_file_blocks_nobody(probe, aggregator, tmp_path):
    damaged = tmp_path / f"clusop-{AGENT}-1-2.jsonl"
    damaged.write_bytes(b"\x00\xff garbage\n")
    (tmp_path / "notes.txt").write_text("not ours")
    probe.start(endpoint=aggregator.url, spool__directory=tmp_path)
    probe.leave_alone()
    probe.wait_until(lambda status: status["losses"].get("spool-file-damaged") == 1)
    assert not damaged.exists()
    assert (tmp_path / "notes.txt").exists()
