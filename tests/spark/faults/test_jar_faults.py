"""The jar changes under an armed agent, original and private copy; and jars for another Scala by the start line's door."""

from __future__ import annotations

import os

import pytest
from fault_settings import ARM, RUNTIME_JOBS, SOON
from spark_job import JAR_NAME


def executions(status):
    return sum(status["agent"]["delivery"]["executions"].values())


@pytest.fixture(scope="module")
def told(jobs, site, tmp_path_factory):
    """One armed job while its jar is truncated, replaced and deleted, first the original, then the private copy."""
    folder = site()
    temporary = tmp_path_factory.mktemp("temporary")
    seen = {"rows": [], "executions": []}
    records = tmp_path_factory.mktemp("records")
    environment = {**ARM, **SOON, "TMPDIR": str(temporary), "CLUSOP_DIRECTORY": str(records)}
    with jobs(folder, **environment) as job:
        job.until("status", lambda status: status["state"] == "armed")
        (copy,) = temporary.glob(f"clusop-*/{JAR_NAME}")
        seen["mode"] = copy.stat().st_mode & 0o777
        for jar in (folder / "clusop" / "jars" / JAR_NAME, copy):
            for hurt in (truncated, replaced, type(jar).unlink):
                hurt(jar)
                seen["rows"].append(job.do("rows"))
                count = 2 * len(seen["rows"])
                seen["executions"].append(
                    executions(job.until("status", lambda now, least=count: executions(now) >= least))
                )
        job.do("restart")
        # The agent looks for the next context once in a while: a query before that is told of as begun earlier.
        job.until("status", lambda now: any(context["state"] == "open" for context in now["agent"]["contexts"]))
        seen["rows"].append(job.do("rows"))
        count = 2 * len(seen["rows"])
        seen["status"] = job.until("status", lambda now: executions(now) >= count)
        seen["code"] = job.end()
        seen["stderr"] = job.stderr
    seen["records"] = sorted(path.name for path in records.iterdir())
    seen["left"] = list(temporary.glob("clusop-*"))
    return seen


def truncated(jar):
    jar.chmod(0o600)
    os.truncate(jar, jar.stat().st_size // 3)


def replaced(jar):
    jar.write_bytes(b"PK\x03\x04 not a jar any more" * 20000)


def test_the_job_is_as_it_was(told, bare):
    assert told["rows"] == [bare[0]] * len(told["rows"])
    assert told["code"] == 0
    assert [line for line in told["stderr"] if "clusop" in line] == []
    assert set(told["stderr"]) == set(bare[1])


def test_the_agent_goes_on_seeing_every_query_and_the_next_context(told):
    assert told["executions"] == [2, 4, 6, 8, 10, 12]
    status = told["status"]
    assert (status["state"], status["agent"]["errors"], status["faults"]) == ("armed", 0, {})
    assert status["agent"]["losses"] == {}
    assert told["records"]


def test_the_copy_was_private_and_is_gone(told):
    assert told["mode"] == 0o400
    assert told["left"] == []


@pytest.mark.parametrize("door", ["start line", "explicit"])
def test_a_jar_for_another_scala_is_one_line_by_each_door_of_python(run_job, site, jar_bytes, door):
    folder = site(jar_bytes("2.13"))
    job = RUNTIME_JOBS / ("plain_job.py" if door == "start line" else "explicit_job.py")
    without = run_job(RUNTIME_JOBS / "plain_job.py")
    done = run_job(job, folder, **(ARM if door == "start line" else {}))
    assert done.job == without.job
    (line,) = done.ours
    assert "Scala" in line
