"""Wrong tokens are bounded by address before the database is asked; good ones are never refused for their neighbours' sake."""

from __future__ import annotations

import asyncio
import shutil

import httpx
import pytest
from sqlalchemy import event

from clusop.api.app import create_app
from clusop.service.callers import TooManyWrongError
from clusop.service.failed_lookups import FailedLookups
from clusop.service.settings.settings import resolve
from clusop.service.tokens import create_token

AT_ONCE = 30
PROXY = "10.0.0.7"


@pytest.fixture
def database_url(migrated_file, tmp_path):
    """Who may what is no matter of the database: the embedded one is enough."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'clusop.db')}"


@pytest.fixture
def app(database, clock):
    return create_app(database, resolve({"schedule": False}), clock)


@pytest.fixture
def behind_proxy(database, clock):
    return create_app(
        database, resolve({"schedule": False, "proxy_header": "X-Forwarded-User", "proxy_addresses": PROXY}), clock
    )


@pytest.fixture
def reads(database):
    """The statements about tokens, as they are executed."""
    found = []

    def note(_connection, _cursor, statement, *_more):
        if "FROM tokens" in statement:
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def wrong(number):
    return f"clusop_read_{number:016x}_{'x' * 43}"


def looked_up(app, told, address="10.1.1.1"):
    """What became of a token that was not looked up just now."""
    try:
        return "good" if app.state.callers.look_up(told, address) else "wrong"
    except TooManyWrongError as error:
        return error.wait_s


def spend(app, address="10.1.1.1"):
    assert {looked_up(app, wrong(number), address) for number in range(AT_ONCE)} == {"wrong"}


def asked(app, token, address="10.1.1.1", **headers):
    async def one():
        transport = httpx.ASGITransport(app=app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://clusop") as client:
            return await client.get("/v1/problems", headers={"Authorization": f"Bearer {token}", **headers})

    return asyncio.run(one())


def good_token(database, clock):
    with database.writing() as connection:
        return create_token(connection, "ana's token", "read", clock.now_ms)


def test_beyond_the_bound_wrong_tokens_cost_no_read(app, clock, reads) -> None:
    spend(app)
    assert len(reads) == AT_ONCE
    assert {looked_up(app, wrong(1000 + number)) for number in range(50)} == {2}
    assert len(reads) == AT_ONCE + 1, "one look at all tokens, whoever asks"
    clock.now_ms += 2000
    assert [looked_up(app, wrong(2000 + number)) for number in range(2)] == ["wrong", 2]


def test_the_answer_says_when_to_come_back(app) -> None:
    assert asked(app, wrong(999)).status_code == 401
    for number in range(AT_ONCE - 1):
        looked_up(app, wrong(number))
    answer = asked(app, wrong(1000))
    assert (answer.status_code, answer.json()["reason"]) == (429, "too-many-wrong-tokens")
    assert answer.headers["Retry-After"] == "2"


def test_a_good_token_from_the_same_address_goes_through(app, database, clock) -> None:
    token = good_token(database, clock)
    spend(app)
    assert looked_up(app, wrong(1000)) == 2
    assert asked(app, token).status_code == 200
    # One that was made since is known some seconds later, however many wrong ones come meanwhile.
    young = good_token(database, clock)
    assert looked_up(app, young) == 2
    clock.now_ms += 5001
    for number in range(AT_ONCE):
        looked_up(app, wrong(number))
    assert looked_up(app, young) == "good"
    half = token[:-1] + ("a" if token[-1] != "a" else "b")
    assert looked_up(app, half) in (1, 2), "a handle alone proves nothing"


def test_good_tokens_take_nothing_from_the_bucket(app, database, clock) -> None:
    token = good_token(database, clock)
    assert {looked_up(app, token) for _ in range(AT_ONCE + 10)} == {"good"}
    spend(app)


def test_addresses_are_apart_and_a_site_of_ipv6_is_one(app) -> None:
    spend(app, "2001:db8::1")
    assert looked_up(app, wrong(1000), "2001:db8::ffff:2") == 2
    assert looked_up(app, wrong(1001), "2001:db8:0:1::1") == "wrong"
    spend(app, "10.9.9.9")
    assert looked_up(app, wrong(1002), "::ffff:10.9.9.9") == 2
    assert looked_up(app, wrong(1003), "10.9.9.8") == "wrong"


def test_what_is_forwarded_counts_from_a_trusted_proxy_only(app, behind_proxy) -> None:
    told = {"X-Forwarded-For": "6.6.6.6, 172.16.0.1"}
    for made in (app, behind_proxy):
        spend(made, "172.16.0.1")
    assert asked(behind_proxy, wrong(1000), PROXY, **told).status_code == 429
    # What the stranger wrote himself stands before it, and of no other address is anything known.
    assert asked(behind_proxy, wrong(1001), PROXY, **{"X-Forwarded-For": "172.16.0.1, 172.16.0.2"}).status_code == 401
    assert asked(behind_proxy, wrong(1002), "10.0.0.8", **told).status_code == 401
    assert asked(app, wrong(1003), PROXY, **told).status_code == 401
    assert behind_proxy.state.callers.asker_of(PROXY, "nonsense") == PROXY


def test_what_is_remembered_of_addresses_is_bounded() -> None:
    lookups = FailedLookups()
    for number in range(5000):
        assert lookups.take(str(number), 0) == 0
    assert len(lookups) == 1000
