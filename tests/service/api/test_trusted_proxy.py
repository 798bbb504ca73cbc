"""A proxy that signed a person in names them in a header: believed from its own address only, and never instead of a token."""

from __future__ import annotations

import asyncio
import re
import shutil

import httpx
import pytest
from sqlalchemy import select

from clusop.api.app import create_app
from clusop.errors import InputError
from clusop.service.settings.settings import resolve
from clusop.service.store.tables.access import audit
from clusop.service.tokens import create_token, revoke_token
from sender import Sender

PROXY = "10.0.0.7"
HEADER = "X-Forwarded-User"
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def database_url(migrated_file, tmp_path):
    """Who may what is no matter of the database: the embedded one is enough."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'clusop.db')}"


@pytest.fixture
def app_with(database, clock):
    """A function that makes the application with these settings."""
    return lambda **told: create_app(database, resolve({"schedule": False, **told}), clock)


@pytest.fixture
def app(app_with):
    """Takes names from one proxy and a network of them; ana and all of the platform team may change things."""
    return app_with(
        proxy_header=HEADER,
        proxy_addresses=f"{PROXY}, 192.168.4.0/24, fd00::7",
        proxy_admins="ana@example.com, *@platform.example.com",
    )


@pytest.fixture
def ask(app):
    """A function that asks from an address, with headers as they arrive; the route of problems by default."""
    return lambda address, headers, path="/v1/problems", **more: asked(app, address, headers, path, **more)


def asked(app, address, headers, path="/v1/problems", method="GET", **more):
    async def one():
        transport = httpx.ASGITransport(app=app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://clusop") as client:
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(one())


def change(ask, headers, **more):
    return ask(
        PROXY, headers, "/v1/problems/1/acknowledge", method="POST", json={"reason": "ours", "state": "open"}, **more
    )


def confirmation(ask, headers):
    """What the page's own form holds for this person."""
    page = ask(PROXY, headers, "/problems/1/acknowledge").text
    found = re.search(r'name="csrf"\s+value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def test_whom_a_trusted_proxy_names_may_read(ask) -> None:
    for address in (PROXY, "192.168.4.200", "fd00::7", f"::ffff:{PROXY}"):
        assert ask(address, {HEADER: "bo@example.com"}).status_code == 200, address
        assert ask(address, {}).status_code == 401, "the proxy alone is nobody"


def test_from_anywhere_else_the_header_is_ignored(ask) -> None:
    claims = {HEADER: "ana@example.com", "X-Forwarded-For": PROXY, "X-Real-IP": PROXY, "Forwarded": f"for={PROXY}"}
    for address in ("10.0.0.8", "192.168.5.1", "127.0.0.1", "::1", "fd00::8", "::ffff:10.0.0.8", "x"):
        answer = ask(address, claims)
        assert (answer.status_code, answer.json()["reason"]) == (401, "no-token"), address
        assert ask(address, claims, "/").status_code == 401, address


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"proxy_addresses": PROXY, "proxy_admins": "*"},
        {"proxy_header": HEADER, "proxy_admins": "*"},
        {"proxy_header": "X-Auth-Request-Email", "proxy_addresses": PROXY},
    ],
    ids=["nothing set", "no header set", "no address set", "another header set"],
)
def test_nobody_is_believed_before_both_header_and_address_are_set(app_with, told) -> None:
    assert asked(app_with(**told), PROXY, {HEADER: "ana@example.com"}).status_code == 401


def test_what_is_no_name_names_nobody(ask) -> None:
    for name in ("", "   ", "a" * 201, "ana\x1b[2J"):
        assert ask(PROXY, {HEADER: name}).status_code == 401, repr(name)
    assert ask(PROXY, {HEADER: "a" * 200}).status_code == 200


def test_two_names_are_none(ask) -> None:
    """A proxy that adds its header to the stranger's own instead of replacing it."""
    both = [(HEADER, "ana@example.com"), (HEADER, "bo@example.com")]
    assert ask(PROXY, both).status_code == 401


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ana@example.com", 200),
        ("Ana@Example.com", 200),
        ("cy@platform.example.com", 200),
        ("bo@example.com", 403),
        ("ana@example.com.evil.example", 403),
        ("x ana@example.com", 403),
    ],
)
def test_only_declared_people_change_things(ask, store, name, status) -> None:
    store({})
    headers = {HEADER: name}
    told = {"X-Clusop-Confirmed": confirmation(ask, headers)} if status == 200 else {}
    answer = change(ask, headers | told)
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["reason"] == "wrong-scope"


