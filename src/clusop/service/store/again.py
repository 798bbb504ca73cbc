"""What is done once more, and how often: the one place that knows which transactions may well succeed the next time.

PostgreSQL breaks a transaction up where two wait for each other in a circle, or where one is too late for the view it has.
Nothing of it is stored then, so the whole unit of work is done again from its first statement, never a part of it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MOST_TRIES", "LostRaceError", "until_done"]

T = TypeVar("T")

MOST_TRIES = 7
"""In all, the first one among them."""
_PAUSE_S = 0.02
# serialization_failure, deadlock_detected.
_AGAIN = frozenset({"40001", "40P01"})


class LostRaceError(Exception):
    """Another transaction took a row away between two of our statements; all is to be done again."""


def until_done(once: Callable[[], T]) -> T:
    """What ``once`` gives, a whole transaction each time it is called. After the last try its fault is the caller's; any other
    fault is at once.
    """
    for tried in range(1, MOST_TRIES):
        try:
            return once()
        except (DBAPIError, LostRaceError) as error:
            if not _may_succeed(error):
                raise
        # Longer each time: whoever was in the way is to be through.
        time.sleep(_PAUSE_S * tried)
    return once()


def _may_succeed(error: DBAPIError | LostRaceError) -> bool:
    return isinstance(error, LostRaceError) or getattr(error.orig, "sqlstate", None) in _AGAIN
