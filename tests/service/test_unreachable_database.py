"""``clusop serve`` on a database that cannot be used: one sentence that names it, exit code 2, no traceback, no password."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import psycopg
import pytest

SECRET = "geheim-4711"
SAID = "See that it is there and that this user may write to it."


@pytest.fixture
def refused(tmp_path):
    """A function that starts the server on an address and sees that it is refused; the sentence."""

    def start(url="", environ=None):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CLUSOP_", "PG"))}
        done = subprocess.run(
            [sys.executable, "-m", "clusop", "serve", *(("--database", url) if url else ()), "--port", "0"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=tmp_path,
            env=clean | (environ or {}),
        )
        assert done.returncode == 2, done.stderr
        assert done.stdout == "", "no token was printed"
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert SECRET not in done.stderr
        return done.stderr

    return start


@pytest.fixture(scope="module")
def roles(postgres):
    """Users of the shared server: one who needs a password, and one who may make nothing. Its address without a user."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE secretive LOGIN PASSWORD '{SECRET}'")
        connection.execute("CREATE ROLE onlooker LOGIN")
    rules = postgres.data / "pg_hba.conf"
    rules.write_text(f"host all secretive 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
    postgres.run("pg_ctl", "-D", str(postgres.data), "reload")
    return f"127.0.0.1:{postgres.port}"


def test_a_server_that_is_down(refused):
    with socket.socket() as taken:
        # Bound, and nobody listens.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        told = refused(f"postgresql://ana:{SECRET}@127.0.0.1:{port}/clusop")
    assert f"postgresql://ana:***@127.0.0.1:{port}/clusop" in told
    assert "refused" in told
    assert SAID in told


def test_a_server_that_never_answers(refused):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        told = refused(f"postgresql://ana:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/clusop")
    assert "timeout" in told


def test_a_wrong_password(refused, roles):
    told = refused(f"postgresql://secretive:{SECRET}-not@{roles}/postgres")
    assert "password authentication failed" in told
    assert "secretive:***@" in told


def test_a_password_among_the_options_of_the_address(refused, roles):
    told = refused(f"postgresql://secretive@{roles}/postgres?password={SECRET}-not")
    assert "password authentication failed" in told


def test_a_password_with_an_at_sign(refused, roles):
    told = refused(f"postgresql://secretive:4711@{SECRET}@{roles}/postgres")
    assert "%40" in told


def test_a_port_that_is_no_number(refused):
    told = refused(f"postgresql://ana:{SECRET}@127.0.0.1:{SECRET}/clusop")
    assert "is no address of a database" in told


def test_a_database_that_is_not_there(refused, roles):
    told = refused(f"postgresql://postgres:{SECRET}@{roles}/nobodys")
    assert 'database "nobodys" does not exist' in told


def test_a_user_who_may_make_no_tables(refused, roles, postgres):
    place = ("-h", "127.0.0.1", "-p", str(postgres.port), "-U", "postgres")
    postgres.run("createdb", *place, "-T", "template0", "looked_at")
    told = refused(f"postgresql://onlooker@{roles}/looked_at")
    assert "permission denied" in told
    assert "looked_at" in told


def test_a_database_that_may_only_be_read(refused, roles, postgres, migrated_template):
    """As on a server that follows another."""
    place = ("-h", "127.0.0.1", "-p", str(postgres.port), "-U", "postgres")
    postgres.run("createdb", *place, "-T", migrated_template, "followed")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("ALTER DATABASE followed SET default_transaction_read_only = on")
    told = refused(f"postgresql://postgres@{roles}/followed")
    assert "read-only transaction" in told
    assert "followed" in told


def test_the_address_from_the_environment_is_told_of_as_well(refused, roles):
    told = refused(environ={"CLUSOP_SERVE_DATABASE": f"postgresql://secretive:{SECRET}-not@{roles}/postgres"})
    assert "secretive:***@" in told


def test_a_folder_that_is_not_there(refused, tmp_path):
    path = tmp_path / "nowhere" / "clusop.db"
    told = refused(f"sqlite:///{path}")
    assert f"sqlite:///{path}" in told
    assert "unable to open" in told
    assert SAID in told
    assert not path.parent.exists()


def test_a_folder_in_the_files_place(refused, tmp_path):
    assert "unable to open" in refused(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database(refused, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Nothing of the kind. " * 500)
    told = refused(f"sqlite:///{path}")
    assert str(path) in told
    assert "not a database" in told
    assert path.read_text().startswith("Nothing"), "it is left as it was"


def test_a_file_that_may_only_be_read(refused, tmp_path, migrated_file):
    """Opened so by its address: whoever runs the tests may be one whom no permission stops."""
    path = tmp_path / "clusop.db"
    path.write_bytes(migrated_file.read_bytes())
    told = refused(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert str(path) in told
    assert "readonly" in told


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_no_file_at_all(refused, url):
    assert "names no file" in refused(url)
