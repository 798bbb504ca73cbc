"""What agents are answered: the receipt adds up, a refusal names record and field, nothing is taken without a token."""

from __future__ import annotations

import gzip
import time

import pytest
from ingest_samples import agent_id, agent_state, line, signal, usage_hour
from sqlalchemy import select

from clusop.service.ingest.recount import differences
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.problems import problem_events, problems, signals
from clusop.service.tokens import create_token, end_token, revoke_token
from sender import Sender


def now_ms():
    return int(time.time() * 1000)


@pytest.fixture
def server(running):
    return running[0]


@pytest.fixture
def opened(running):
    return running[1]


@pytest.fixture
def sender(server):
    made = Sender(server.url, server.tokens["ingest"])
    yield made
    made.close()


@pytest.fixture
def recent(workspace):
    """A function that makes a signal of just now in the test's own workspace."""
    return lambda **changed: signal(end_at_ms=now_ms(), **({"workspace": workspace} | changed))


def once(server, told, lines):
    """One request with the token ``told``."""
    sender = Sender(server.url, told)
    try:
        return sender.send(lines)
    finally:
        sender.close()


def rows(database, table, workspace):
    """The rows of a table that belong to a workspace's agents or problems."""
    with database.reading() as connection:
        if "workspace" in table.c:
            return connection.execute(select(table).where(table.c.workspace == workspace)).all()
        asked = select(table).join(agents, agents.c.id == table.c.agent_id).where(agents.c.workspace == workspace)
        return connection.execute(asked).all()


def test_a_batch_is_stored_once_however_often_it_comes(sender, opened, recent, workspace):
    hour_at_ms = now_ms() // 3_600_000 * 3_600_000
    lines = [line(recent(sequence=number, problem=number % 3)) for number in range(1, 51)]
    lines.append(line(agent_state(sequence=51, workspace=workspace, at_ms=now_ms())))
    lines.append(line(usage_hour(sequence=52, workspace=workspace, hour_at_ms=hour_at_ms)))
    assert sender.send(lines).document == {"clusop_receipt": 1, "accepted": 52, "known": 0, "refused": []}
    again = sender.send(lines, is_packed=True)
    assert again.document == {"clusop_receipt": 1, "accepted": 0, "known": 52, "refused": []}
    assert [len(rows(opened, table, workspace)) for table in (signals, usage_hours, agents)] == [50, 1, 1]
    with opened.reading() as connection:
        assert differences(connection) == []
    agent = rows(opened, agents, workspace)[0]
    assert (agent.accepted, agent.signal_count, agent.compute) == ("[[1,52]]", 50, "job:42")
    assert {row.compute for row in rows(opened, problems, workspace)} == {"job:42"}


def test_a_receipt_speaks_of_every_record(sender, recent, workspace):
    first = line(recent(sequence=1))
    other = line(recent(sequence=1, low=7))
    bad = line(recent(sequence=2) | {"cause": "Not A Reason"})
    old = line(signal(agent=9, sequence=1, workspace=workspace, end_at_ms=now_ms() - 200 * 86_400_000))
    large = line(recent(sequence=3) | {"filler": "x" * 9000})
    later = line(recent(sequence=4) | {"a_field_of_a_later_release": [1, 2, 3]})
    document = sender.send([first, other, first, bad, old, large, later]).document
    assert (document["accepted"], document["known"]) == (2, 1)
    told = {one["reason"]: one for one in document["refused"]}
    assert told.keys() == {"conflict", "malformed-record", "too-old", "record-too-large"}
    assert (told["conflict"]["agent"], told["conflict"]["sequence"]) == (agent_id(1), 1)
    assert "signal.cause" in told["malformed-record"]["sentence"]


