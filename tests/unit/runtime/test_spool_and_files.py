"""Files of records: whole or not at all, the same batch the same file, within a bound. SPEC P5 and P11."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from fake_agent import AGENT, record

from clusop.clock import SystemClock
from clusop.runtime.spool import Spool
from clusop.runtime.transport.files import FileTransport
from clusop.runtime.transport.outcome import Delivered, RetryLater
from clusop.runtime.transport.record_name import files_of
from clusop.runtime.transport.whole_file import write_all, write_whole


def test_a_file_is_named_after_its_agent_and_sequences_and_has_no_gap() -> None:
    assert files_of((record(3), record(4), record(9))) == (
        (f"clusop-{AGENT}-3-4.jsonl", f"{record(3)}\n{record(4)}\n".encode()),
        (f"clusop-{AGENT}-9-9.jsonl", f"{record(9)}\n".encode()),
    )


@pytest.mark.parametrize("sink", ["spool", "directory"])
def test_batches_with_the_same_ends_and_other_records_lose_nothing_of_each_other(tmp_path: Path, sink: str) -> None:
    """A lease that expired may have been written already when the next one begins and ends with the same records."""
    spool, files = Spool(str(tmp_path), 1 << 20, SystemClock()), FileTransport(str(tmp_path))
    for sequences in ((1, 2, 5), (1, 3, 5)):
        lines = tuple(map(record, sequences))
        assert spool.put(lines) is None if sink == "spool" else files.send(lines) == Delivered({})
    held = {line for path in tmp_path.iterdir() for line in path.read_text().splitlines()}
    assert held == {record(sequence) for sequence in (1, 2, 3, 5)}


def test_what_is_no_record_is_not_spooled_and_not_for_want_of_room(tmp_path: Path) -> None:
    refusal = Spool(str(tmp_path), 1 << 20, SystemClock()).put(("no record",))
    assert refusal is not None
    assert refusal.id == "spool-unwritable"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "lines",
    [(), ("",), ("[]",), ('{"agent":"../../etc","sequence":1}',), ('{"agent":"' + AGENT + '","sequence":"x"}',)],
)
def test_what_is_no_record_gets_no_file(lines: tuple[str, ...]) -> None:
    assert files_of(lines) == ()
    assert files_of((record(1), *lines, record(2))) == () or not lines


def test_the_same_batch_is_the_same_file(tmp_path: Path) -> None:
    sink = FileTransport(str(tmp_path / "made" / "here"))
    lines = (record(1), record(2, "ü"))
    assert sink.send(lines) == Delivered({})
    (file,) = (tmp_path / "made" / "here").iterdir()
    first = file.read_bytes()
    assert sink.send(lines) == Delivered({})
    assert [one.read_bytes() for one in (tmp_path / "made" / "here").iterdir()] == [first]
    assert first.decode() == "\n".join(lines) + "\n"


def test_a_directory_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = FileTransport(str(tmp_path / "file" / "sub")).send((record(1),))
    assert isinstance(outcome, RetryLater)
    assert outcome.reason.id == "directory-unwritable"


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", is_full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "x.jsonl", b"x" * 100_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sink", ["spool", "directory"])
def test_of_a_batch_that_cannot_be_written_whole_nothing_is_left_but_what_was_there(tmp_path: Path, sink: str) -> None:
    spool, files = Spool(str(tmp_path), 1 << 20, SystemClock()), FileTransport(str(tmp_path))
    assert spool.put((record(1),)) is None
    in_the_way = tmp_path / f"clusop-{AGENT}-9-9.jsonl"
    in_the_way.mkdir()
    lines = tuple(map(record, (1, 3, 4, 9)))
    refusal = spool.put(lines) if sink == "spool" else files.send(lines)
    assert refusal is not None
    assert refusal != Delivered({})
    assert sorted(path.name[-9:] for path in tmp_path.iterdir()) == ["1-1.jsonl", "9-9.jsonl"]
    in_the_way.rmdir()
    assert spool.put(lines) is None
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_another_sender_put_in_the_place_of_ours_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.jsonl"
    fsync = os.fsync

    def full_after_the_first(descriptor: int) -> None:
        if target.exists() and not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            write_aside(target)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    def write_aside(path: Path) -> None:
        other = tmp_path / "other"
        other.write_bytes(b"x")
        other.replace(path)

    monkeypatch.setattr(os, "fsync", full_after_the_first)
    with pytest.raises(OSError, match="No space left"):
        write_all([(target, b"x"), (tmp_path / "y.jsonl", b"y")])
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"]


def test_where_the_file_system_knows_no_links_files_are_written_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(os, "link", no_links)
    write_all([(tmp_path / "x.jsonl", b"x"), (tmp_path / "y.jsonl", b"y")])
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == [
        ("x.jsonl", b"x"),
        ("y.jsonl", b"y"),
    ]


def test_no_link_planted_in_the_folder_is_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "x.jsonl").symlink_to(victim)
    (tmp_path / f".x.jsonl.{os.getpid()}.part").symlink_to(victim)
    write_whole(tmp_path / "x.jsonl", b"x")
    assert victim.read_text() == "precious"
    assert (tmp_path / "x.jsonl").read_bytes() == b"x"
    assert not (tmp_path / "x.jsonl").is_symlink()


def test_what_waits_in_the_spool_is_the_driver_s_alone(tmp_path: Path) -> None:
    Spool(str(tmp_path / "s"), 1 << 20, SystemClock()).put((record(1),))
    (file,) = (tmp_path / "s").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_spool_gives_back_what_it_took_oldest_first(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "s"), 1 << 20, SystemClock())
    for number in (1, 2, 3):
        assert spool.put((record(number),)) is None
        os.utime(tmp_path / "s" / f"clusop-{AGENT}-{number}-{number}.jsonl", ns=(number, number))
    for number in (1, 2, 3):
        waiting = spool.oldest()
        assert waiting is not None
        path, lines = waiting
        assert lines == (record(number),)
        spool.drop(path)
    assert spool.oldest() is None


def test_the_spool_is_private_and_bounded(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    spool = Spool(str(folder), 200, SystemClock())
    assert spool.put((record(1),)) is None
    assert folder.stat().st_mode & 0o777 == 0o700
    refusal = spool.put((record(2), record(3)))
    assert refusal is not None
    assert refusal.id == "spool-full"
    assert spool.put((record(1),)) is None, "the same batch again takes no more room"


def test_one_entry_that_leads_nowhere_neither_empties_the_account_nor_stops_the_rest(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "s"), 200, SystemClock())
    assert spool.put((record(1),)) is None
    (tmp_path / "s" / f"clusop-{AGENT}-7-7.jsonl").symlink_to(tmp_path / "gone")
    refusals = [spool.put((record(number),)) for number in range(2, 9)]
    assert refusals[-1] is not None
    assert refusals[-1].id == "spool-full"
    waiting = spool.oldest()
    assert waiting is not None
    assert waiting[1] == (record(1),)


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in ("other.jsonl", ".clusop.part", f"clusop-{AGENT}-1-1.jsonl.bak"):
        (tmp_path / name).write_text("x")
    assert Spool(str(tmp_path), 1 << 20, SystemClock()).oldest() is None


def test_a_file_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / f"clusop-{AGENT}-1-1.jsonl").write_bytes(b"\xff\xfe")
    (tmp_path / f"clusop-{AGENT}-2-2.jsonl").write_text(record(2) + "\n")
    waiting = Spool(str(tmp_path), 1 << 20, SystemClock()).oldest()
    assert waiting is not None
    assert waiting[1] == (record(2),)


def test_a_file_without_a_record_is_forgotten_and_never_sent(tmp_path: Path) -> None:
    empty, blank = (tmp_path / f"clusop-{AGENT}-{number}-{number}.jsonl" for number in (1, 2))
    empty.write_bytes(b"")
    blank.write_bytes(b"\n\n")
    assert Spool(str(tmp_path), 1 << 20, SystemClock()).oldest() is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_plain_file_is_passed_over(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("what the driver may read\n")
    (tmp_path / f"clusop-{AGENT}-1-1.jsonl").symlink_to(secret)
    os.mkfifo(tmp_path / f"clusop-{AGENT}-2-2.jsonl")
    (tmp_path / f"clusop-{AGENT}-3-3.jsonl").mkdir()
    assert Spool(str(tmp_path), 1 << 20, SystemClock()).oldest() is None
    assert secret.exists()


@pytest.mark.parametrize("mode", [0o777, 0o720, 0o702, 0o1777])
def test_a_directory_that_others_may_write_to_is_neither_read_nor_written(tmp_path: Path, mode: int) -> None:
    (tmp_path / f"clusop-{AGENT}-1-1.jsonl").write_text(record(1) + "\n")
    tmp_path.chmod(mode)
    spool = Spool(str(tmp_path), 1 << 20, SystemClock())
    assert spool.oldest() is None
    refusal = spool.put((record(2),))
    assert refusal is not None
    assert refusal.id == "spool-unwritable"
    assert len(list(tmp_path.iterdir())) == 1
    tmp_path.chmod(0o700)
    assert spool.oldest() is not None


def test_a_long_queue_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 51):
        (tmp_path / f"clusop-{AGENT}-{number}-{number}.jsonl").write_text(record(number) + "\n")
    listings: list[Path] = []
    listed = Path.iterdir

    def counted(folder: Path) -> object:
        listings.append(folder)
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", counted)
    spool, count = Spool(str(tmp_path), 1 << 20, SystemClock()), 0
    while waiting := spool.oldest():
        spool.drop(waiting[0])
        count += 1
    assert count == 50
    assert len(listings) == 2, "once for what is there, once to see that nothing came"


def test_what_a_crash_left_unfinished_is_removed_after_a_day_and_nothing_else_is(tmp_path: Path) -> None:
    """Of any agent, from Python or the JVM; a link under such a name may be somebody's trap, a young one is being written."""
    ours = (f".clusop-{AGENT}-1-9.jsonl.{'0a' * 8}.part", f".clusop-{AGENT}-0123abcd.tmp")
    others = (
        f".clusop-{AGENT}-1-9.jsonl.part",
        f".clusop-{AGENT}-x.tmp",
        f"clusop-{AGENT}-1-9.jsonl.{'0a' * 8}.part",
        ".other.part",
        "x.tmp",
    )
    young, link = f".clusop-{AGENT}-2-2.jsonl.{'0b' * 8}.part", f".clusop-{AGENT}-3-3.jsonl.{'0c' * 8}.part"
    now_s = SystemClock().now_at().timestamp()
    for name in (*ours, *others, young):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (now_s - 90_000, now_s - (3_600 if name == young else 90_000)))
    (tmp_path / link).symlink_to(tmp_path / "x.tmp")
    os.utime(tmp_path / link, (now_s - 90_000, now_s - 90_000), follow_symlinks=False)
    assert Spool(str(tmp_path), 1 << 20, SystemClock()).oldest() is None
    assert {path.name for path in tmp_path.iterdir()} == {*others, young, link}


def test_what_is_being_written_has_a_name_that_is_cleared_away_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two modules that know the name agree on it."""

    def dies(descriptor: int) -> None:
        raise SystemExit(descriptor)

    monkeypatch.setattr(os, "fsync", dies)
    monkeypatch.setattr(Path, "unlink", lambda _path, **_how: None)
    with pytest.raises(SystemExit):
        Spool(str(tmp_path), 1 << 20, SystemClock()).put((record(1),))
    monkeypatch.undo()
    (left,) = tmp_path.iterdir()
    os.utime(left, (1, 1))
    assert Spool(str(tmp_path), 1 << 20, SystemClock()).oldest() is None
    assert list(tmp_path.iterdir()) == []
