"""Each file of a folder is counted once, its records one by one; one that changed or is no batch counts nothing."""

from __future__ import annotations

import pytest
from ingest_samples import DAY_MS, NOW_MS, agent_id, agent_state, line, signal
from sqlalchemy import func, select

from clusop.service.ingest import collect as collecting
from clusop.service.ingest.apply import REFUSED_FACT, apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.collect import collect_file, files_below
from clusop.service.ingest.limits import Limits
from clusop.service.store.facts import counts
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import signals


def write(folder, agent, first, last, *, lines=None):
    path = folder / f"clusop-{agent_id(agent)}-{first}-{last}.jsonl"
    lines = [line(signal(agent, number)) for number in range(first, last + 1)] if lines is None else lines
    path.write_bytes(b"".join(one + b"\n" for one in lines))
    return path


def collect(database, path):
    return collect_file(database, path, NOW_MS, Limits(most_bytes=1_000_000))


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


def test_a_bad_record_is_refused_alone_and_the_file_is_taken(database, tmp_path):
    bad = signal(1, 2) | {"version": 2}
    path = write(tmp_path, 1, 1, 3, lines=[line(signal(1, 1)), line(bad), line(signal(1, 3))])
    found = collect(database, path)
    assert (found.outcome, found.receipt.accepted, stored(database)) == ("taken", 2, 2)
    assert [(one.sequence, one.reason) for one in found.receipt.refused] == [(2, "unknown-record")]
    assert collect(database, path).outcome == "known"
    with database.reading() as connection:
        assert counts(connection, REFUSED_FACT) == {f"{REFUSED_FACT}unknown-record": 1}


@pytest.mark.parametrize("bad_ones", [{1}, {3}, {1, 3}, {1, 2, 3}])
def test_a_name_promises_bad_records_as_well(database, tmp_path, bad_ones):
    lines = [line(signal(1, at) | ({"runs": -1} if at in bad_ones else {})) for at in (1, 2, 3)]
    found = collect(database, write(tmp_path, 1, 1, 3, lines=lines))
    assert (found.outcome, stored(database)) == ("taken", 3 - len(bad_ones))
    assert [one.sequence for one in found.receipt.refused] == sorted(bad_ones)


def test_a_record_from_before_retention_is_told_of(database, tmp_path):
    old = line(signal(1, 1, end_at_ms=NOW_MS - 95 * DAY_MS))
    found = collect(database, write(tmp_path, 1, 1, 1, lines=[old]))
    assert [one.reason for one in found.receipt.refused] == ["too-old"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"{"],
        [line(signal(1, 1)), b"\xff", line(signal(1, 3))],
        [line(signal(1, 1)), line(signal(1, 4) | {"version": 2})],
        [line(signal(1, 2) | {"version": 2}), line(signal(1, 3))],
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


def test_what_ends_in_the_middle_leaves_nothing_and_is_done_again(database, tmp_path, monkeypatch):
    path = write(tmp_path, 1, 1, 3)

    def killed(*told):
        apply_batches(*told)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(collecting, "apply_batches", killed)
        with pytest.raises(KeyboardInterrupt):
            collect(database, path)
    assert stored(database) == 0
    assert [collect(database, path).outcome for _ in range(2)] == ["taken", "known"]
    assert stored(database) == 3
