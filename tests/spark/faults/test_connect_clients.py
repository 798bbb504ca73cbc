"""Spark Connect, by PySpark's own client and by Databricks', against PySpark's own server: clusop sleeps and says why, once."""

from __future__ import annotations

import os
import subprocess

import pytest
from fault_settings import ARM, JOBS
from spark_job import HANG_S, job_environment, python_script, run_to_its_end

JOB = JOBS / "connect_job.py"


@pytest.fixture(scope="module")
def spark_4():
    from spark_versions import RELEASES, installed_release

    (release,) = [release for release in RELEASES if release.version == "4.0.5"]
    return installed_release(release)


@pytest.fixture(scope="module")
def clients(spark_4):
    """What each client needs on its path; one that is not there skips with the reason."""
    from connect_clients import CLIENTS, installed_client

    def path_of(name):
        (client,) = [client for client in CLIENTS if client.name == name]
        site = installed_client(client)
        if isinstance(site, str):
            pytest.skip(site)
        return [spark_4, site] if name == "pyspark" else [site]

    return path_of


@pytest.fixture(scope="module")
def server(java_home, spark_4, tmp_path_factory):
    where = tmp_path_factory.mktemp("server")
    environment = job_environment(java_home, where, spark_4)
    with (
        (where / "stderr.log").open("wb") as errors,
        subprocess.Popen(
            python_script(JOBS / "connect_server.py"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            cwd=where,
        ) as process,
    ):
        try:
            (port,) = [line.split()[1] for line in process.stdout.readline().splitlines() if line.startswith("PORT ")]
            yield f"sc://127.0.0.1:{port}"
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=HANG_S)
            finally:
                process.kill()


@pytest.fixture(scope="module")
def run_client(java_home, clients, whole_site, tmp_path_factory):
    def run(client, address, *, armed):
        where = tmp_path_factory.mktemp("client")
        environment = job_environment(java_home, where, whole_site)
        del environment["PYSPARK_SUBMIT_ARGS"]
        path = [*([whole_site] if armed else []), *clients(client)]
        environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
        return run_to_its_end([*python_script(JOB), client, address], environment | (ARM if armed else {}), where)

    return run


@pytest.mark.parametrize("client", ["pyspark", "databricks"])
def test_a_session_without_a_jvm_is_one_line_and_the_rows_are_the_same(run_client, server, client):
    bare = run_client(client, server, armed=False)
    done = run_client(client, server, armed=True)
    assert bare.code == 0, bare.stderr
    assert "Row(k=0, sum(id)=71071)" in bare.rows[-1]
    assert done.job == bare.job
    (line,) = done.ours
    assert "Spark Connect session" in line
    state, reasons, doctor, door = done.told["after"]
    assert (state, reasons, doctor) == ("dormant", ["spark-connect"], "dormant")
    assert (door["state"], "Spark Connect" in door["why"]) == ("closed", True)


def test_a_client_that_finds_no_server_is_told_apart_from_one_that_waits(run_client):
    """Databricks' client can have no JVM at all: ``arm()`` says so before there is any session, and so does the doctor."""
    bare = run_client("databricks", "nowhere", armed=False)
    done = run_client("databricks", "nowhere", armed=True)
    assert done.job == bare.job
    (line,) = done.ours
    assert "Spark Connect" in line
    for moment in ("before", "after"):
        state, reasons, doctor, door = done.told[moment]
        assert (state, reasons, doctor) == ("dormant", ["spark-connect"], "dormant")
        assert door["state"] == "closed"