def test_without_declared_admins_nobody_changes_anything(app_with, store) -> None:
    store({})
    app = app_with(proxy_header=HEADER, proxy_addresses=PROXY)
    answer = asked(app, PROXY, {HEADER: "ana@example.com"}, "/v1/problems/1/resolve", "POST", json={"reason": "x"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "wrong-scope")


def test_a_change_needs_the_forms_confirmation_of_that_very_person_and_is_kept_under_their_name(
    ask, store, database
) -> None:
    """A browser goes through the proxy whoever wrote the page it shows."""
    store({})
    ana, cy = {HEADER: "ana@example.com"}, {HEADER: "cy@platform.example.com"}
    of_cy = {"X-Clusop-Confirmed": confirmation(ask, cy)}
    for wrong in ({}, of_cy):
        answer = change(ask, ana | wrong)
        assert (answer.status_code, answer.json()["reason"]) == (403, "not-confirmed")
    assert change(ask, cy | of_cy).status_code == 200
    with database.reading() as connection:
        lines = connection.execute(select(audit.c.actor, audit.c.actor_kind)).all()
    assert lines == [("cy@platform.example.com", "person")]


def test_a_person_sends_no_records(ask) -> None:
    answer = ask(PROXY, {HEADER: "ana@example.com"} | NDJSON, "/v1/signals", method="POST")
    assert (answer.status_code, answer.json()["reason"]) == (403, "wrong-scope")


@pytest.fixture
def token_of(database, clock):
    """A function that makes a token; what a request carries it in."""

    def make(scope):
        with database.writing() as connection:
            return {"Authorization": f"Bearer {create_token(connection, scope, scope, clock.now_ms)}"}

    return make


def test_a_token_of_agents_behind_the_proxy_stays_one(ask, token_of) -> None:
    headers = {HEADER: "ana@example.com"} | token_of("ingest")
    assert ask(PROXY, headers | NDJSON, "/v1/signals", method="POST").status_code == 200
    assert ask(PROXY, headers).status_code == 403, "it opens what it opened without the header"


def test_a_token_that_may_read_behind_the_proxy_changes_nothing(ask, token_of, store) -> None:
    store({})
    headers = {HEADER: "ana@example.com"} | token_of("read")
    assert ask(PROXY, headers).status_code == 200
    told = {"X-Clusop-Confirmed": confirmation(ask, {HEADER: "ana@example.com"})}
    answer = change(ask, headers | told)
    assert (answer.status_code, answer.json()["reason"]) == (403, "wrong-scope")


def test_a_revoked_token_is_refused_whomever_the_proxy_names(ask, token_of, database, clock) -> None:
    told = token_of("ingest")
    with database.writing() as connection:
        assert revoke_token(connection, told["Authorization"].split("_")[2], clock.now_ms)
    answer = ask(PROXY, {HEADER: "ana@example.com"} | told)
    assert (answer.status_code, answer.json()["reason"]) == (401, "token-expired")


@pytest.mark.parametrize(
    "told", ["Bearer eyJhbGciOiJub25lIn0.e30.", "Basic YW5hOmhlci1vd24tcGFzc3dvcmQ=", "Negotiate x"]
)
def test_what_the_proxy_signed_the_person_in_with_is_no_token_of_ours(ask, told) -> None:
    assert ask(PROXY, {HEADER: "bo@example.com", "Authorization": told}).status_code == 200
    assert ask("10.0.0.8", {HEADER: "bo@example.com", "Authorization": told}).status_code == 401


def test_an_address_that_is_none_ends_the_start(app_with) -> None:
    with pytest.raises(InputError, match=r"proxy_addresses: 'proxy\.local' is no address"):
        app_with(proxy_header=HEADER, proxy_addresses="10.0.0.7, proxy.local")


@pytest.mark.parametrize(("trusted", "status"), [("127.0.0.1", 200), (PROXY, 401)])
def test_over_a_real_socket_the_peer_is_who_counts(serve, trusted, status) -> None:
    """Servers of ASGI may believe X-Forwarded-For, by default from the loopback."""
    server = serve(CLUSOP_SERVE_PROXY_HEADER=HEADER, CLUSOP_SERVE_PROXY_ADDRESSES=trusted)
    asker = Sender(server.url, "")
    answer = asker.ask("GET", "/v1/problems", headers={HEADER: "bo@example.com", "X-Forwarded-For": PROXY})
    asker.close()
    assert answer.status == status
