"""A migrated SQLite file, copied for each test."""

from __future__ import annotations

import shutil

import pytest

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("ingest") / "clusop.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def fresh(migrated_file, tmp_path):
    """A function that opens a new, empty database."""
    opened = []

    def make():
        path = tmp_path / f"{len(opened)}.db"
        shutil.copy(migrated_file, path)
        opened.append(open_database(f"sqlite:///{path}"))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def database(fresh):
    return fresh()
