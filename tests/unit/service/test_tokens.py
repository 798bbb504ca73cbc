"""Tokens: told once, kept as a hash, found by the handle, proven by the secret."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from clusop.service.actor import Actor
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.access import audit, tokens
from clusop.service.tokens import (
    create_token,
    end_token,
    first_tokens,
    is_name_taken,
    list_tokens,
    revoke_token,
    token_of,
)


@pytest.fixture
def connection(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'clusop.db'}")
    migrate(database)
    with database.writing() as opened:
        yield opened
    database.close()


def test_a_token_is_known_by_all_of_it(connection):
    told = create_token(connection, "ours", "ingest", 5, workspace="42")
    found = token_of(connection, told)
    assert (found.name, found.workspace, found.refusal(6)) == ("ours", "42", None)
    assert found.may("ingest")
    assert not found.may("read")
    _, _, handle, secret = told.split("_", 3)
    for wrong in (told[:-1], told + "A", told[:-1] + "?", f"clusop_ingest_{'0' * 16}_{secret}", secret, handle, ""):
        assert token_of(connection, wrong) is None, wrong


def test_the_secret_is_nowhere_in_the_table(connection):
    told = create_token(connection, "ours", "admin", 5)
    secret = told.split("_", 3)[3]
    assert len(secret) == 43
    assert secret not in repr(connection.execute(select(tokens)).all())


def test_an_admin_reads_and_does_not_ingest(connection):
    found = token_of(connection, create_token(connection, "boss", "admin", 5))
    assert [found.may(scope) for scope in ("ingest", "read", "admin")] == [False, True, True]


def test_a_token_ends_by_time_or_by_hand(connection):
    told = create_token(connection, "short", "read", 5)
    end_token(connection, told, 10)
    short = token_of(connection, told)
    assert short.refusal(9) is None
    assert short.refusal(10).id == "token-expired"
    told = create_token(connection, "ours", "read", 5)
    handle = told.split("_")[2]
    assert revoke_token(connection, handle, 7)
    assert not revoke_token(connection, handle, 8)
    assert token_of(connection, told).refusal(8).id == "token-expired"
    assert [one.revoked_at_ms for one in list_tokens(connection)] == [None, 7]


def test_a_name_is_taken_as_long_as_its_token_is_in_force(connection):
    create_token(connection, "ops", "read", 5)
    end_token(connection, create_token(connection, "short", "read", 5), 10)
    assert [is_name_taken(connection, name, 9) for name in ("ops", " ops ", "short", "other")] == [
        True,
        True,
        True,
        False,
    ]
    assert not is_name_taken(connection, "short", 10)
    revoke_token(connection, list_tokens(connection)[0].handle, 7)
    assert not is_name_taken(connection, "ops", 9)


def test_the_first_two_are_made_once(connection):
    made = first_tokens(connection, 5)
    assert [token_of(connection, told).scopes for told in made] == [{"ingest"}, {"admin"}]
    assert first_tokens(connection, 6) is None


def test_the_audit_tells_of_the_first_two_and_of_no_secret(connection):
    made = first_tokens(connection, 5, Actor("local: ana", "local"))
    lines = connection.execute(select(audit).order_by(audit.c.id)).all()
    handles = [told.split("_")[2] for told in made]
    assert [(line.action, line.target) for line in lines] == [
        ("token-created", f"token:{handle}") for handle in handles
    ]
    assert {(line.actor, line.actor_kind, line.at_ms, line.reason) for line in lines} == {
        ("local: ana", "local", 5, "made at the first start")
    }
    assert all(told.split("_", 3)[3] not in repr(lines) for told in made)
