"""The file of a new SQLite database: its owner's alone, wherever it lies. It holds hashes of tokens and what jobs cost."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

__all__ = ["make_private"]

_PRIVATE = 0o600


def make_private(url: URL) -> None:
    """Make the file if there is none, empty, which is a database to SQLite. The files that SQLite lays beside it are as readable
    as it is. One that is there stays as its owner wants it; where it cannot be made, SQLite says why.
    """
    path = url.database or ""
    if path.startswith("file:"):
        # SQLite's own form of an address.
        path = unquote(urlsplit(path).path)
    # Never one that is there: closing it would take away the locks that this process has on it.
    with suppress(OSError, ValueError):
        os.close(os.open(os.path.realpath(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
