"""The encoding of a PostgreSQL database: names and reasons are of any script, so only UTF8 will do."""

from __future__ import annotations

from typing import Any

from clusop.errors import InputError

__all__ = ["check_encoding"]

_NEEDED = "UTF8"


def check_encoding(connection: Any, _record: object = None) -> None:  # Any: psycopg's connection, an optional package
    """Raise ``InputError`` where the server says that the database keeps texts in another encoding.

    As it connects the server tells it by itself: no query is needed, whose answer might not be readable already.
    """
    told = connection.info.parameter_status("server_encoding")
    if told and told != _NEEDED:
        connection.close()
        raise InputError(
            "database",
            f"keeps texts in the encoding {told}, and clusop needs {_NEEDED}",
            "Make another for it: createdb --encoding=UTF8 --template=template0 clusop.",
        )
