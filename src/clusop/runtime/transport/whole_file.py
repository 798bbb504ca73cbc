"""Writing a file whole or not at all: under another name first, synced, then renamed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_whole"]


# By the process's umask: a directory of records is there to be read by somebody else.
_BY_UMASK = 0o666


def write_whole(target: Path, data: bytes, mode: int = _BY_UMASK) -> None:
    """Put ``data`` at ``target``. After it returns the file is complete under its name. Raises ``OSError``, leaving nothing.

    The temporary name begins with a dot: readers of a directory of JSON lines skip it. Nobody can guess it, and it must be new:
    a link planted under it would have a driver that is root overwrite what the link leads to.
    """
    beside = target.with_name(f".{target.name}.{os.urandom(8).hex()}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable where the file system can: a Volume cannot open its directories."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)
