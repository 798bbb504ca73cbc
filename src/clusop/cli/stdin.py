"""Standard input as a file: event logs are read by path, so what is piped in is spooled first."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STDIN", "spooled_stdin"]

STDIN = "-"
"""What a person writes for standard input."""


@contextmanager
def spooled_stdin() -> Iterator[str]:
    """The path of a temporary file with all of standard input in it; it is gone afterwards."""
    if sys.stdin.isatty():
        sys.stderr.write("clusop: reading from the terminal; end the input with Ctrl-D on a line of its own.\n")
    with tempfile.TemporaryDirectory(prefix="clusop-") as directory:
        path = Path(directory) / "stdin"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield str(path)
