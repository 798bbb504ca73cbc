"""Spark runs workloads now, and clusop reads the log that Spark wrote of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

LIVE = ("clean-aggregate", "clean-scalar-subquery", "python-udf", "regexp-extract", "comet-off")
RECORDED = REPOSITORY / "tests" / "data" / "eventlogs" / "comet"


def run(names, engine, site):
    from application_run import run_application
    from clusop.certify.workload import discover

    workloads = [entry for entry in discover() if entry.name in names]
    done = run_application(workloads, "clusop live test", engine, site)
    assert done.event_log is not None, done.noise.read_text(encoding="utf-8")[-2000:]
    assert {name: told["error"] for name, told in done.outcomes.items()} == dict.fromkeys(names, "")
    return workloads, done


@pytest.fixture(scope="module")
def with_comet(java_home, workload_data, jars, tmp_path_factory):
    if jars.comet is None:
        pytest.skip(" ".join(jars.remarks))
    from application_run import Site

    return run(LIVE, "comet", Site(tmp_path_factory.mktemp("comet") / "out", workload_data, jars, java_home))


def test_live_workloads_on_comet_are_judged_as_they_declare(with_comet, analyze):
    from outcome import outcomes_of

    workloads, done = with_comet
    outcomes = outcomes_of(workloads, [analyze(done.event_log)], engine_on=True)
    assert len(outcomes) == len(LIVE)
    assert [outcome.sentence for outcome in outcomes if not outcome.is_exact] == []


def test_the_log_agrees_with_what_comet_said_of_the_live_plans(with_comet, analyze):
    _, done = with_comet
    live = {str(words["execution_id"]): words for words in done.engine_words}
    queries = {query["id"]: query for query in analyze(done.event_log)["queries"]}
    assert set(queries) == set(live)
    for key, query in queries.items():
        if query["verdict"] in {"native", "fallback"}:
            assert bool(live[key]["reasons"]) is (query["verdict"] == "fallback"), (query["description"], live[key])


def test_plain_spark_is_not_accelerated_and_blames_nobody(java_home, workload_data, jars, tmp_path, analyze):
    from application_run import Site

    _, done = run(("clean-aggregate", "python-udf"), "none", Site(tmp_path / "out", workload_data, jars, java_home))
    entry = analyze(done.event_log)
    assert entry["app"]["engine"] == "none"
    assert {query["verdict"] for query in entry["queries"] if query["role"] == "user"} == {"not-accelerated"}
    assert [finding for query in entry["queries"] for finding in query["findings"]] == []


def test_spark_itself_still_reads_every_event_of_the_recorded_logs(java_home):
    pytest.importorskip("zstandard")
    logs = sorted(RECORDED.glob("*.zstd"))
    command = [sys.executable, str(REPOSITORY / "harness" / "read_by_spark.py"), *map(str, logs)]
    environment = {"JAVA_HOME": str(java_home), "SPARK_LOCAL_HOSTNAME": "localhost"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    counts = json.loads(done.stdout.splitlines()[-1])
    import zstandard

    for log in logs:
        with log.open("rb") as stream:
            text = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True).read()
        assert counts[log.name] == len(text.splitlines())
