"""The collector on a running Spark finds what the event log of the same run tells (P8)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORKLOADS = (
    "clean-aggregate",
    "clean-scalar-subquery",
    "python-udf",
    "regexp-extract",
    "window-sum",
    "cached-table",
    "write-parquet",
    "failing-query",
    "comet-off",
)


def collected(java_home, given):
    """Run the application; what its collector found and what its event log tells."""
    out = Path(given["out"])
    out.mkdir()
    program = Path(__file__).with_name("collected_application.py")
    environment = dict(os.environ, JAVA_HOME=str(java_home), SPARK_LOCAL_HOSTNAME="localhost")
    for name in ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS"):
        environment.pop(name, None)
    command = [sys.executable, str(program), json.dumps(given)]
    with (out / "spark.log").open("w") as noise:
        done = subprocess.run(command, env=environment, cwd=out, stdout=noise, stderr=noise, check=False)
    assert done.returncode == 0, (out / "spark.log").read_text()[-3000:]
    assert (out / "collected.json").is_file(), "the collector did not see the application's end"
    (log,) = (out / "eventlog").iterdir()
    return json.loads((out / "collected.json").read_text()), logged(log)


def logged(log):
    from application_answer import answer_of_application

    from clusop.eventlog import locate, read_application

    (source,) = locate(log)
    return json.loads(answer_of_application(read_application(source)))


@pytest.fixture(scope="module")
def on_comet(java_home, workload_data, jars, our_jars, tmp_path_factory):
    if jars.comet is None:
        pytest.skip(" ".join(jars.remarks))
    given = {"data": str(workload_data), "engine": "comet", "comet": str(jars.comet), "ours": our_jars, "late": False}
    return collected(
        java_home, given | {"out": str(tmp_path_factory.mktemp("collected") / "out"), "names": list(WORKLOADS)}
    )


def test_nothing_was_lost(on_comet):
    told, _ = on_comet
    assert told["losses"] == {}


def test_engine_cluster_and_epochs_are_those_of_the_log(on_comet):
    told, log = on_comet
    assert {key: told["masked"][key] for key in ("engine", "cluster", "epochs")} == {
        key: log[key] for key in ("engine", "cluster", "epochs")
    }


def test_every_execution_is_judged_as_from_the_log_where_the_engine_is_not_asked(on_comet):
    told, log = on_comet
    assert len(log["executions"]) >= len(WORKLOADS)
    assert set(told["masked"]["executions"]) == set(log["executions"])
    for key, execution in log["executions"].items():
        assert told["masked"]["executions"][key] == execution, execution["description"]


def test_the_engines_own_words_make_causes_finer_and_change_nothing_else(on_comet):
    told, log = on_comet
    finer = 0
    for key, execution in log["executions"].items():
        live = told["unmasked"]["executions"][key]
        assert {**live, "findings": []} == {**execution, "findings": []}
        places = {(one["graph"], one["island"]) for one in execution["findings"]}
        assert {(one["graph"], one["island"]) for one in live["findings"]} == places
        if live["findings"] != execution["findings"]:
            finer += 1
            assert any("engine" in one["witnesses"] for one in live["findings"])
    assert finer > 0
    assert told["told_words"] >= finer


def test_a_second_session_is_seen_and_told_apart(on_comet):
    told, _ = on_comet
    assert told["owners"] >= 2


@pytest.mark.parametrize("late", [False, True], ids=["from-the-start", "armed-late"])
def test_plain_spark_is_seen_as_its_log_tells_whenever_one_began_to_listen(
    java_home, workload_data, our_jars, tmp_path, late
):
    given = {"data": str(workload_data), "engine": "none", "comet": "", "ours": our_jars, "late": late}
    told, log = collected(
        java_home, given | {"out": str(tmp_path / "out"), "names": ["clean-aggregate", "cached-table"]}
    )
    assert told["masked"] == log
    assert told["told_words"] == 0
    assert told["losses"] == {}
