"""A migrated SQLite file, copied for each test, and problems made by hand."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.problems import problems

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "ingest")]
NOW_MS = 1_790_000_000_000


@pytest.fixture(scope="session")
def migrated_problems_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("problems") / "clusop.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def database(migrated_problems_file, tmp_path):
    path = tmp_path / "clusop.db"
    shutil.copy(migrated_problems_file, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def a_problem(database):
    """A function that stores a problem and tells its id."""
    made = []

    def store(**columns) -> int:
        made.append(None)
        tags = columns.pop("tags", {})
        values = {
            "workspace": "42",
            "signature": f"{len(made):032x}",
            "workload": "job:7",
            "cause": "python-udf",
            "family": "python",
            "state_since_at_ms": NOW_MS - 1000,
            "tags": json.dumps(tags),
        } | columns
        with database.writing() as connection:
            return connection.execute(problems.insert().values(values)).inserted_primary_key[0]

    return store


@pytest.fixture
def problem_row(database):
    """A function that reads one problem."""

    def read(problem_id: int):
        with database.reading() as connection:
            return connection.execute(problems.select().where(problems.c.id == problem_id)).mappings().one()

    return read
