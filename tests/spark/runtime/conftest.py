"""A PySpark script as a user runs it, in a Python whose site directory holds the start line and jars of our choice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from spark_job import REPOSITORY, job_environment, make_site, python_script, run_to_its_end

HERE = Path(__file__).parent
sys.path[:0] = [str(REPOSITORY / "harness"), str(REPOSITORY / "tests" / "unit" / "runtime")]


@pytest.fixture(scope="session")
def listener_jar():
    from build_jars import main_jar

    jar = main_jar("2.12")
    if not jar.is_file():
        pytest.skip("the jars are not built (make jars)")
    return jar.read_bytes()


@pytest.fixture(scope="session")
def site(tmp_path_factory, listener_jar):
    """Make a site directory with this jar in the package."""

    def make(jar=listener_jar, listed=None):
        return make_site(tmp_path_factory.mktemp("site"), jar, listed)

    return make


@pytest.fixture(scope="session")
def whole_site(site):
    return site()


@pytest.fixture(scope="session")
def run_job(java_home, tmp_path_factory):
    """Run a script of ``jobs`` with the start line of ``folder``; ``None``: without any of us."""

    def run(script, folder=None, **environment):
        where = tmp_path_factory.mktemp("job")
        env = job_environment(java_home, where, folder) | environment
        return run_to_its_end(python_script(HERE / "jobs" / script), env, where)

    return run


@pytest.fixture(scope="session")
def bare(run_job):
    """The plain job without any of us."""
    done = run_job("plain_job.py")
    assert done.code == 0, done.stderr
    return done
