"""The outbox's rows: claimed before a message leaves, settled after. A row is claimed by one sender only, ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, update

from clusop.reasons import Reason
from clusop.service.store.alone import alone
from clusop.service.store.lock_order import hold
from clusop.service.store.tables.delivery import deliveries
from clusop.service.teams.outcome import Fate, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

__all__ = [
    "LEASE_MS",
    "MOST_TRIES",
    "SPACING_MS",
    "Claimed",
    "claim",
    "give_up",
    "postpone",
    "recover",
    "settle",
    "spacing_left_ms",
]

LEASE_MS = 120_000
"""A row that has been ``sending`` for longer belongs to a sender that is gone: a try takes 40 s at the most."""
SPACING_MS = 1_000
"""Between two messages to one address."""
MOST_TRIES = 10
"""With the growing waits between them that is about four hours."""
_FIRST_WAIT_MS, _LONGEST_WAIT_MS = 30_000, 3_600_000
_STATES = {Fate.ACCEPTED: "accepted", Fate.REFUSED: "dead", Fate.UNCONFIRMED: "unconfirmed"}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is this sender's alone. ``tries`` counts this one."""

    delivery_id: int
    channel: str
    body: str
    tries: int


def recover(connection: Connection, now_ms: int) -> int:
    """Rows whose sender stopped in the middle become ``unconfirmed``: nobody knows whether they arrived. How many."""
    changed = connection.execute(
        update(deliveries)
        .where(deliveries.c.state == "sending", deliveries.c.sending_since_at_ms <= now_ms - LEASE_MS)
        .values(state="unconfirmed", settled_at_ms=now_ms, sentence=Reason("sender-stopped").sentence)
    )
    return int(changed.rowcount)


def spacing_left_ms(connection: Connection, channels: Sequence[str], now_ms: int) -> int:
    """How long the next message that is due has to wait for the last one's second to be over; 0 where none is due."""
    if connection.execute(select(deliveries.c.id).where(_is_due(channels, now_ms)).limit(1)).first() is None:
        return 0
    return max(_last_sent_at_ms(connection, channels, now_ms) + SPACING_MS - now_ms, 1)


def claim(connection: Connection, channels: Sequence[str], now_ms: int) -> Claimed | None:
    """The next row that is due, marked ``sending``. Commit it, then send. ``None`` where nothing is due or the last message to
    this address left less than a second ago.
    """
    # Two replicas at once would both find the second over.
    alone(connection, "\n".join(sorted(channels)))
    row = connection.execute(
        select(deliveries.c.id, deliveries.c.channel, deliveries.c.body, deliveries.c.attempt_count)
        .where(_is_due(channels, now_ms))
        .order_by(deliveries.c.due_at_ms, deliveries.c.id)
        .limit(1)
    ).first()
    # Asked last: most of the time none is due.
    if row is None or _last_sent_at_ms(connection, channels, now_ms) > now_ms - SPACING_MS:
        return None
    taken = connection.execute(
        update(deliveries)
        # Once more: another sender may have taken it since.
        .where(deliveries.c.id == row.id, deliveries.c.state == "pending")
        .values(state="sending", sending_since_at_ms=now_ms, attempt_count=row.attempt_count + 1)
    )
    return Claimed(row.id, row.channel, row.body, row.attempt_count + 1) if taken.rowcount == 1 else None


def settle(connection: Connection, claimed: Claimed, outcome: Outcome, now_ms: int) -> str:
    """Write what became of it; the state it is in now.

    An answer that comes after the lease ran out still counts, unless it asks to send again: ``unconfirmed`` stays so.
    """
    mine = and_(deliveries.c.id == claimed.delivery_id, deliveries.c.attempt_count == claimed.tries)
    if outcome.fate is Fate.AGAIN and claimed.tries < MOST_TRIES:
        wait_ms = max(outcome.retry_after_ms, min(_FIRST_WAIT_MS << (claimed.tries - 1), _LONGEST_WAIT_MS))
        values = {"state": "pending", "due_at_ms": now_ms + wait_ms, "sentence": outcome.reason.sentence}
        connection.execute(
            update(deliveries).where(mine, deliveries.c.state == "sending").values(status=outcome.status, **values)
        )
        return "pending"
    state, sentence = _STATES.get(outcome.fate, "dead"), outcome.reason.sentence
    if outcome.fate is Fate.AGAIN:
        sentence = f"{Reason('gave-up', f'{claimed.tries} tries').sentence} {sentence}"
    connection.execute(
        update(deliveries)
        .where(mine, deliveries.c.state.in_(["sending", "unconfirmed"]))
        .values(state=state, status=outcome.status, settled_at_ms=now_ms, sentence=sentence)
    )
    return state


def postpone(connection: Connection, channels: Sequence[str], now_ms: int, wait_ms: int) -> None:
    """All that waits for an address which asked to wait, or could not be reached, waits with it."""
    until_ms = now_ms + max(wait_ms, _FIRST_WAIT_MS)
    waiting = (
        deliveries.c.state == "pending",
        deliveries.c.channel.in_(list(channels)),
        deliveries.c.due_at_ms < until_ms,
    )
    hold(connection, deliveries, connection.execute(select(deliveries.c.id).where(*waiting)).scalars())
    connection.execute(update(deliveries).where(*waiting).values(due_at_ms=until_ms))


def give_up(connection: Connection, known_channels: Sequence[str], now_ms: int) -> int:
    """Rows that wait for a channel which the settings no longer have are dead. How many."""
    lost = (deliveries.c.state == "pending", deliveries.c.channel.not_in(list(known_channels)))
    hold(connection, deliveries, connection.execute(select(deliveries.c.id).where(*lost)).scalars())
    changed = connection.execute(
        update(deliveries)
        .where(*lost)
        .values(state="dead", settled_at_ms=now_ms, sentence=Reason("channel-gone").sentence)
    )
    return int(changed.rowcount)


def _is_due(channels: Sequence[str], now_ms: int) -> ColumnElement[bool]:
    return and_(
        deliveries.c.state == "pending", deliveries.c.due_at_ms <= now_ms, deliveries.c.channel.in_(list(channels))
    )


def _last_sent_at_ms(connection: Connection, channels: Sequence[str], now_ms: int) -> int:
    """When the last message left to the address these channels share; 0 for never. A clock that was set back since hides
    what lies in its future, lest nothing be sent until it is there again.
    """
    query = select(func.max(deliveries.c.sending_since_at_ms)).where(
        deliveries.c.channel.in_(list(channels)), deliveries.c.sending_since_at_ms <= now_ms
    )
    return int(connection.execute(query).scalar_one() or 0)