def test_what_is_no_record_at_all_is_told_by_its_line(sender, opened, recent, workspace):
    answer = sender.send([line(recent()), b'{"agent":"x"}'])
    assert answer.status == 400
    assert answer.document["sentence"] == "Line 2: sequence is missing or no integer."
    assert rows(opened, signals, workspace) == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-ndjson", "Content-Encoding": "br"}, b"{}", 415),
        ({"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}, b"{}", 400),
        ({"Content-Type": "application/x-ndjson"}, b" " * 1_000_001, 413),
        ({"Content-Type": "application/x-ndjson"}, b"{}\n" * 1001, 413),
        ({"Content-Type": "application/x-ndjson"}, b"\xff\xfe", 400),
        ({"Content-Type": "application/x-ndjson"}, b"[" * 100_000, 400),
        ({"Content-Type": "application/x-ndjson"}, b"", 200),
    ],
    ids=lambda value: str(value)[:30] if not isinstance(value, bytes) else str(len(value)),
)
def test_a_body_of_another_form_is_answered_with_a_sentence(sender, headers, body, status):
    answer = sender.ask("POST", "/v1/signals", body, headers)
    assert answer.status == status
    assert "sentence" in answer.document or status == 200


def test_a_small_bomb_does_not_become_a_large_one(sender):
    headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    answer = sender.ask("POST", "/v1/signals", gzip.compress(b"\n" * 20_000_000), headers)
    assert (answer.status, answer.document["reason"]) == (413, "body-too-large")


def test_a_token_speaks_for_its_workspace_only_and_ends_when_revoked(server, opened, recent, workspace):
    with opened.writing() as connection:
        told = create_token(connection, "one workspace", "ingest", now_ms(), workspace=workspace)
    document = once(server, told, [line(recent()), line(recent(agent=2, workspace="another"))]).document
    assert (document["accepted"], [one["reason"] for one in document["refused"]]) == (1, ["wrong-workspace"])
    with opened.writing() as connection:
        assert revoke_token(connection, told.split("_")[2], now_ms())
    deadline_s = time.monotonic() + 30
    while (answer := once(server, told, [])).status == 200 and time.monotonic() < deadline_s:
        pass
    assert (answer.status, answer.document["reason"]) == (401, "token-expired")


@pytest.mark.parametrize("told", ["", "x", "clusop_ingest_0123456789abcdef_" + "A" * 43])
def test_nobody_sends_without_a_token(server, told):
    answer = once(server, told, [])
    assert (answer.status, answer.document["reason"]) == (401, "no-token")


def test_a_wrong_secret_of_a_right_handle_is_no_token(server):
    assert once(server, server.tokens["ingest"][:-4] + "AAAA", []).status == 401


def test_an_expired_token_is_refused(server, opened):
    with opened.writing() as connection:
        told = create_token(connection, "short", "ingest", 1)
        end_token(connection, told, 2)
    assert once(server, told, []).document["reason"] == "token-expired"


def test_a_resolved_problem_comes_back(sender, opened, recent, workspace):
    sender.send([line(recent(sequence=1))])
    with opened.writing() as connection:
        connection.execute(
            problems.update()
            .where(problems.c.workspace == workspace)
            .values(state="resolved", state_since_at_ms=now_ms() - 10_000)
        )
    sender.send([line(recent(sequence=2) | {"start_at_ms": now_ms() - 70_000, "end_at_ms": now_ms() - 60_000})])
    assert rows(opened, problems, workspace)[0].state == "resolved", "a late signal of before is no return"
    sender.send([line(recent(sequence=3))])
    found = rows(opened, problems, workspace)[0]
    assert found.state == "came-back"
    with opened.reading() as connection:
        kinds = connection.scalars(
            select(problem_events.c.kind).where(problem_events.c.problem_id == found.id).order_by(problem_events.c.id)
        ).all()
    assert kinds == ["opened", "came-back"]


def test_scopes_are_apart(server):
    for path, scope, status in [
        ("/metrics", "ingest", 403),
        ("/metrics", "admin", 200),
        ("/openapi.json", "admin", 200),
    ]:
        asker = Sender(server.url, server.tokens[scope])
        assert asker.ask("GET", path).status == status, (path, scope)
        asker.close()
    assert once(server, server.tokens["admin"], []).status == 403


def test_health_asks_for_nothing_and_every_answer_is_guarded(server):
    asker = Sender(server.url, "")
    for path in ("/health", "/ready"):
        answer = asker.ask("GET", path)
        assert (answer.status, answer.document["status"]) == (200, "ok")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for path in ("/", "/problems", "/metrics", "/openapi.json", "/api/v1/problems"):
        answer = asker.ask("GET", path)
        assert answer.status in {401, 404}, path
        assert answer.headers["x-content-type-options"] == "nosniff"
    asker.close()
