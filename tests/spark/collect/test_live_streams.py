"""The whole agent on live buses: queries that overlap, a plan without measure, a recorded stream at ten times its speed (P1).

Counts only: nothing here asks how long anything took.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "harness" / "overhead"))
Q88 = REPOSITORY.parent / "shared" / "corpus" / "eventlogs" / "nds_q88_photon_db_13_3.zstd"


@pytest.fixture(scope="module")
def live(java_home, our_jars, tmp_path_factory):
    """What the agent said after each stream, and what Spark wrote meanwhile."""
    import subprocess

    import pyspark
    from in_jvm import opened_packages

    from clusop.eventlog import locate
    from clusop.eventlog.lines import LineStream

    folder = tmp_path_factory.mktemp("streams")
    arguments = []
    if Q88.is_file():
        (source,) = locate(Q88)
        with (folder / "q88.jsonl").open("wb") as out:
            out.writelines(line + b"\n" for line in LineStream(source) if line.strip())
        arguments = [str(folder / "q88.jsonl")]
    class_path = ":".join([*our_jars, str(Path(pyspark.__file__).parent / "jars" / "*")])
    java = [str(java_home / "bin" / "java"), "-Xmx1500m", *opened_packages(), "-cp", class_path]
    command = [*java, "com.clusop.probe.LiveStreams", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def counted(status):
    return sum(status["delivery"]["executions"].values())


def seen(report):
    return [row["execution"] for row in report["rows"]]


def test_32_overlapping_executions_are_each_seen_exactly_once(live):
    told = live[0]["overlapping"]
    assert told["did_overlap"]
    assert told["rows"] == 32
    assert sorted(map(int, seen(told["report"]))) == list(range(32))
    assert counted(told["status"]) == 32
    assert told["status"]["losses"] == {}


def test_a_plan_of_a_hundred_thousand_nodes_on_the_bus_hurts_no_query(live):
    told = live[0]["overlapping"]
    assert told["after"] == 10
    assert told["all"]["breaker"] == ""
    assert told["all"]["errors"] == 0
    assert counted(told["all"]) == 34
    assert told["all"]["retained_bytes"] < 64 * 1024 * 1024


def test_the_plan_without_measure_is_told_with_its_verdict_or_reason(live):
    (row,) = [row for row in live[0]["overlapping"]["large_report"]["rows"] if row["execution"] == "1000000"]
    assert row["verdict"] == "not-accelerated" or row["verdict_reasons"]


@pytest.mark.corpus
def test_q88_at_ten_times_its_speed_loses_no_event(live):
    if "replayed" not in live[0]:
        pytest.skip("the corpus is not there")
    told = live[0]["replayed"]
    assert told["ended"] == 27
    assert counted(told["status"]) - told["before"] == 27
    assert len(set(seen(told["report"])[:27])) == 27
    assert told["status"]["losses"] == {}
    assert told["status"]["breaker"] == ""
    assert "Dropp" not in live[1]
