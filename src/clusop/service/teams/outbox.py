"""Sends what is due. Each message leaves at most once: it is ``sending`` in the database before its first byte does.

No message is sent again unless it is proven that nobody took it (:mod:`clusop.service.teams.outcome`). What a crash leaves
in ``sending`` becomes ``unconfirmed``, is shown, and is told in the next digest.
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from clusop.reasons import Reason
from clusop.service.teams.dispatch import dispatch
from clusop.service.teams.outcome import Fate, Outcome, unreached
from clusop.service.teams.settled import Claimed, claim, give_up, postpone, recover, settle, spacing_left_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from clusop.clock import Clock
    from clusop.service.store.database import Database
    from clusop.service.teams.channels import Channel

__all__ = ["Post", "send_due", "tidy"]

Post: TypeAlias = "Callable[[Channel, str, str, float], Outcome]"

_ROUND_MS = 20_000
"""How long one call goes on, so that the scheduler's lease never runs out under it."""
_MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class _Line:
    """The channels of one address, which share its one message a second. ``address`` is a secret."""

    channels: Mapping[str, Channel]
    address: str | Reason


def send_due(
    database: Database,
    channels: Sequence[Channel],
    clock: Clock,
    post: Post = dispatch,
    pause: Callable[[float], None] = time.sleep,
) -> Mapping[str, int]:
    """Send for up to 20 seconds; how many messages ended up in which state. Call it again and again.

    Different addresses are served side by side, so that one that hangs holds up no other.
    """
    tally = Counter(tidy(database, channels, clock))
    lines = _lines(channels)
    if lines:
        with ThreadPoolExecutor(min(len(lines), _MOST_AT_ONCE), thread_name_prefix="clusop-outbox") as pool:
            for states in pool.map(lambda line: _send_line(database, line, clock, post, pause), lines):
                tally.update(states)
    return {state: count for state, count in tally.items() if count}


def tidy(database: Database, channels: Sequence[Channel], clock: Clock) -> Mapping[str, int]:
    """What may be done at any hour: rows whose sender is gone, or whose channel is. How many ended up in which state."""
    return database.write(
        lambda connection: {
            "unconfirmed": recover(connection, _now_ms(clock)),
            "dead": give_up(connection, [channel.name for channel in channels], _now_ms(clock)),
        }
    )


def _send_line(
    database: Database, line: _Line, clock: Clock, post: Post, pause: Callable[[float], None]
) -> Counter[str]:
    states: Counter[str] = Counter()
    end_ms = clock.monotonic_ms() + _ROUND_MS
    while clock.monotonic_ms() < end_ms:
        # Tried again by itself where it meets others; the message only leaves once it is committed.
        claimed = database.write(lambda connection: claim(connection, list(line.channels), _now_ms(clock)))
        if claimed is None:
            with database.reading() as connection:
                wait_ms = spacing_left_ms(connection, list(line.channels), _now_ms(clock))
            if wait_ms == 0:
                return states
            pause(wait_ms / 1000)
            continue
        outcome = _tried(line, claimed, clock, post)
        states[_settled(database, line, claimed, outcome, clock)] += 1
        if outcome.fate is Fate.AGAIN:
            # The next message would meet the same.
            return states
    return states


def _settled(database: Database, line: _Line, claimed: Claimed, outcome: Outcome, clock: Clock) -> str:
    """The state that the message is in now."""

    def work(connection: Connection) -> str:
        state = settle(connection, claimed, outcome, _now_ms(clock))
        if outcome.fate is Fate.AGAIN:
            postpone(connection, list(line.channels), _now_ms(clock), outcome.retry_after_ms)
        return state

    return database.write(work)


def _tried(line: _Line, claimed: Claimed, clock: Clock, post: Post) -> Outcome:
    if isinstance(line.address, Reason):
        return unreached(line.address)
    return post(line.channels[claimed.channel], line.address, claimed.body, _now_ms(clock) / 1000)


def _lines(channels: Sequence[Channel]) -> list[_Line]:
    """Channels by their address as it is now. Those without one stand alone, each with its reason."""
    shared: dict[str, dict[str, Channel]] = {}
    alone: list[_Line] = []
    for channel in channels:
        address = channel.address.read()
        if isinstance(address, Reason):
            alone.append(_Line({channel.name: channel}, address))
        else:
            shared.setdefault(address, {})[channel.name] = channel
    return [*alone, *(_Line(members, address) for address, members in shared.items())]


def _now_ms(clock: Clock) -> int:
    return int(clock.now_at().timestamp() * 1000)
