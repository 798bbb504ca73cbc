"""What an export tells, written down whole before its first byte leaves: it is of one state of the database, which is not held
for as long as a reader thinks.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["set_aside"]

# Beyond this it lies in a file that has no name.
_IN_MEMORY_BYTES = 1 << 20
_AT_ONCE = 1 << 16


def set_aside(parts: Iterable[str]) -> Iterator[bytes]:
    """``parts`` one after another, all taken before this returns."""
    told = _told(parts)
    next(told)
    return told


def _told(parts: Iterable[str]) -> Iterator[bytes]:
    # Closed at its end, or when whoever reads lets go of it before.
    with SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
        for part in parts:
            file.write(part.encode())
        file.seek(0)
        yield b""
        while block := file.read(_AT_ONCE):
            yield block
