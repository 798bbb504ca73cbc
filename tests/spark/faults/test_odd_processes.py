"""Children, closed gateways, hostile arguments, interpreters with flags: the job is as it would have been without us."""

from __future__ import annotations

import site as interpreter
import subprocess
import sys

import pytest
from fault_settings import ARM, JOBS, SOON
from spark_job import JAR_NAME


@pytest.mark.parametrize("script", ["forked_spark_job.py", "shut_gateway_job.py"])
def test_the_job_does_what_it_does_without_us(run_job, whole_site, script):
    from fake_aggregator import FakeAggregator

    without = run_job(JOBS / script)
    with FakeAggregator() as server:
        done = run_job(JOBS / script, whole_site, **ARM, **SOON, CLUSOP_ENDPOINT=server.url)
    assert done.job == without.job
    assert done.ours == []


@pytest.fixture(scope="module")
def hostile(run_job, whole_site):
    return run_job(JOBS / "arm_faults_job.py", whole_site)


def test_nothing_that_arm_meets_ends_the_job(hostile):
    assert (hostile.code, hostile.rows) == (0, ["10"])
    for kind in ("SystemExit", "GeneratorExit", "RecursionError", "MemoryError", "ValueError"):
        assert hostile.told[kind] == ["dormant", ["arming-failed"]], kind


def test_ctrl_c_stays_the_person_s(hostile):
    assert hostile.told["KeyboardInterrupt"] == "the person's"


def test_bad_settings_by_arm_are_one_line_and_the_rest_is_armed(hostile):
    (line,) = hostile.ours
    for part in ("spark.clusop.endpoint", "endpont", "spark.clusop.timeoutMs"):
        assert part in line
    state, reasons = hostile.told["bad"]
    assert state == "armed"
    assert {"unknown-setting", "unreadable-token-file"} <= set(reasons)


def test_bad_settings_by_conf_and_python_s_door_together_are_one_line(run_job, whole_site):
    conf = {
        "spark.driver.extraClassPath": str(whole_site / "clusop" / "jars" / JAR_NAME),
        "spark.extraListeners": "com.clusop.listener.PhotonFallbackListener",
        "spark.sql.queryExecutionListeners": "com.clusop.listener.PhotonFallbackListener",
        "spark.clusop.endpont": "x",
        "spark.clusop.endpoint": "no url",
        "spark.clusop.tokenFile": "/nowhere/token",
    }
    done = run_job(JOBS / "flags_job.py", whole_site, conf, **ARM)
    assert done.code == 0
    assert done.told["armed"]
    (line,) = done.ours
    for part in ("spark.clusop.endpont", "spark.clusop.endpoint", "/nowhere/token"):
        assert part in line


@pytest.fixture(scope="module")
def plain(run_job):
    """Without a flag and without being asked for."""
    return run_job(JOBS / "flags_job.py")


def test_an_isolated_python_is_armed_by_the_line_of_its_environment(run_job, plain):
    from live_run import start_line_problem

    assert start_line_problem() == ""
    done = run_job(JOBS / "flags_job.py", flags=["-I"], **ARM)
    assert done.job == plain.job
    assert done.ours == []
    assert done.told["armed"]


def test_a_python_without_site_runs_no_line_and_knows_nothing_of_us(run_job, plain):
    done = run_job(JOBS / "flags_job.py", flags=["-S"], arguments=interpreter.getsitepackages(), **ARM)
    assert done.job == plain.job
    assert done.told == {"armed": False, "loaded": []}


@pytest.mark.parametrize(("flag", "watches"), [("-E", True), ("-s", True), ("-I", True), ("-S", False)])
def test_flags_leave_the_start_as_it_was(flag, watches):
    code = "import sys; print('clusop.runtime.autoload' in sys.modules)"
    done = subprocess.run(
        [sys.executable, flag, "-c", code], capture_output=True, text=True, check=True, env=dict(ARM), timeout=60
    )
    assert done.stderr == ""
    assert done.stdout == f"{watches}\n"
