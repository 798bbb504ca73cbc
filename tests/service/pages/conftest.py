"""A seeded service for the tests of its pages; one that may be changed, and one that is only read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory):
    """A SQLite file with the seed."""
    import seed

    from clusop.service.store.database import open_database
    from clusop.service.store.migrate import migrate

    path = tmp_path_factory.mktemp("seeded") / "clusop.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    seed.fill(database)
    database.close()
    return path


SETTINGS = """
exclusions:
  - {workload: "job:5*", reason: "load tests <b>at night</b>"}
  - {tag: {env: "sand*"}}
"""


def _served(path):
    from page_server import PageServer

    from clusop.service.store.database import open_database

    database = open_database(f"sqlite:///{path}")
    config = path.with_name("clusop.yaml")
    config.write_text(SETTINGS)
    server = PageServer(database, str(config))
    yield server
    server.stop()
    database.close()


@pytest.fixture(scope="session")
def pages(seeded_file, tmp_path_factory):
    """A service that tests only look at."""
    path = tmp_path_factory.mktemp("pages") / "clusop.db"
    path.write_bytes(seeded_file.read_bytes())
    yield from _served(path)


@pytest.fixture
def changing(seeded_file, tmp_path):
    """A service of the test's own."""
    path = tmp_path / "clusop.db"
    path.write_bytes(seeded_file.read_bytes())
    yield from _served(path)


@pytest.fixture
def hostile(changing):
    """A service one of whose problems was named by an enemy; and that problem's id."""
    import seed

    with changing.database.writing() as connection:
        key = seed.make_hostile(connection)
    return changing, key


@pytest.fixture
def nothing_yet(tmp_path):
    """A service that heard of nobody yet."""
    from clusop.service.store.database import open_database
    from clusop.service.store.migrate import migrate

    path = tmp_path / "clusop.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    yield from _served(path)
