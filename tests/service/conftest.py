"""Databases of both kinds, fresh for each test, and a server on each: real files, real PostgreSQL, real sockets."""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
from itertools import count
from pathlib import Path

import pytest

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "harness"), str(REPOSITORY / "tests" / "unit" / "service" / "ingest")]

# Others may pass through a folder, not read it.
ENTER = stat.S_IXGRP | stat.S_IXOTH
KINDS = ["sqlite", "postgresql"]

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_folder():
    """A folder that the user ``postgres`` can reach. Pytest's own are its user's alone, and every run sees to that anew."""
    with tempfile.TemporaryDirectory(prefix="clusop-postgres-", ignore_cleanup_errors=True) as told:
        folder = Path(told)
        folder.chmod(folder.stat().st_mode | ENTER)
        yield folder


@pytest.fixture(scope="session")
def postgres(postgres_folder):
    """One PostgreSQL for all tests."""
    from postgres import Postgres, postgres_binaries

    if postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    made = Postgres.make(postgres_folder / "shared")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "clusop.db"
    opened = open_database(f"sqlite:///{path}")
    migrate(opened)
    opened.close()
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres):
    """The name of a PostgreSQL database to copy."""
    name = "migrated"
    opened = open_database(created(postgres, name, "template0"))
    migrate(opened)
    opened.close()
    return name


def created(server, name, template):
    """Make a database of this name; its address."""
    server.run("createdb", *where(server), "-T", template, name)
    return server.url.rpartition("/")[0] + f"/{name}"


def where(server):
    return ("-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres")


def empty_database(kind, request, folder):
    """The address of an empty database of its own."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'clusop.db'}"
    return created(request.getfixturevalue("postgres"), f"test_{next(_numbers)}", "template0")


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """The address of a database: of a copy of a migrated one where the test asks for ``database``, of an empty one elsewhere."""
    is_migrated = "database" in request.fixturenames
    if request.param == "sqlite":
        url = empty_database("sqlite", request, tmp_path)
        if is_migrated:
            shutil.copy(request.getfixturevalue("migrated_file"), url.removeprefix("sqlite:///"))
        yield url
        return
    server, name = request.getfixturevalue("postgres"), f"test_{next(_numbers)}"
    yield created(server, name, request.getfixturevalue("migrated_template") if is_migrated else "template0")
    # Each takes 8 MB: hundreds of them would fill a small disk.
    server.run("dropdb", *where(server), "--force", name)


@pytest.fixture
def database(database_url):
    """An empty, migrated database."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def serve(database_url, tmp_path):
    """A function that starts ``clusop serve`` on the database; what it started is gone after the test."""
    from serve_process import ServeProcess

    started = []

    def start(*options, **environ):
        made = ServeProcess(("--database", database_url, "--port", "0", *options), tmp_path / "serve.log", environ)
        started.append(made)
        return made.start()

    yield start
    for one in started:
        one.kill()


@pytest.fixture(scope="session", params=KINDS)
def running(request, tmp_path_factory):
    """A service that all tests share, and its database: each test takes a workspace of its own."""
    from serve_process import ServeProcess

    folder = tmp_path_factory.mktemp("running")
    url = empty_database(request.param, request, folder)
    with ServeProcess(("--database", url, "--port", "0"), folder / "serve.log") as server:
        opened = open_database(url)
        yield server, opened
        opened.close()


@pytest.fixture
def workspace():
    """A workspace nobody else has."""
    return f"test-{next(_numbers)}"
