"""Each file of a folder is counted once; one that changed or is malformed counts nothing."""

from __future__ import annotations

import pytest
from ingest_samples import DAY_MS, NOW_MS, agent_id, agent_state, line, signal
from sqlalchemy import func, select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.collect import collect_file, files_below
from clusop.service.ingest.limits import Limits
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import signals


def write(folder, agent, first, last, *, lines=None):
    path = folder / f"clusop-{agent_id(agent)}-{first}-{last}.jsonl"
    lines = [line(signal(agent, number)) for number in range(first, last + 1)] if lines is None else lines
    path.write_bytes(b"".join(one + b"\n" for one in lines))
    return path


def collect(database, path):
    return collect_file(database, path, NOW_MS, Limits(most_bytes=1_000_000, most_records=100))


def stored(database):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(signals))


def test_a_file_is_taken_once(database, tmp_path):
    folder = tmp_path / "volume" / "deep"
    folder.mkdir(parents=True)
    write(folder, 1, 1, 3)
    write(folder, 2, 1, 2)
    (folder / ".clusop-x.part").write_text("half")
    (folder / "notes.jsonl").write_text("{}")
    found = [collect(database, path) for path in files_below(tmp_path / "volume")]
    assert [(one.outcome, one.receipt.accepted) for one in found] == [("taken", 3), ("taken", 2)]
    again = [collect(database, path).outcome for path in files_below(tmp_path / "volume")]
    assert again == ["known", "known"]
    assert stored(database) == 5


def test_records_that_also_came_by_another_way_count_once(database, tmp_path):
    collect(database, write(tmp_path, 1, 1, 3))
    found = collect(database, write(tmp_path, 1, 2, 5))
    assert (found.receipt.accepted, found.receipt.known, stored(database)) == (2, 2, 5)


def test_how_long_a_file_lay_there_is_no_fault_of_a_clock(database, tmp_path):
    told = [line(signal(1, 1)), line(agent_state(1, 2, at_ms=NOW_MS - 7 * DAY_MS))]
    collect(database, write(tmp_path, 1, 1, 2, lines=told))
    assert senders(database) == [("files", None)]
    with database.writing() as connection:
        apply_batches(connection, [batch_of([line(agent_state(1, 3, at_ms=NOW_MS - 5))])], NOW_MS, Limits())
    assert senders(database) == [("live", 5)]
    collect(database, write(tmp_path, 1, 4, 4, lines=[line(agent_state(1, 4, at_ms=NOW_MS - 9))]))
    assert senders(database) == [("live", None)]


def senders(database):
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(agents.c.source, agents.c.behind_ms))]


def test_a_file_that_changed_is_told_of(database, tmp_path):
    path = write(tmp_path, 1, 1, 3)
    collect(database, path)
    write(tmp_path, 1, 1, 3, lines=[line(signal(1, number, low=1)) for number in (1, 2, 3)])
    found = collect(database, path)
    assert (found.outcome, found.reason.id, stored(database)) == ("refused", "file-changed", 3)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"{"],
        [line(signal(1, 1)), b"\xff", line(signal(1, 3))],
        [line(signal(1, 1)), line(signal(1, 2) | {"cause": "No Cause"}), line(signal(1, 3))],
        [line(signal(1, 1)), line(signal(2, 3))],
        [line(signal(1, 1)), line(signal(1, 4))],
        [b"x" * 2_000_000],
    ],
)
def test_a_malformed_file_counts_nothing(database, tmp_path, lines):
    path = write(tmp_path, 1, 1, 3, lines=lines)
    found = collect(database, path)
    assert (found.outcome, stored(database)) == ("refused", 0)
    # Mended, it is taken: nothing of it was noted.
    write(tmp_path, 1, 1, 3)
    assert collect(database, path).outcome == "taken"
