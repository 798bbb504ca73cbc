"""Writing a file whole or not at all: under another name first, synced, then renamed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["write_all", "write_whole"]

_Key = tuple[int, int]


# By the process's umask: a directory of records is there to be read by somebody else.
_BY_UMASK = 0o666


def write_all(files: Sequence[tuple[Path, bytes]], mode: int = _BY_UMASK) -> None:
    """Write all files or none. Raises ``OSError``; then those that this call made are gone, and those that were there before
    are not.
    """
    made: list[tuple[Path, _Key]] = []
    try:
        for target, data in files:
            key = write_whole(target, data, mode)
            made += [] if key is None else [(target, key)]
    except BaseException:
        for target, key in made:
            _remove(target, key)
        raise


def write_whole(target: Path, data: bytes, mode: int = _BY_UMASK) -> _Key | None:
    """Put ``data`` at ``target``. After it returns the file is complete under its name. Raises ``OSError``, leaving nothing.
    Returns what tells the file from others that get its name later; ``None`` where one had it before, or that is not known.

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
        key = _linked(beside, target)
        if key is None:
            beside.replace(target)
        else:
            beside.unlink(missing_ok=True)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return key


def _linked(beside: Path, target: Path) -> _Key | None:
    """Give the file its name as well, where no other has it and the file system knows links."""
    try:
        os.link(beside, target, follow_symlinks=False)
        return _key(target)
    except (OSError, NotImplementedError):
        return None


def _key(path: Path) -> _Key:
    found = path.lstat()
    return found.st_dev, found.st_ino


def _remove(path: Path, key: _Key) -> None:
    """Remove a file that is still the one of this key: another sender may have put the same records in its place."""
    try:
        if _key(path) == key:
            path.unlink()
    except OSError:
        return


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
