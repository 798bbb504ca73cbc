"""What cannot work stays dormant: one line on stderr, and the job as it was."""

from __future__ import annotations

import zipfile

import pytest

LISTENER = "com.clusop.listener.PhotonFallbackListener"
EXTRA = "spark.extraListeners"
QUERY = "spark.sql.queryExecutionListeners"


def assert_job_as_it_was(done, bare):
    assert (done.code, done.rows) == (bare.code, bare.rows)
    assert done.others == bare.stderr


@pytest.mark.parametrize("keys", [(EXTRA,), (QUERY,), (EXTRA, QUERY)], ids=["extra", "query", "both"])
def test_the_wrong_scala_is_one_line_by_each_key(run_script, bare, wrong_scala_jar, keys):
    done = run_script("job.py", [wrong_scala_jar], dict.fromkeys(keys, LISTENER))
    assert_job_as_it_was(done, bare)
    (line,) = done.ours
    assert line.startswith("clusop: not armed: the jar is for another Scala than the one of this Spark")
    assert done.told == {"status": None, "listeners": int(EXTRA in keys)}


@pytest.fixture(params=["lacking", "corrupted"])
def damaged_jar(request, listener_jar, tmp_path):
    """The jar without, or with half of, one class that nothing needs before the first execution ends."""
    damaged = tmp_path / "damaged.jar"
    with zipfile.ZipFile(listener_jar) as whole, zipfile.ZipFile(damaged, "w") as parts:
        for name in whole.namelist():
            data = whole.read(name)
            if name != "com/clusop/listener/analysis/Island.class":
                parts.writestr(name, data)
            elif request.param == "corrupted":
                parts.writestr(name, data[: len(data) // 2])
    return damaged


def test_a_jar_with_a_damaged_class_is_not_armed_at_all(run_script, bare, damaged_jar):
    done = run_script("job.py", [damaged_jar], {EXTRA: LISTENER, QUERY: LISTENER})
    assert_job_as_it_was(done, bare)
    (line,) = done.ours
    assert line.startswith("clusop: not armed: the jar cannot be loaded completely")
    # The JVM names the class it lacks, and of one that is cut off only that it is.
    assert "Island" in line or "Truncated class file" in line
    assert done.told["status"] is None


def test_bad_settings_are_one_line_and_the_rest_is_armed(run_script, bare, listener_jar):
    conf = {
        EXTRA: LISTENER,
        QUERY: LISTENER,
        "spark.clusop.endpont": "http://localhost:1",
        "spark.clusop.endpoint": "not a url",
        "spark.clusop.tokenFile": "/nowhere/token",
        "spark.clusop.timeoutMs": "0",
    }
    done = run_script("job.py", [listener_jar], conf)
    assert_job_as_it_was(done, bare)
    (line,) = done.ours
    for part in (
        "spark.clusop.endpont is no setting",
        "spark.clusop.endpoint is",
        "/nowhere/token",
        "spark.clusop.timeoutMs is out of range",
    ):
        assert part in line
    assert done.told["status"]["armed"] is True
    assert len(done.told["status"]["problems"]) == 4


@pytest.mark.parametrize(
    ("conf", "env"),
    [({"spark.clusop.enabled": "false"}, {}), ({}, {"CLUSOP_DISABLE": "1"})],
    ids=["conf", "environment"],
)
def test_a_switch_that_is_off_keeps_everything_quiet(run_script, bare, listener_jar, conf, env):
    done = run_script("job.py", [listener_jar], {EXTRA: LISTENER, QUERY: LISTENER, **conf}, env)
    assert_job_as_it_was(done, bare)
    assert done.ours == []
    assert done.told["status"]["armed"] is False
    assert done.told["status"]["contexts"] == []
