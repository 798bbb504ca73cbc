"""A decoder killed with -9, idle or at work: every request is answered, no record is lost or doubled, another decoder comes."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from ingest_samples import line, signal
from sqlalchemy import func, select

from clusop.service.ingest.recount import differences
from clusop.service.store.database import open_database
from clusop.service.store.tables.problems import signals
from sender import Sender

sys.path.insert(0, str(Path(__file__).resolve().parent))

from decoder_processes import decoders_of, kill_decoder

PER_BATCH = 20
BATCHES = 12
SENDERS = 4
KILLS = 6


@pytest.fixture
def database_url(tmp_path):
    """Decoders know no database: the embedded one is enough."""
    return f"sqlite:///{tmp_path / 'clusop.db'}"


@pytest.fixture
def server(serve):
    """Two decoders, whatever the machine has."""
    made = serve(CLUSOP_SERVE_DECODERS="2", CLUSOP_SERVE_SCHEDULE="false")
    until(lambda: len(decoders_of(made.process.pid)) == 2, "both decoders are there")
    return made


def until(asked, what):
    """Ask again until it is so, at most half a minute."""
    deadline_s = time.monotonic() + 30
    while not asked():
        assert time.monotonic() < deadline_s, f"not in half a minute: {what}"


def batch(agent, number):
    """Records large enough to be sent to a decoder."""
    end_at_ms = int(time.time() * 1000)
    first = number * PER_BATCH + 1
    return [
        line(signal(agent, sequence, problem=agent, end_at_ms=end_at_ms))
        for sequence in range(first, first + PER_BATCH)
    ]


def sent(sender, lines):
    """The answer to a batch, sent as an agent does: again while it is told to come back. A decoder that is just beginning takes a
    moment, on a busy machine a long one.
    """
    answers = []

    def is_taken():
        answers.append(sender.send(lines))
        return answers[-1].status != 503

    until(is_taken, "the batch is taken")
    assert {one.document["reason"] for one in answers[:-1]} <= {"decoders-busy", "decoder-hung"}
    return answers[-1]


def stored(database_url):
    """How many records there are, and whether their sums agree with a recount."""
    database = open_database(database_url)
    try:
        with database.reading() as connection:
            assert differences(connection) == []
            return connection.scalar(select(func.count()).select_from(signals))
    finally:
        database.close()


def is_ready(server):
    with closing(Sender(server.url, "")) as asker:
        return asker.ask("GET", "/ready").status == 200


def test_decoders_killed_at_work_cost_no_record(server, database_url) -> None:
    pid, killed, is_over = server.process.pid, [], threading.Event()

    def kill():
        while not is_over.is_set() and len(killed) < KILLS:
            killed.extend(one for one in decoders_of(pid) if one not in killed and kill_decoder(one))

    def send(agent):
        receipts, deadline_s = [], time.monotonic() + 60
        # It goes on until decoders were killed under it often enough.
        with closing(Sender(server.url, server.tokens["ingest"])) as sender:
            while len(receipts) < BATCHES or (len(killed) < KILLS and time.monotonic() < deadline_s):
                answer = sent(sender, batch(agent, len(receipts)))
                receipts.append((answer.status, answer.document.get("accepted"), answer.document.get("known")))
        return receipts

    killer = threading.Thread(target=kill)
    with ThreadPoolExecutor(SENDERS) as pool:
        sending = [pool.submit(send, agent) for agent in range(1, SENDERS + 1)]
        killer.start()
        try:
            receipts = [receipt for one in sending for receipt in one.result(120)]
        finally:
            is_over.set()
            killer.join()
    assert len(killed) >= KILLS
    assert set(receipts) == {(200, PER_BATCH, 0)}
    assert stored(database_url) == len(receipts) * PER_BATCH
    assert is_ready(server)
    until(lambda: len(decoders_of(pid)) == 2, "others took their places")
    assert decoders_of(pid).isdisjoint(killed)
    assert "Traceback" not in server.log.read_text()


def test_decoders_killed_while_idle_are_replaced_when_next_needed(server, database_url) -> None:
    pid = server.process.pid
    before = decoders_of(pid)
    assert all(kill_decoder(one) for one in before)
    until(lambda: not decoders_of(pid), "both are gone")
    assert is_ready(server)
    with closing(Sender(server.url, server.tokens["ingest"])) as sender:
        for number in range(4):
            answer = sent(sender, batch(1, number))
            assert (answer.status, answer.document.get("accepted")) == (200, PER_BATCH), answer.body
    assert stored(database_url) == 4 * PER_BATCH
    after = decoders_of(pid)
    assert len(after) == 2
    assert after.isdisjoint(before)
    assert is_ready(server)


def test_the_new_decoder_decodes(server) -> None:
    """Not only is it there: it answers, so that it is still the same one after a batch."""
    pid = server.process.pid
    for one in decoders_of(pid):
        kill_decoder(one)
    until(lambda: not decoders_of(pid), "both are gone")
    with closing(Sender(server.url, server.tokens["ingest"])) as sender:
        for number in range(2):
            assert sent(sender, batch(1, number)).document.get("accepted") == PER_BATCH
        new = decoders_of(pid)
        for number in range(2, 6):
            assert sent(sender, batch(1, number)).document.get("accepted") == PER_BATCH
    assert decoders_of(pid) == new
    assert server.log.read_text().count("is gone") == 2


def test_a_stop_with_dead_decoders_ends(server) -> None:
    for one in decoders_of(server.process.pid):
        kill_decoder(one)
    assert server.stop() == 0
