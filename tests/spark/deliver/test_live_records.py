"""Records of real Spark jobs: nothing private in any byte that leaves (SPEC P10), and one problem stays one signature."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from spark_job import job_environment, make_site, run_to_its_end

HERE = Path(__file__).parent / "scripts"
LISTENER = "com.clusop.listener.PhotonFallbackListener"
# Plain Spark, told to be an engine that ran nothing: every operator is a fallback, on any release.
TOLD = {"spark.clusop.fact.engine": "photon", "spark.clusop.fact.workspace": "9081726354"}

TOKEN = "clusop-bearer-" + "5ecret" * 4
SECRETS = (
    "dapi" + "0123456789abcdef" * 2,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "jane.doe@corp.example",
    "/Volumes/hr/payroll/2026",
    "SELECT iban FROM accounts",
    "hunter2 " + "z" * 3000,
)


def main_jar(scala_binary):
    import build_jars

    jar = build_jars.main_jar(scala_binary)
    if not jar.is_file():
        pytest.skip("the jars are not built (make jars)")
    return jar


def lines_in(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.glob("clusop-*.jsonl")) for line in path.read_bytes().splitlines()]


PIECE = 8


def pieces(secret: str) -> set[bytes]:
    """Every eight letters in a row of the secret, and of what JSON makes of it: none is left over anywhere by chance."""
    written = (secret.lower(), json.dumps(secret)[1:-1].lower())
    return {text[at : at + PIECE].encode() for text in written for at in range(len(text) - PIECE + 1)}


@pytest.fixture(scope="module")
def planted(java_home, tmp_path_factory):
    """A job that arms itself, with an aggregator that is busy for ever: bodies on the wire, the rest in the spool."""
    from fake_aggregator import Behaviour, FakeAggregator

    where = tmp_path_factory.mktemp("planted")
    (where / "token").write_text(TOKEN)
    site = make_site(where / "site", main_jar("2.12").read_bytes())
    with FakeAggregator(token=TOKEN) as server:
        server.behave(Behaviour("status", status=503))
        environment = job_environment(java_home, where, site, TOLD) | {
            "CLUSOP_ARM": "1",
            "CLUSOP_ENDPOINT": server.url,
            "CLUSOP_TOKEN_FILE": str(where / "token"),
            "CLUSOP_SPOOL_DIRECTORY": str(where / "spool"),
            "CLUSOP_ALLOW_TAGS": "team",
            "CLUSOP_ALLOW_CALL_SITE": "true",
            "CLUSOP_SEAL_INTERVAL_MS": "300",
            "CLUSOP_POLL_INTERVAL_MS": "200",
        }
        command = [sys.executable, str(HERE / "planted.py"), str(where / "data"), *SECRETS]
        done = run_to_its_end(command, environment, where)
        assert done.code == 0, done.stderr[-20:]
        doctor = subprocess.run(
            [sys.executable, "-m", "clusop", "doctor", "--json"], env=environment, capture_output=True, check=False
        )
        yield done, list(server.requests), lines_in(where / "spool"), doctor.stdout + doctor.stderr


def test_records_were_made_and_sent_and_spooled(planted):
    done, requests, spooled, _ = planted
    assert len(done.rows) == len(SECRETS)
    assert requests
    assert all(request.lines for request in requests)
    found = [json.loads(line) for line in spooled]
    assert {"signal", "usage-hour", "agent-state"} <= {one["record"] for one in found}
    assert {one["cause"] for one in found if one["record"] == "signal"} >= {"python-udf"}
    assert max(found, key=lambda one: one["sequence"])["final"] is True
    assert all(len(line) <= 8192 for line in spooled)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:12])
def test_no_planted_secret_is_in_any_byte_that_leaves(planted, secret):
    done, requests, spooled, _ = planted
    told = [line for request in requests for line in request.lines]
    headers = [f"{name}: {text}".encode() for request in requests for name, text in request.headers.items()]
    ours = [line.encode() for line in done.ours]
    left = b"\n".join([*told, *headers, *spooled, *ours]).lower()
    assert sorted(piece for piece in pieces(secret) if piece in left) == []


def test_a_state_says_whose_it_is_and_on_what_it_runs_by_hashes_alone(planted):
    _, _, spooled, _ = planted
    found = [json.loads(line) for line in spooled]
    last = max((one for one in found if one["record"] == "agent-state"), key=lambda one: one["sequence"])
    signal = next(one for one in found if one["record"] == "signal")
    assert re.fullmatch("job:42:[0-9a-f]{32}", last["compute"])
    assert re.fullmatch("name:[0-9a-f]{32}", last["workload"])
    assert (last["engine"], last["image"]) == (signal["engine"], signal["image"]) == ("photon", "")
    assert (last["shape"]["product"], last["shape"]["slots"]) == ("JOBS_COMPUTE", [2, 2])
    assert last["shape"] == signal["shape"]


def test_the_token_is_in_its_header_and_nowhere_else(planted):
    done, requests, spooled, doctor = planted
    bodies = b"\n".join([line for request in requests for line in request.lines] + spooled)
    said = "\n".join([*done.stderr, done.told["status"], json.dumps(done.told["agent"])]).encode()
    assert TOKEN.encode() not in bodies + said + doctor
    assert doctor


def run_workloads(java_home, where: Path, release) -> list[dict]:
    from spark_versions import installed_release

    out = where / "out"
    out.mkdir()
    conf = TOLD | {
        "spark.extraListeners": LISTENER,
        "spark.driver.extraClassPath": str(main_jar(release.scala_binary)),
        "spark.clusop.directory": str(out),
    }
    environment = job_environment(java_home, where, installed_release(release), conf)
    done = run_to_its_end([sys.executable, str(HERE / "workloads.py")], environment, where)
    assert done.code == 0, done.stderr[-20:]
    assert len(done.rows) == 6
    assert done.ours == []
    return [json.loads(line) for line in lines_in(out)]


@pytest.fixture(scope="module")
def signatures(java_home, tmp_path_factory):
    """Of each release of Spark that is there: the signatures of its Python UDF by workload."""
    from spark_versions import BUILD_RELEASES, CACHE

    found = {}
    for release in BUILD_RELEASES:
        if release.version == "4.0.5" and not (CACHE / "4.0.5" / "pyspark" / "jars").is_dir():
            continue
        records = run_workloads(java_home, tmp_path_factory.mktemp("workloads"), release)
        signals = [one for one in records if one["record"] == "signal" and one["cause"] == "python-udf"]
        by_workload: dict[str, set[str]] = {}
        for one in signals:
            by_workload.setdefault(one["workload"], set()).add(one["signature"])
        found[release.version] = by_workload, sum(one["runs"] for one in signals), records
    return found


def test_adaptive_or_not_and_whatever_the_date_one_problem_is_one_signature(signatures):
    by_workload, runs, _ = signatures["3.5.9"]
    assert runs == 6
    assert [len(one) for one in by_workload.values()] == [1, 1], "nightly and weekly"
    assert len(set.union(*by_workload.values())) == 2


def test_spark_4_and_scala_2_13_find_the_same_problems(signatures):
    if "4.0.5" not in signatures:
        pytest.skip("PySpark 4.0.5 is not in .cache/spark (make jars installs it)")
    assert signatures["4.0.5"][:2] == signatures["3.5.9"][:2]


def test_each_application_of_one_jvm_ends_with_a_final_state(signatures):
    for _, _, records in signatures.values():
        ordered = sorted(records, key=lambda one: one["sequence"])
        assert [one["sequence"] for one in ordered] == list(range(1, len(ordered) + 1))
        assert len({one["agent"] for one in ordered}) == 1
        assert sum(one.get("final") is True for one in ordered) == 3
        assert ordered[-1]["final"] is True
