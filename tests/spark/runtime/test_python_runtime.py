"""The Python runtime on a real Spark: it arms by itself, delivers, and the job is as it was. SPEC P1, P7, P11."""

from __future__ import annotations

import json

import pytest
from local_aggregator import local_aggregator


def test_a_job_that_never_heard_of_us_is_armed_and_its_records_arrive(run_job, whole_site, bare, tmp_path):
    token = tmp_path / "token"
    token.write_text("a-token\n")
    with local_aggregator() as server:
        environment = {
            "CLUSOP_ARM": "1",
            "CLUSOP_ENDPOINT": server.url,
            "CLUSOP_TOKEN_FILE": str(token),
            "CLUSOP_SEAL_INTERVAL_MS": "500",
            "CLUSOP_POLL_INTERVAL_MS": "200",
        }
        done = run_job("plain_job.py", whole_site, **environment)
        requests = list(server.requests)
    assert done.job == bare.job
    assert done.ours == []
    assert {headers["authorization"] for _, headers, _ in requests} == {"Bearer a-token"}
    records = {line for _, _, lines in requests for line in lines}
    by_sequence = {json.loads(line)["sequence"]: line for line in records}
    assert len(by_sequence) == len(records), "one sequence, one content"
    assert sorted(by_sequence) == list(range(1, len(records) + 1))
    assert len({json.loads(line)["agent"] for line in records}) == 1


def test_records_as_files_arrive_whole(run_job, whole_site, bare, tmp_path):
    folder = tmp_path / "volume"
    environment = {"CLUSOP_DIRECTORY": str(folder), "CLUSOP_SEAL_INTERVAL_MS": "500", "CLUSOP_POLL_INTERVAL_MS": "200"}
    done = run_job("plain_job.py", whole_site, CLUSOP_ARM="1", **environment)
    assert done.job == bare.job
    names = [path.name for path in folder.iterdir()]
    assert names
    assert all(name.startswith("clusop-") and name.endswith(".jsonl") for name in names)
    assert all(json.loads(line) for path in folder.iterdir() for line in path.read_text().splitlines())


def test_an_endpoint_that_is_not_there_costs_nothing_but_the_records(run_job, whole_site, bare):
    done = run_job("plain_job.py", whole_site, CLUSOP_ARM="1", CLUSOP_ENDPOINT="http://127.0.0.1:9")
    assert done.job == bare.job
    assert done.ours == []


@pytest.mark.parametrize("damage", ["missing", "another", "truncated"])
def test_a_jar_that_is_not_whole_is_one_line_and_the_job_goes_on(run_job, site, listener_jar, bare, damage):
    folder = {
        "missing": lambda: site(jar=None),
        "another": lambda: site(listed=b"what was built"),
        "truncated": lambda: site(jar=listener_jar[: len(listener_jar) // 2], listed=listener_jar),
    }[damage]()
    done = run_job("plain_job.py", folder, CLUSOP_ARM="1")
    assert done.job == bare.job
    (line,) = done.ours
    assert ("is not in this installation" in line) == (damage == "missing")
    assert ("is not the one that was built" in line) == (damage != "missing")


def test_bad_settings_are_one_line_and_the_rest_is_armed(run_job, whole_site, bare):
    environment = {"CLUSOP_ENDPOINT": "no url", "CLUSOP_TIMEOUT_MS": "soon", "CLUSOP_TOKEN_FILE": "/nowhere/token"}
    done = run_job("plain_job.py", whole_site, CLUSOP_ARM="1", **environment)
    assert done.job == bare.job
    (line,) = done.ours
    for part in ("spark.clusop.endpoint", "spark.clusop.timeoutMs", "token"):
        assert part in line


@pytest.mark.parametrize("environment", [{"CLUSOP_DISABLE": "1", "CLUSOP_ARM": "1"}, {}])
def test_switched_off_or_not_asked_nothing_happens(run_job, whole_site, bare, environment):
    done = run_job("plain_job.py", whole_site, **environment)
    assert (done.job, done.ours) == (bare.job, [])


@pytest.fixture(scope="module")
def arming(run_job, whole_site):
    done = run_job("arming_job.py", whole_site)
    assert done.code == 0, done.stderr
    return done


def test_arming_before_spark_waits_for_it(arming):
    assert arming.told["before"] == ["waiting", ["no-context"]]
    assert arming.told["armed by the waiting thread"]


def test_settings_that_cannot_be_used_come_back_as_reasons(arming):
    assert {"unknown-setting"} <= set(arming.told["problems"])
    assert arming.told["doors"] == ["arm"]
    assert len(arming.ours) <= 1


def test_a_report_shows_the_caller_s_own_work(arming):
    assert len(arming.told["mine"]) == 1
    assert arming.told["others"] == 1
    assert arming.told["everybody is not allowed"] == 1
    assert arming.told["page"]


def test_disarmed_is_quiet_and_armed_again_by_hand(arming):
    assert arming.told["disarmed"] == "off"
    assert arming.told["quiet"]
    assert arming.told["again"] == "armed"


def test_the_next_context_of_the_same_jvm_is_armed_by_the_same_agent(arming):
    assert arming.told["second context"]
    assert arming.told["one agent"]
    assert arming.told["threads"].count("clusop-arm") == 1


def test_forked_children_leave_the_parent_alone(run_job, whole_site):
    done = run_job("forking_job.py", whole_site, CLUSOP_ARM="1")
    assert done.code == 0, done.stderr
    assert done.told["armed"]
    assert done.told["children"] == [0, 0, 0]
    assert done.told["still armed"]
    assert done.rows == ["10", "10", "10"]


def test_a_jvm_that_dies_is_met_with_silence(run_job, whole_site):
    with local_aggregator() as server:
        without = run_job("lost_gateway_job.py")
        environment = {"CLUSOP_ARM": "1", "CLUSOP_ENDPOINT": server.url, "CLUSOP_POLL_INTERVAL_MS": "200"}
        done = run_job("lost_gateway_job.py", whole_site, **environment)
    assert done.job == without.job
    assert done.ours == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_threads_of_ours_load_nothing_that_a_fork_does_not_wait_for(run_job, whole_site, tmp_path, scheme):
    """A child inherits the lock of a module that another thread is loading, and waits for it for ever."""
    token = tmp_path / "token"
    token.write_text("\ufeffa-token\n", encoding="utf-8")
    with local_aggregator() as server:
        environment = {
            "CLUSOP_ARM": "1",
            # By name: Python loads something for the first name it looks up.
            "CLUSOP_ENDPOINT": server.url.replace("http://127.0.0.1", f"{scheme}://localhost"),
            "CLUSOP_TOKEN_FILE": str(token),
            "CLUSOP_SPOOL_DIRECTORY": str(tmp_path / "spool"),
            "CLUSOP_SEAL_INTERVAL_MS": "300",
            "CLUSOP_POLL_INTERVAL_MS": "200",
        }
        done = run_job("loading_job.py", whole_site, **environment)
    assert (done.code, done.rows) == (0, ["10"]), done.stderr
    assert (done.told["sent"] > 0) == (scheme == "http")
    assert done.told["outside"] == []
