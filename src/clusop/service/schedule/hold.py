"""A job done by hand: under the lease of the scheduled one, so that both never run at once."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.service.schedule.leases import rest_lease, take_resting_lease
from clusop.service.schedule.renewing import LEASE_MS, renewed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clusop.clock import Clock
    from clusop.service.store.database import Database

__all__ = ["hold_now"]


@contextmanager
def hold_now(database: Database, clock: Clock, name: str) -> Iterator[None]:
    """Hold the lease ``name``, whether or not its job was done lately. Raises ``InputError`` where somebody is at it."""
    holder = secrets.token_hex(8)

    def now_ms() -> int:
        return int(clock.now_at().timestamp() * 1000)

    def take() -> bool:
        at_ms = now_ms()
        return database.write(lambda connection: take_resting_lease(connection, name, holder, at_ms, at_ms + LEASE_MS))

    if not take():
        raise InputError(name, "is being done by clusop serve just now", "Wait a minute, then look at the page Bill.")
    try:
        with renewed(name, take):
            yield
    finally:
        database.write(lambda connection: rest_lease(connection, name, holder, now_ms()))
