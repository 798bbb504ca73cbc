"""One statement for many rows. On SQLite the rows go to the driver as they are: SQLAlchemy's care for each costs more than the
insert itself, and these rows hold plain integers, texts and bytes only.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.sql.dml import UpdateBase

__all__ = ["Many"]


class Many:
    """A statement over rows that all have the keys ``names``. It is put into words once."""

    def __init__(self, statement: UpdateBase, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._words: tuple[str, itemgetter[Any]] | None = None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Run it for all rows; for none it does nothing."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, rows)
            return
        if self._words is None:
            compiled = self._statement.compile(dialect=connection.dialect, column_keys=self._names)
            self._words = (str(compiled), itemgetter(*(compiled.positiontup or ())))
        words, values = self._words
        connection.exec_driver_sql(words, [values(row) for row in rows])
