"""Decoders that hang, or that cannot be started again: everybody who waits gets an answer, and others take their places."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal as signals
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from ingest_samples import NOW_MS, line, signal
from sqlalchemy import func, select

import clusop.runtime
from clusop.api.app import create_app
from clusop.clock import SystemClock
from clusop.service.ingest.batch import BatchError, inflated
from clusop.service.ingest.decoders import Decoders
from clusop.service.ingest.unpack import Parcel
from clusop.service.settings.settings import resolve
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.problems import signals as stored_signals
from clusop.service.tokens import create_token

sys.path.insert(0, str(Path(__file__).resolve().parent))

from decoder_processes import decoders_of, kill_decoder

AGENT_SETTINGS = Path(clusop.runtime.__file__).parent / "settings.json"
MANY = 20
# A process that has just been started needs a moment to begin, too.
SHORT_S = 5.0
LONG_S = 120.0
TRIES = 10
TAKEN = (200, MANY)


def parcel(end_at_ms=NOW_MS):
    """A body large enough for a decoder of its own."""
    body = b"\n".join(line(signal(1, sequence, end_at_ms=end_at_ms)) for sequence in range(1, MANY + 1))
    return Parcel(body, "*", is_packed=False, is_offline=False, unpacked_bytes=10**7, most_records=1000)


@asynccontextmanager
async def decoders(count, patience_s):
    made = Decoders(count, patience_s)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def outcome(made):
    """How many records, or the refusal's reason."""
    try:
        return 200, (await made.decode(parcel())).record_count
    except BatchError as error:
        return error.status, error.reason


async def until_taken(asked):
    """What comes of asking as a sender does: again, while the answer is to come back."""
    for _ in range(TRIES):
        if (told := await asked())[0] != 503:
            return told
    raise AssertionError("always told to come back")


def mine():
    return decoders_of(os.getpid())


def test_one_that_hangs_is_killed_and_replaced_and_its_sender_told_to_come_back(caplog):
    async def told():
        async with decoders(1, SHORT_S) as made:
            (hung,) = mine()
            os.kill(hung, signals.SIGSTOP)
            first = await outcome(made)
            (other,) = mine()
            return first, hung != other, await until_taken(lambda: outcome(made))

    assert asyncio.run(told()) == ((503, "decoder-hung"), True, TAKEN)
    assert "did not answer within 2.5 s" in caplog.text


def test_whoever_waits_behind_one_that_hangs_is_answered():
    async def told():
        async with decoders(1, SHORT_S) as made:
            (hung,) = mine()
            os.kill(hung, signals.SIGSTOP)
            return await asyncio.gather(*(outcome(made) for _ in range(4)))

    answers = asyncio.run(told())
    assert answers[0] == (503, "decoder-hung")
    # Their patience ends about when the other decoder comes: each of these is an answer.
    assert set(answers[1:]) <= {TAKEN, (503, "decoders-busy"), (503, "decoder-hung")}


def test_whoever_waits_is_served_when_no_decoder_can_be_started(monkeypatch, caplog):
    async def told():
        async with decoders(1, LONG_S) as made:
            (hung,) = mine()
            os.kill(hung, signals.SIGSTOP)
            waiting = [asyncio.ensure_future(outcome(made)) for _ in range(3)]
            await asyncio.sleep(0)
            # As where the Python under a running service was taken away.
            monkeypatch.setattr(sys, "executable", "/nowhere/python")
            assert kill_decoder(hung)
            answers = await asyncio.gather(*waiting)
            answers.append(await outcome(made))
            monkeypatch.undo()
            return answers, await outcome(made), len(mine())

    assert asyncio.run(told()) == ([TAKEN] * 4, TAKEN, 1)
    assert caplog.text.count("no decoder can be started (FileNotFoundError)") == 1


def test_a_service_begins_without_decoders_where_none_can_be_started(monkeypatch):
    async def told():
        async with decoders(2, LONG_S) as made:
            return await outcome(made)

    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert asyncio.run(told()) == TAKEN


def test_who_goes_away_while_waiting_takes_no_decoder_along():
    async def told():
        async with decoders(1, LONG_S) as made:
            (held,) = mine()
            os.kill(held, signals.SIGSTOP)
            first, gone, last = (asyncio.ensure_future(outcome(made)) for _ in range(3))
            await asyncio.sleep(0)
            gone.cancel()
            os.kill(held, signals.SIGCONT)
            answers = await asyncio.gather(first, last)
            return answers, gone.cancelled(), mine() == {held}

    assert asyncio.run(told()) == ([TAKEN, TAKEN], True, True)


