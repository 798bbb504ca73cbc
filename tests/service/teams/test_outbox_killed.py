"""A sender that is killed in the middle of a POST: the card is on its way once, and everybody can see that nobody knows more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from clusop.service.teams.outbox import send_due
from clusop.service.teams.settled import LEASE_MS

SENDER = """
import sys
from clusop.clock import SystemClock
from clusop.service.store.database import open_database
from clusop.service.teams.channels import read_channels
from clusop.service.teams.outbox import send_due

channels = read_channels([{"name": "pricing", "url": "env:URL_OF_PRICING", "http_on_loopback": True}])
print(send_due(open_database(sys.argv[1]), channels, SystemClock()), flush=True)
"""


def start(database_url):
    return subprocess.Popen([sys.executable, "-c", SENDER, database_url], env=dict(os.environ), stdout=subprocess.PIPE)


def test_a_card_is_never_sent_twice_though_its_sender_is_killed(box):
    from fake_teams import Behaviour

    box.waiting(2, created_at_ms=0, due_at_ms=0)
    box.teams.behave(Behaviour("hang", times=1))
    killed = start(box.database_url)
    box.teams.wait_for(1)
    assert [row.state for row in box.rows()] == ["sending", "pending"]
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)

    # Another process goes on at once, with what is certainly not sent.
    assert b"'accepted': 1" in start(box.database_url).communicate(timeout=60)[0]
    assert [row.state for row in box.rows()] == ["sending", "accepted"]

    # When the lease is over, everybody can see that nobody knows. It is not sent again.
    box.clock.now_ms = max(row.sending_since_at_ms for row in box.rows()) + LEASE_MS
    assert send_due(box.database, [box.channel], box.clock, pause=box.clock.pause) == {"unconfirmed": 1}
    box.clock.now_ms += 100 * LEASE_MS
    assert send_due(box.database, [box.channel], box.clock, pause=box.clock.pause) == {}
    assert [row.state for row in box.rows()] == ["unconfirmed", "accepted"]
    assert [row.attempt_count for row in box.rows()] == [1, 1]
    assert len(box.teams.got) == 2
