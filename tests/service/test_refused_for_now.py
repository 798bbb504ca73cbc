"""429, by a full queue and by a token's rate: nothing of the batch is stored, it is counted, and taken once afterwards."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pytest
from ingest_samples import line, signal
from sqlalchemy import func, select, text

from clusop.api.app import create_app
from clusop.service.ingest.recount import differences
from clusop.service.settings.settings import resolve
from clusop.service.store.database import open_database
from clusop.service.store.tables.problems import signals
from clusop.service.tokens import create_token
from sender import Sender

sys.path.insert(0, str(Path(__file__).resolve().parent))

from metrics_text import value_of

MANY = 20
NOW_MS = 1_790_000_000_000
LEFT_OF_THE_MINUTE_S = 41


def batch(agent, end_at_ms):
    """Records of one agent."""
    return [line(signal(agent, number, problem=agent, end_at_ms=end_at_ms)) for number in range(1, MANY + 1)]


def now_ms():
    return int(time.time() * 1000)


def stored(database):
    with database.reading() as connection:
        assert differences(connection) == []
        return connection.scalar(select(func.count()).select_from(signals))


def once(server, lines):
    """One batch over a connection of its own."""
    sender = Sender(server.url, server.tokens["ingest"])
    try:
        return sender.send(lines)
    finally:
        sender.close()


@contextmanager
def held(database):
    """Nobody else writes records meanwhile: what was taken stays on its way."""
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("LOCK TABLE agents IN ACCESS EXCLUSIVE MODE"))
        yield


def until(asked, what):
    """Ask again until it is so, at most half a minute."""
    deadline_s = time.monotonic() + 30
    while not asked():
        assert time.monotonic() < deadline_s, f"not in half a minute: {what}"


def test_a_full_queue_refuses_stores_nothing_and_takes_it_afterwards_once(serve, database_url) -> None:
    server = serve(CLUSOP_SERVE_QUEUE_BATCHES="2", CLUSOP_SERVE_SCHEDULE="false")
    sender, asker = Sender(server.url, server.tokens["ingest"]), Sender(server.url, server.tokens["admin"])

    def metric(name, **labels):
        return value_of(asker.ask("GET", "/metrics").body.decode(), name, **labels)

    # Each token's first use is written down; it must not wait behind what is held.
    assert sender.send([]).status == 200
    assert metric("clusop_waiting_batches") == 0
    database, at_ms = open_database(database_url), now_ms()
    late = batch(3, at_ms)
    with ThreadPoolExecutor(2) as pool:
        with held(database):
            waiting = [pool.submit(once, server, batch(agent, at_ms)) for agent in (1, 2)]
            until(lambda: metric("clusop_waiting_batches") == 2, "two batches wait")
            for is_packed in (False, True):
                answer = sender.send(late, is_packed=is_packed)
                assert (answer.status, answer.document["reason"], answer.headers["retry-after"]) == (
                    429,
                    "queue-full",
                    "1",
                )
                assert "nothing of this one was stored" in answer.document["sentence"]
            assert asker.ask("GET", "/ready").status == 503, "a balancer sends elsewhere"
            assert asker.ask("GET", "/health").status == 200
        assert [one.result(60).document["accepted"] for one in waiting] == [MANY, MANY]
    assert stored(database) == 2 * MANY
    assert metric("clusop_batches_total", status="429") == 2
    assert metric("clusop_refused_requests_total", reason="queue-full") == 2
    assert metric("clusop_records_total", outcome="accepted") == 2 * MANY
    assert metric("clusop_waiting_batches") == 0
    assert asker.ask("GET", "/ready").status == 200
    receipts = [sender.send(late).document for _ in range(2)]
    assert [(one["accepted"], one["known"]) for one in receipts] == [(MANY, 0), (0, MANY)]
    assert stored(database) == 3 * MANY
    sender.close()
    asker.close()
    database.close()


class HandClock:
    """Moves when it is told."""

    def __init__(self):
        self.now_ms = NOW_MS

    def now_at(self):
        return datetime.fromtimestamp(self.now_ms / 1000, tz=timezone.utc)

    def monotonic_ms(self):
        return float(self.now_ms)


def test_a_token_beyond_its_rate_is_told_when_to_come_and_then_taken_once(database) -> None:
    clock = HandClock()
    app = create_app(database, resolve({"schedule": False, "requests_per_minute": 2, "decoders": 1}), clock)
    with database.writing() as connection:
        quick, other = (create_token(connection, name, "ingest", NOW_MS) for name in ("quick", "other"))
        reader = create_token(connection, "reader", "read", NOW_MS)

    async def sent(client, token, agent):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
        body = b"\n".join(batch(agent, NOW_MS - 1000))
        return await client.post("/v1/signals", content=body, headers=headers)

    async def metrics(client):
        return (await client.get("/metrics", headers={"Authorization": f"Bearer {reader}"})).text

    async def told():
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as at:
            assert [(await sent(at, quick, agent)).status_code for agent in (1, 2)] == [200, 200]
            for _ in range(3):
                answer = await sent(at, quick, 3)
                assert (answer.status_code, answer.json()["reason"]) == (429, "rate-exceeded")
                assert answer.headers["retry-after"] == str(LEFT_OF_THE_MINUTE_S)
            assert stored(database) == 2 * MANY
            assert (await sent(at, other, 4)).status_code == 200, "the rate is each token's own"
            counted = await metrics(at)
            clock.now_ms += (LEFT_OF_THE_MINUTE_S - 1) * 1000 - 1
            assert (await sent(at, quick, 3)).status_code == 429, "not a moment before"
            clock.now_ms += 1001
            receipts = [(await sent(at, quick, 3)).json() for _ in range(2)]
            assert [(one["accepted"], one["known"]) for one in receipts] == [(MANY, 0), (0, MANY)]
            return counted

    counted = asyncio.run(told())
    assert value_of(counted, "clusop_refused_requests_total", reason="rate-exceeded") == 3
    assert value_of(counted, "clusop_records_total", outcome="accepted") == 3 * MANY
    assert stored(database) == 4 * MANY


@pytest.mark.parametrize("size", [10, 900_000])
def test_over_a_real_socket_the_refusal_arrives_whatever_the_body_is_long(serve, size) -> None:
    """The body of a refused request is not read; its sender must get the answer all the same, and be served again."""
    server = serve(CLUSOP_SERVE_REQUESTS_PER_MINUTE="1", CLUSOP_SERVE_SCHEDULE="false")
    answers = []
    # A minute may end between two of them, not between each two of four.
    for _ in range(4):
        sender = Sender(server.url, server.tokens["ingest"])
        answers.append(sender.ask("POST", "/v1/signals", b" " * size, {"Content-Type": "application/x-ndjson"}))
        sender.close()
    refused = [one for one in answers if one.status == 429]
    assert len(refused) >= 2
    assert all(one.document["reason"] == "rate-exceeded" and int(one.headers["retry-after"]) <= 60 for one in refused)


def test_senders_that_come_again_end_up_stored_once_each(serve, database_url) -> None:
    """Eight at once through a queue of one: most are refused at first."""
    server = serve(CLUSOP_SERVE_QUEUE_BATCHES="1", CLUSOP_SERVE_SCHEDULE="false")
    assert once(server, []).status == 200
    database, at_ms, turned_away = open_database(database_url), now_ms(), threading.Event()

    def send(agent):
        lines, deadline_s = batch(agent, at_ms), time.monotonic() + 60
        while (answer := once(server, lines)).status == 429 and time.monotonic() < deadline_s:
            turned_away.set()
        return answer

    with ThreadPoolExecutor(8) as pool:
        with held(database):
            sending = [pool.submit(send, agent) for agent in range(1, 9)]
            assert turned_away.wait(30)
        answers = [one.result(90) for one in sending]
    assert [(one.status, one.document.get("accepted")) for one in answers] == [(200, MANY)] * 8
    assert stored(database) == 8 * MANY
    database.close()
