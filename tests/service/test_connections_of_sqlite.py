"""Of a SQLite file: how much memory its connections may take for what they have read."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from clusop.service.store.facts import count_up, counts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

READERS, WRITERS = 16, 20
MOST_KIB = 16_384 + READERS * 4_096


def cache_kib(connection):
    told = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    assert told < 0, "a cache that is counted in pages grows with the pages"
    return -told


def driver_of(connection):
    return id(connection.connection.dbapi_connection)


def test_whoever_writes_writes_over_the_same_connection_whatever_else_is_open(database):
    used = set()

    def work(connection):
        used.add(driver_of(connection))
        count_up(connection, {"a": 1})

    with ExitStack() as readers:
        for _ in range(READERS // 2):
            readers.enter_context(database.reading())
        threads = [threading.Thread(target=database.write, args=(work,)) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(used) == 1
    with database.reading() as connection:
        assert counts(connection) == {"a": WRITERS}
        assert driver_of(connection) not in used


def test_all_connections_together_have_a_bound(database):
    with ExitStack() as opened:
        readers = [opened.enter_context(database.reading()) for _ in range(READERS)]
        told = [cache_kib(connection) for connection in readers]
        told.append(cache_kib(opened.enter_context(database.writing())))
    assert sum(told) <= MOST_KIB


def test_one_reader_after_the_other_takes_the_same_connection(database):
    with ExitStack() as opened:
        for _ in range(READERS // 2):
            opened.enter_context(database.reading())
    used = set()
    for _ in range(READERS):
        with database.reading() as connection:
            used.add(driver_of(connection))
    assert len(used) == 1
