"""Messages past the horizon go, once nothing more will be made of them.

What waits stays, whatever its age; so does what the cooldown still counts. Of those that may not have arrived, the next digest
that does tells first. The last that a digest told and the last of each state in a channel stay: the next digest begins where that
ended, and pages say since when a channel fails.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, func, or_, select

from clusop.service.ingest.limits import MS_PER_DAY
from clusop.service.store.lock_order import hold
from clusop.service.store.tables.delivery import deliveries
from clusop.service.suppression.per_30_days import WINDOW_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from clusop.service.store.database import Database

__all__ = ["forget_messages"]

_FINAL = ("accepted", "dead", "unconfirmed", "withdrawn")
_AT_ONCE = 500
_UNTOLD_DEAD = 100
"""Of a channel and team whose digests do not arrive either: each hour adds to them. A digest names a few and counts the rest."""


class _Old(NamedTuple):
    id: int
    channel: str
    team: str
    kind: str
    state: str
    created_at_ms: int
    settled_at_ms: int


@dataclass(slots=True)
class _Sieve:
    """What may go. ``digests``: when the last digest that arrived was written, by channel and team; ``settled``: when the last
    message was settled, by channel and state. Shown the newest first.
    """

    digests: Mapping[tuple[str, str], int]
    settled: Mapping[tuple[str, str], int]
    lasts: set[tuple[str, str]] = field(default_factory=set)
    untold: Counter[tuple[str, str]] = field(default_factory=Counter)

    def is_done(self, one: _Old) -> bool:
        """Whether nothing more will be made of it."""
        digest_at_ms = self.digests.get((one.channel, one.team), 0)
        if one.kind == "digest" and one.state == "accepted" and one.created_at_ms >= digest_at_ms:
            return False
        key = one.channel, one.state
        if key not in self.lasts and one.settled_at_ms >= self.settled.get(key, 0):
            self.lasts.add(key)
            return False
        if one.state in {"accepted", "withdrawn"} or one.settled_at_ms < digest_at_ms:
            return True
        self.untold[one.channel, one.team] += 1
        return one.state == "dead" and self.untold[one.channel, one.team] > _UNTOLD_DEAD


def forget_messages(database: Database, horizon_at_ms: int, now_ms: int, cooldown_days: int) -> int:
    """Forget messages that were settled before the horizon, in small transactions. How many went."""
    before_ms = min(horizon_at_ms, now_ms - max(cooldown_days, WINDOW_DAYS) * MS_PER_DAY)
    return sum(_forget_state(database, state, before_ms) for state in _FINAL)


def _forget_state(database: Database, state: str, before_ms: int) -> int:
    with database.reading() as connection:
        sieve = _sieve(connection)
    count, last = 0, (before_ms, 0)
    while True:
        with database.reading() as connection:
            some = _older(connection, state, last)
        if not some:
            return count
        last = some[-1].settled_at_ms, some[-1].id
        ids = [one.id for one in some if sieve.is_done(one)]
        if ids:
            count += database.write(partial(_forget, ids=ids, state=state))


def _sieve(connection: Connection) -> _Sieve:
    column = deliveries.c
    digests = (
        select(column.channel, column.team, func.max(column.created_at_ms))
        .where(column.kind == "digest", column.state == "accepted")
        .group_by(column.channel, column.team)
    )
    settled = (
        select(column.channel, column.state, func.max(column.settled_at_ms))
        .where(column.state.in_(_FINAL), column.settled_at_ms.is_not(None))
        .group_by(column.channel, column.state)
    )
    return _Sieve(
        {(channel, team): at_ms for channel, team, at_ms in connection.execute(digests)},
        {(channel, state): at_ms for channel, state, at_ms in connection.execute(settled)},
    )


def _older(connection: Connection, state: str, last: tuple[int, int]) -> list[_Old]:
    column = deliveries.c
    at_ms, last_id = last
    asked = (
        select(*(column[name] for name in _Old._fields))
        .where(
            column.state == state,
            column.settled_at_ms <= at_ms,
            or_(column.settled_at_ms < at_ms, and_(column.settled_at_ms == at_ms, column.id < last_id)),
        )
        .order_by(column.settled_at_ms.desc(), column.id.desc())
        .limit(_AT_ONCE)
    )
    return [_Old(*row) for row in connection.execute(asked)]


def _forget(connection: Connection, ids: Sequence[int], state: str) -> int:
    held = hold(connection, deliveries, ids)
    # An answer that comes after all may have settled it anew.
    gone = connection.execute(delete(deliveries).where(deliveries.c.id.in_(held), deliveries.c.state == state))
    return int(gone.rowcount)
