"""No route without a token but health; the wrong scope is refused; nothing but POST changes anything."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app_routes import routes_of

OPEN = {"/health", "/ready"}
PARAMETER = re.compile(r"\{[^}]+\}")
SAFE = {"GET", "HEAD"}


def asked_of(app):
    found = sorted({(method, route.path) for route in routes_of(app) for method in route.methods})
    return [(method, path, PARAMETER.sub("1", path)) for method, path in found]


def test_there_are_routes_to_ask(app) -> None:
    paths = {path for _, path, _ in asked_of(app)}
    assert {"/health", "/ready", "/v1/signals", "/metrics", "/", "/problems", "/v1/export/problems.csv"} <= paths
    assert len(paths) > 25


def test_no_route_answers_without_a_token_but_those_of_health(app, client_of) -> None:
    nobody = client_of(None)
    answers = {(method, path): nobody.ask(method, url).status_code for method, path, url in asked_of(app)}
    open_ones = {path for (_, path), status in answers.items() if status != 401}
    assert open_ones == OPEN


def test_a_token_of_agents_opens_nothing_but_their_door(app, client_of) -> None:
    agent = client_of("ingest")
    answers = {(method, path): agent.ask(method, url).status_code for method, path, url in asked_of(app)}
    opened = {path for (_, path), status in answers.items() if status != 403}
    assert opened == OPEN | {"/v1/signals"}


def test_who_may_read_changes_nothing(app, client_of) -> None:
    reader = client_of("read")
    for method, path, url in asked_of(app):
        if method not in SAFE and path not in OPEN:
            assert reader.ask(method, url).status_code == 403, f"{method} {path}"


def test_only_post_is_there_to_change_things(app) -> None:
    assert {method for method, _, _ in asked_of(app)} <= SAFE | {"POST"}


@pytest.mark.parametrize(
    "told", ["Bearer ", "Bearer x", "Basic !!!", "Basic eDp5", "Digest x", "Bearer clusop_admin_0_0"]
)
def test_a_wrong_token_is_no_token(client_of, told) -> None:
    answer = client_of(None).get("/v1/problems", headers={"Authorization": told})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.json()["sentence"]


def test_nobody_s_body_is_read_before_it_is_known_who_speaks(app, client_of) -> None:
    bodies = {"application/json": b"{bad", "application/x-www-form-urlencoded": b"reason=" + b"x" * 100_000}
    for method, path, url in asked_of(app):
        if method in SAFE:
            continue
        for kind, body in bodies.items():
            answer = client_of(None).ask(method, url, content=body, headers={"Content-Type": kind})
            assert answer.status_code == 401, f"{method} {path} {kind}"


def test_a_form_or_a_document_has_a_bound(client_of) -> None:
    async def parts():
        for _ in range(100):
            yield b"x" * 10_000

    admin = client_of("admin")
    told = {"Content-Type": "application/json"}
    for content in (b"x" * 70_000, parts()):
        answer = admin.post("/v1/problems/1/acknowledge", content=content, headers=told)
        assert (answer.status_code, answer.json()["reason"]) == (413, "body-too-large")


def test_half_a_form_is_not_acted_on(app, client_of) -> None:
    """Its sender went away in the middle: what was a wish about one job may be one about a hundred."""
    admin = client_of("admin")
    before = admin.get("/v1/exclusions").json()
    told = iter(
        [
            {
                "type": "http.request",
                "body": b'{"field": "workload", "pattern": "job:1*", "reason": "x"}',
                "more_body": True,
            },
            {"type": "http.disconnect"},
        ]
    )
    answers = []

    async def receive():
        return next(told)

    async def send(message):
        answers.append(message)

    headers = {"content-type": "application/json", **admin.headers}
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/exclusions", "raw_path": b"/v1/exclusions",
        "query_string": b"", "root_path": "", "scheme": "http", "server": ("clusop", 80), "client": ("127.0.0.1", 1),
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert answers == []
    assert admin.get("/v1/exclusions").json() == before
