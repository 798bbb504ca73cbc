"""Jobs to hurt: scripts run to their end, jobs that do what they are told, and a JVM that outlives its Pythons."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_settings import JOBS
from spark_job import (
    HANG_S,
    REPOSITORY,
    job_environment,
    make_site,
    python_script,
    run_to_its_end,
    told_job,
)

HERE = Path(__file__).parent
ELSEWHERE = (REPOSITORY / "harness", HERE.parent / "deliver", REPOSITORY / "tests" / "vectors" / "answers")
sys.path[:0] = [str(folder) for folder in ELSEWHERE]


@pytest.fixture(scope="session")
def jar_bytes():
    from build_jars import main_jar

    def read(scala):
        jar = main_jar(scala)
        if not jar.is_file():
            pytest.skip("the jars are not built (make jars)")
        return jar.read_bytes()

    return read


@pytest.fixture(scope="session")
def site(tmp_path_factory, jar_bytes):
    """Make a site directory with this jar in the package; the tree's own without one."""

    def make(jar=None, listed=None):
        return make_site(tmp_path_factory.mktemp("site"), jar if jar is not None else jar_bytes("2.12"), listed)

    return make


@pytest.fixture(scope="session")
def whole_site(site):
    return site()


@pytest.fixture(scope="session")
def run_job(java_home, tmp_path_factory):
    """Run a script to its end, in the site directory ``folder``; ``None``: without any of us."""

    def run(path, folder=None, conf=None, flags=(), arguments=(), **environment):
        where = tmp_path_factory.mktemp("job")
        env = job_environment(java_home, where, folder, conf) | environment
        return run_to_its_end([*python_script(path, *flags), *arguments], env, where)

    return run


@pytest.fixture(scope="session")
def jobs(java_home, tmp_path_factory):
    """A context manager around a job that does what it is told."""

    def start(folder=None, before=(), **environment):
        where = tmp_path_factory.mktemp("job")
        env = job_environment(java_home, where, folder) | environment
        return told_job([*before, *python_script(JOBS / "told_job.py")], env, where)

    return start


@pytest.fixture(scope="session")
def bare(jobs):
    """The told job without any of us: its rows and what stands on its stderr."""
    with jobs() as job:
        rows = job.do("rows")
        assert job.end() == 0, job.stderr
        return rows, job.stderr


@pytest.fixture(scope="session")
def standing_jvm(java_home, tmp_path_factory):
    """A driver's JVM whose Python comes and goes, as Databricks has it: the variables by which a Python finds it."""

    @contextmanager
    def start():
        import pyspark

        where = tmp_path_factory.mktemp("jvm")
        told = where / "connection"
        env = job_environment(java_home, where, None)
        arguments = env.pop("PYSPARK_SUBMIT_ARGS").split()
        submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
        with (
            (where / "stderr.log").open("wb") as errors,
            subprocess.Popen(
                [str(submit), *arguments],
                stdin=subprocess.PIPE,
                stderr=errors,
                env=env | {"_PYSPARK_DRIVER_CONN_INFO_PATH": str(told)},
                cwd=where,
            ) as jvm,
        ):
            try:
                port, secret = _connection(told, jvm)
                yield {"PYSPARK_GATEWAY_PORT": str(port), "PYSPARK_GATEWAY_SECRET": secret}
                assert jvm.poll() is None, "the JVM outlives its Pythons"
            finally:
                jvm.stdin.close()
                try:
                    jvm.wait(timeout=60)
                finally:
                    jvm.kill()

    return start


def _connection(told, jvm):
    until = time.monotonic() + HANG_S
    while not told.is_file() or told.stat().st_size == 0:
        assert jvm.poll() is None, "the JVM did not start"
        assert time.monotonic() < until
        time.sleep(0.05)
    data = told.read_bytes()
    port, length = struct.unpack(">ii", data[:8])
    return port, data[8 : 8 + length].decode()
