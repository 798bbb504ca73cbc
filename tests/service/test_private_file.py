"""A SQLite file that clusop makes is its owner's alone, whatever the umask is; one that was there stays as it was."""

from __future__ import annotations

import os
import stat

import pytest

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate


@pytest.fixture(autouse=True)
def _open_handed():
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}


def opened(address):
    database = open_database(address)
    migrate(database)
    return database


@pytest.mark.parametrize("form", ["sqlite:///{}", "sqlite:///file:{}?uri=true"])
def test_a_new_file_and_those_beside_it(tmp_path, form):
    database = opened(form.format(tmp_path / "a_b.db"))
    assert modes(tmp_path) == dict.fromkeys(("a_b.db", "a_b.db-wal", "a_b.db-shm"), 0o600)
    database.close()


def test_one_behind_a_link_that_leads_nowhere_yet(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    (tmp_path / "link.db").symlink_to(place / "real.db")
    opened(f"sqlite:///{tmp_path}/link.db").close()
    assert modes(place)["real.db"] == 0o600


def test_one_that_was_there_keeps_its_mode(tmp_path):
    (tmp_path / "old.db").touch(mode=0o640)
    opened(f"sqlite:///{tmp_path}/old.db").close()
    assert modes(tmp_path)["old.db"] == 0o640
