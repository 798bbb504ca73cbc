"""``clusop collect``: what it prints, and how it ends."""

from __future__ import annotations

import time

import pytest
import typer
from ingest_samples import DAY_MS, agent_id, line, signal
from sqlalchemy import func, select

from clusop.cli.collect import collect
from clusop.service.store.database import open_database
from clusop.service.store.tables.problems import signals


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "volume"
    made.mkdir()
    return made


@pytest.fixture
def run(tmp_path, folder, capsys):
    """A function that collects the folder with these settings and tells exit code, output and errors."""

    def command(text=""):
        config = tmp_path / "clusop.yaml"
        config.write_text(text)
        app = typer.Typer()
        app.command()(collect)
        with pytest.raises(SystemExit) as ended:
            app(
                [str(folder), "--database", f"sqlite:///{tmp_path}/clusop.db", "--config", str(config)],
                standalone_mode=False,
            )
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return command


def write(folder, agent, records):
    ends = f"{records[0]['sequence']}-{records[-1]['sequence']}"
    (folder / f"clusop-{agent_id(agent)}-{ends}.jsonl").write_bytes(b"".join(line(one) + b"\n" for one in records))


def fresh(agent, sequence, days_ago=0):
    return signal(agent, sequence, end_at_ms=int(time.time() * 1000) - days_ago * DAY_MS - 60_000)


def stored(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/clusop.db")
    try:
        with database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(signals))
    finally:
        database.close()


def test_refused_records_are_counted_by_their_reasons_and_the_exit_code_tells(folder, run, tmp_path):
    write(folder, 1, [fresh(1, 1), fresh(1, 2) | {"version": 2}, fresh(1, 3)])
    write(folder, 2, [fresh(2, number, days_ago=95) for number in range(1, 21)])
    code, told, errors = run()
    first, *reasons = told.splitlines()
    assert first == "2 files taken, 0 known, 0 refused; 2 records accepted, 0 known, 21 refused"
    assert [one.partition(": ")[0] for one in reasons] == ["  20 too-old", "  1 unknown-record"]
    assert all(one.endswith(".") for one in reasons)
    assert (code, stored(tmp_path)) == (2, 2)
    assert errors.count(": record ") == 11
    assert "10 more of its records are refused" in errors
    code, told, errors = run()
    assert (code, errors) == (0, "")
    assert told == "0 files taken, 2 known, 0 refused; 0 records accepted, 0 known, 0 refused\n"


def test_a_file_may_hold_more_records_than_a_request(folder, run, tmp_path):
    write(folder, 1, [fresh(1, number) for number in range(1, 31)])
    code, told, _ = run("batch_records: 7\n")
    assert (code, stored(tmp_path)) == (0, 30)
    assert told.startswith("1 files taken, 0 known, 0 refused; 30 records accepted")
