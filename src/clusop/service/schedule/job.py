"""A job of the service: its name is the name of its lease."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.service.store.database import Database

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` is given the database and the time; it is called every ``every_ms`` by whichever replica holds the lease.

    It must bear being ended anywhere and begun again: a lease protects against doing work twice at a time, not against a
    crash in the middle.
    """

    name: str
    every_ms: int
    run: Callable[[Database, int], None]
