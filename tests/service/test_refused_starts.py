"""What cannot work is refused at the start, in one sentence and with exit code 2, before anything is written."""

from __future__ import annotations

import os
import pwd
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest
from alembic.script import ScriptDirectory

from clusop.errors import InputError
from clusop.service.resolver import check_days_are_kept
from clusop.service.store.database import open_database
from clusop.service.store.migrate import configuration, migrate

BEFORE_THE_NEWEST = [one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()][1]


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("port: abc", ("clusop.yaml: port", "'abc'")),
        ("gate: {min_usd: 3}", ("clusop.yaml: gate.min_usd:", "Did you mean min_usd_per_30_days?")),
        ("databricks: {host: foo}", ("clusop.yaml: databricks.host", "'foo'")),
        ("channels:\n  - {name: a, ulr: 'env:X'}", ("clusop.yaml: channels[0].ulr", "Did you mean url?")),
        ("proxy_header: X-User", ("clusop.yaml: proxy_header", "proxy_addresses is not")),
        ("proxy_addresses: [10.0.0.1]", ("clusop.yaml: proxy_addresses", "proxy_header is not")),
        ("proxy_header: X\nproxy_addresses: [proxy.local]", ("clusop.yaml: proxy_addresses", "'proxy.local'")),
        ("database: mysql://a:hunter2@b/c", ("clusop.yaml: database", "'mysql'")),
    ],
)
def test_a_mistake_in_the_file_ends_the_start_and_the_check_alike(clusop, config, tmp_path, text, told) -> None:
    folder, path = tmp_path / "data", config(text)
    for check in ((), ("--check",)):
        done = clusop("serve", "--data", str(folder), "--config", path, *check)
        is_refused(done, *told)
        assert "hunter2" not in done.stderr
        assert not folder.exists(), "before anything is written"


def test_the_check_starts_nothing_and_tells_of_a_channel_without_an_address(clusop, config, tmp_path) -> None:
    folder = tmp_path / "data"
    path = config("channels:\n  - {name: pricing, url: 'env:NOPE_X'}\n")
    done = clusop("serve", "--data", str(folder), "--config", path, "--check")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert done.stdout.startswith("All settings and sections can be used.")
    assert "channel 'pricing'" in done.stderr
    assert "NOPE_X is not set" in done.stderr
    assert not folder.exists()
    assert clusop("serve", "--config", path, "--check", NOPE_X="https://a.example").stderr == ""


def test_the_check_goes_with_no_other_command(clusop) -> None:
    is_refused(clusop("serve", "--check", "token", "list"), "--check")


@pytest.mark.parametrize("command", [("list",), ("revoke", "0123456789abcdef")])
@pytest.mark.parametrize("there", [None, b"", "other"])
def test_tokens_are_looked_for_where_there_are_some_and_nothing_is_made(clusop, tmp_path, command, there) -> None:
    folder = tmp_path / "mistyped"
    if there is not None:
        folder.mkdir()
        (folder / "clusop.db").touch()
    if there == "other":
        with closing(sqlite3.connect(folder / "clusop.db")) as other:
            other.execute("CREATE TABLE theirs (a)")
    before = sorted(folder.glob("*.db")) if folder.exists() else None
    done = clusop("serve", "--data", str(folder), "token", *command)
    is_refused(done, str(folder / "clusop.db"), "there is no database of clusop there", "--data FOLDER token")
    assert (sorted(folder.glob("*.db")) if folder.exists() else None) == before
    if there == "other":
        with closing(sqlite3.connect(folder / "clusop.db")) as other:
            assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_the_audit_names_the_user_who_made_and_ended_a_token(clusop, tmp_path) -> None:
    folder = tmp_path / "data"
    made = clusop("serve", "--data", str(folder), "token", "create", "--name", "ours", USER="mallory").stdout.strip()
    handle = made.split("_")[2]
    assert clusop("serve", "--data", str(folder), "token", "revoke", handle).returncode == 0
    user = pwd.getpwuid(os.getuid()).pw_name
    with closing(sqlite3.connect(folder / "clusop.db")) as opened:
        lines = opened.execute("SELECT action, target, actor, actor_kind FROM audit ORDER BY id").fetchall()
    assert lines == [
        (action, f"token:{handle}", f"local: {user}", "local") for action in ("token-created", "token-revoked")
    ]


def test_an_older_database_is_told_of_before_it_is_brought_up(clusop, tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'clusop.db'}"
    opened = open_database(url)
    migrate(opened, BEFORE_THE_NEWEST)
    opened.close()
    first, second = (clusop("serve", "--database", url, "token", "list") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "an earlier clusop made this database; it is brought up to this one in 1 step," in first.stderr
    assert second.stderr == ""