def test_a_stop_does_not_wait_for_one_that_hangs():
    async def told():
        async with decoders(1, 0.2):
            (hung,) = mine()
            os.kill(hung, signals.SIGSTOP)
        return mine()

    assert asyncio.run(told()) == set()


# Deflate makes one byte of 1,032 at the most.
MOST_BY_DEFLATE = 1032
SMALL = 4095


def bomb(seed):
    """The longest repetition of ``seed`` whose gzip a thread decodes."""
    low, high = 1, SMALL * MOST_BY_DEFLATE // len(seed)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(gzip.compress(seed * middle, mtime=0)) <= SMALL else (low, middle - 1)
    return gzip.compress(seed * low, mtime=0)


@pytest.mark.parametrize("seed", [b"\0", b"\n", b"[", b'{"a":', b"1", b'"\\u0041', b'{"record":"signal"}\n'])
def test_a_small_body_that_a_thread_decodes_is_bounded_when_unpacked(seed):
    """Nobody can end a thread: so nothing that keeps it long goes there, however it is packed."""
    body = bomb(seed)
    assert SMALL - 64 < len(body) <= SMALL
    packed = Parcel(body, "*", is_packed=True, is_offline=False, unpacked_bytes=10**9, most_records=1000)
    assert len(inflated(body, 10**9)) <= SMALL * MOST_BY_DEFLATE

    async def told():
        async with decoders(1, LONG_S) as made:
            (held,) = mine()
            os.kill(held, signals.SIGSTOP)
            try:
                return await made.decode(packed)
            except BatchError as error:
                return error.status
            finally:
                os.kill(held, signals.SIGCONT)

    # No process did it: the only one was stopped. Empty lines are no records.
    answer = asyncio.run(told())
    if seed == b"\n":
        assert answer.record_count == 0
    else:
        assert answer in {400, 413}


def test_who_waits_for_a_decoder_is_told_within_its_time_to_come_back(monkeypatch, tmp_path):
    """Also where the next one never begins: half of the time is for waiting, half for decoding."""
    never = tmp_path / "python"
    never.write_text("#!/bin/sh\nexec sleep 300\n")
    never.chmod(0o755)

    async def told():
        async with decoders(1, 2.0) as made:
            (hung,) = mine()
            os.kill(hung, signals.SIGSTOP)
            monkeypatch.setattr(sys, "executable", str(never))
            began_s = time.monotonic()
            answers = await asyncio.gather(*(outcome(made) for _ in range(3)))
            return answers, time.monotonic() - began_s

    answers, took_s = asyncio.run(told())
    assert sorted(answers) == [(503, "decoder-hung"), (503, "decoders-busy"), (503, "decoders-busy")]
    # As long as it takes to find out, and a moment for the machine.
    assert took_s < 4.0


def test_the_default_is_below_the_patience_of_an_agent():
    declared = {one["key"]: one["default"] for one in json.loads(AGENT_SETTINGS.read_text())["settings"]}
    patience_s = resolve({}).count("decode_seconds")
    assert patience_s < declared["spark.clusop.timeoutMs"] / 1000


@pytest.fixture
def database(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'clusop.db'}")
    migrate(opened)
    yield opened
    opened.close()


def test_over_http_it_is_a_503_with_a_time_to_come_back_and_nothing_is_stored(database):
    app = create_app(database, resolve({"schedule": False, "decoders": 1, "decode_seconds": 5}), SystemClock())
    with database.writing() as connection:
        token = create_token(connection, "sender", "ingest", NOW_MS)

    body = parcel(int(time.time() * 1000)).body

    async def told():
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as at:
            (hung,) = mine()
            os.kill(hung, signals.SIGSTOP)
            first = await at.post("/v1/signals", content=body, headers=headers)
            return first, await until_taken(lambda: sent(at, headers))

    async def sent(at, headers):
        answer = await at.post("/v1/signals", content=body, headers=headers)
        return answer.status_code, answer.json().get("accepted")

    refused, taken = asyncio.run(told())
    assert (refused.status_code, refused.json()["reason"], refused.headers["retry-after"]) == (503, "decoder-hung", "1")
    assert taken == TAKEN
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(stored_signals)) == MANY
