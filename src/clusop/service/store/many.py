"""One statement for many rows. On SQLite the rows go to the driver as they are: SQLAlchemy's care for each costs more than the
insert itself, and these rows hold plain integers, texts and bytes only.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from clusop.service.store.changes import note_change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.sql.dml import UpdateBase

__all__ = ["Many"]

_Row = tuple[object, ...]


class Many:
    """A statement over rows whose values stand in the order of ``names``. It is put into words once."""

    def __init__(self, statement: UpdateBase, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._words: tuple[str, Callable[[_Row], Any] | None] | None = None  # Any: what the driver takes

    def run(self, connection: Connection, rows: Sequence[_Row]) -> None:
        """Run it for all rows; for none it does nothing."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, [dict(zip(self._names, row, strict=True)) for row in rows])
            return
        if self._words is None:
            compiled = self._statement.compile(dialect=connection.dialect, column_keys=list(self._names))
            places = [self._names.index(name) for name in compiled.positiontup or ()]
            in_order = places == list(range(len(self._names)))
            self._words = (str(compiled), None if in_order else itemgetter(*places))
        words, placed = self._words
        note_change(connection, self._statement)
        connection.exec_driver_sql(words, list(rows if placed is None else map(placed, rows)))
