"""What cannot work is refused at the start, in one sentence and with exit code 2, before anything is written."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

from clusop.errors import InputError
from clusop.service.resolver import check_days_are_kept


@pytest.fixture
def clusop(tmp_path):
    """A function that runs the command to its end; a server that came up would be waited for in vain."""

    def run(*arguments, **environ):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CLUSOP_")}
        return subprocess.run(
            [sys.executable, "-m", "clusop", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=tmp_path,
            env=clean | environ,
        )

    return run


@pytest.fixture
def config(tmp_path):
    """A function that writes the settings' file; its path."""

    def write(text):
        path = tmp_path / "clusop.yaml"
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def sqlite(tmp_path):
    return f"sqlite:///{tmp_path / 'clusop.db'}"


def is_refused(done, *told):
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, "one sentence, no traceback"
    for part in told:
        assert part in done.stderr


@pytest.mark.parametrize("schedule", ["true", "false"])
def test_a_bill_read_for_longer_than_records_are_kept_ends_the_start(clusop, config, sqlite, schedule) -> None:
    path = config(f"retain_days: 60\nschedule: {schedule}\ndatabricks:\n  days: 61\n")
    done = clusop("serve", "--database", sqlite, "--port", "0", "--config", path)
    is_refused(done, "databricks.days", "61 days", "retain_days = 60", "at most 59", "retain_days to 62")


def test_the_command_refuses_it_too_and_names_its_own_option(clusop, config, sqlite) -> None:
    path = config("retain_days: 60\ndatabricks:\n  days: 59\n")
    is_refused(
        clusop("reconcile", "--database", sqlite, "--config", path, "--days", "200"), "--days", "200 days", "at most 59"
    )
    done = clusop("reconcile", "--database", sqlite, "--config", path)
    assert "Dollars are modeled" in done.stdout, done.stderr


@pytest.mark.parametrize(("days", "retain_days", "is_kept"), [(35, 36, True), (36, 36, False), (37, 36, False)])
def test_the_day_that_just_goes_is_not_counted_on(days, retain_days, is_kept) -> None:
    if is_kept:
        check_days_are_kept(days, retain_days)
        return
    with pytest.raises(InputError) as fault:
        check_days_are_kept(days, retain_days)
    assert fault.value.where == "databricks.days"


def test_a_folder_without_records_is_told_of_with_the_names_that_are_looked_for(clusop, sqlite, tmp_path) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    (folder / "notes.jsonl").write_text("{}")
    done = clusop("collect", str(folder), "--database", sqlite)
    assert done.returncode == 2
    for words in (str(folder), "clusop-AGENT-FIRST-LAST.jsonl", "spark.clusop.directory", "clusop analyze LOG --send"):
        assert words in done.stderr
    assert "0 files taken" in done.stdout


@pytest.fixture(scope="module", params=["LATIN1", "SQL_ASCII"])
def other_encoding(request, postgres):
    """A database that keeps texts in another encoding than UTF8: the encoding and the database's address."""
    name = f"encoded_{request.param.lower()}"
    place = ("-h", "127.0.0.1", "-p", str(postgres.port), "-U", "postgres")
    postgres.run("createdb", *place, "-T", "template0", "-E", request.param, "--lc-collate=C", "--lc-ctype=C", name)
    return request.param, postgres.url.rpartition("/")[0] + f"/{name}"


@pytest.mark.parametrize("command", ["serve", "collect"])
def test_a_database_of_another_encoding_ends_the_start(clusop, other_encoding, tmp_path, command) -> None:
    encoding, url = other_encoding
    more = ["--port", "0"] if command == "serve" else [str(tmp_path)]
    is_refused(clusop(command, "--database", url, *more), "database", encoding, "UTF8", "createdb --encoding=UTF8")
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,), "nothing was made in it"
