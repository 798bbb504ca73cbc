"""What SQLite does for a page, counted and not timed: statements, rows fetched, and steps of its virtual machine.

A step is the same on every machine. Steps tell of rows that a query passes over without handing them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from claims import Claim
from page_list import STEADY

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.service.store.database import Database
    from page_list import Growth

__all__ = ["Answers", "Tally", "Work", "judged", "watched"]

_STEPS_AT_ONCE = 100
_MOST_STATEMENTS = 25
# A list that is cut at 50 or 200 rows may fill up as data come; a search for their places takes a step or two more.
_ROWS_FREE, _STEPS_FREE = 400, 20_000


@dataclass(frozen=True, slots=True)
class Work:
    """Of one request."""

    statements: int
    rows: int
    steps: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one page: its first answer, and a later one."""

    first: Work
    later: Work


@dataclass(slots=True)
class Tally:
    """Counts since the start; :meth:`work_of` tells what one call adds."""

    statements: int = 0
    rows: int = 0
    steps: int = 0

    def work_of(self, ask: Callable[[], object]) -> Work:
        """What the database did while ``ask`` ran."""
        before = (self.statements, self.rows, self.steps)
        ask()
        return Work(self.statements - before[0], self.rows - before[1], self.steps - before[2])


def watched(database: Database) -> Tally:
    """Count from here on."""
    tally = Tally()

    def stepped() -> int:
        tally.steps += _STEPS_AT_ONCE
        return 0

    def fetched(_cursor: object, row: tuple[object, ...]) -> tuple[object, ...]:
        tally.rows += 1
        return row

    @event.listens_for(database.engine, "connect")
    def _opened(connection: Any, _record: object) -> None:  # Any: the driver's connection
        connection.set_progress_handler(stepped, _STEPS_AT_ONCE)
        connection.row_factory = fetched

    @event.listens_for(database.engine, "before_cursor_execute")
    def _asked(_connection: object, _cursor: object, words: str, *_rest: object) -> None:
        tally.statements += not words.startswith("BEGIN")

    # Those that were opened before know nothing of this.
    database.engine.dispose()
    return tally


def judged(page: str, small: Answers, large: Answers, growth: Growth = STEADY) -> list[Claim]:
    """Of a page with a tenth of the time, and with all of it: its first answer, which makes what is kept, and a later one."""
    claims: list[Claim] = []
    for which, of, more, most_statements in (
        ("", "later", growth.later, _MOST_STATEMENTS),
        (" of the first answer", "first", growth.first, 2 * _MOST_STATEMENTS),
    ):
        before, after = getattr(small, of), getattr(large, of)
        # Lines that are all asked for are read in steps, so many in each.
        most = max(most_statements, before.statements * more) if growth.why else most_statements
        claims += [
            Claim.at_most(f"{page}: statements{which}", after.statements, most),
            Claim.at_most(f"{page}: rows fetched{which}", after.rows, before.rows * more + _ROWS_FREE),
            Claim.at_most(f"{page}: steps{which}", after.steps, before.steps * more + _STEPS_FREE),
        ]
    return claims
