"""Records on local disk while the endpoint does not answer: the same immutable files as the file sink writes, within a bound.

The dispatcher in the JVM writes and reads the same files. Two senders of one file do no harm: the aggregator knows what it has.
When the spool is full nothing more goes in; the records stay in the driver's ring, which drops and counts its oldest.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.drafts import remove_old_drafts
from clusop.runtime.transport.record_name import FILE_NAME, files_of
from clusop.runtime.transport.whole_file import write_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.clock import Clock

__all__ = ["Spool"]


class Spool:
    """A directory of waiting batches, at most ``most_bytes`` in all.

    What lies in it is sent under the customer's token. So it must be this user's own, and nobody else's to write to.
    """

    def __init__(self, directory: str, most_bytes: int, clock: Clock) -> None:
        self._directory = Path(directory)
        self._most_bytes = most_bytes
        self._clock = clock
        # As listed last, oldest at the end: an outage leaves thousands of files, not to be looked at for each of them.
        self._listed: list[Path] = []

    def put(self, lines: tuple[str, ...]) -> Reason | None:
        """Keep a batch; it is safe once this returns ``None``. Otherwise why it is not kept."""
        files = files_of(lines)
        if not files:
            return Reason("spool-unwritable", " (the batch has no identity)")
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_private():
                return Reason("spool-unwritable", " (others may write to it; it must be this user's own, mode 700)")
            new = dict(files)
            held_bytes = sum(size for path, size in _batches(self._entries()) if path.name not in new)
            if held_bytes + sum(map(len, new.values())) > self._most_bytes:
                return Reason("spool-full")
            write_all([(self._directory / name, data) for name, data in files], 0o600)
        except OSError as error:
            return Reason("spool-unwritable", f" ({error.strerror or type(error).__name__})")
        return None

    def oldest(self) -> tuple[Path, tuple[str, ...]] | None:
        """The batch that waits longest. A file that cannot be read is passed over, and one without a record forgotten."""
        if not self._listed and self._is_private():
            entries = self._entries()
            remove_old_drafts(entries, self._clock)
            self._listed = [path for path, _ in reversed(_batches(entries))]
        while self._listed:
            path = self._listed[-1]
            lines = self._read(path)
            if lines:
                return path, lines
            if lines is None:
                self._listed.pop()
            else:
                self.drop(path)
        return None

    def drop(self, path: Path) -> None:
        """Forget a batch that arrived. Where the file stays, it is sent again, and known."""
        if self._listed and self._listed[-1] == path:
            self._listed.pop()
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return

    def _read(self, path: Path) -> tuple[str, ...] | None:
        """The records in a file; ``None`` where it cannot be read, or is none: a pipe would hang, a link lead elsewhere."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode) or found.st_size > self._most_bytes:
                    return None
                text = file.read().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        return tuple(line for line in text.split("\n") if line)

    def _is_private(self) -> bool:
        try:
            found = self._directory.stat()
        except OSError:
            return False
        return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _entries(self) -> list[Path]:
        try:
            return list(self._directory.iterdir())
        except OSError:
            return []


def _batches(entries: Iterable[Path]) -> list[tuple[Path, int]]:
    """The waiting batches among ``entries`` with their bytes, oldest first. What is gone meanwhile, or is no file, is none."""
    found = []
    for path in entries:
        if FILE_NAME.fullmatch(path.name):
            try:
                told = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(told.st_mode):
                found.append((told.st_mtime_ns, path.name, path, told.st_size))
    return [(path, size) for _, _, path, size in sorted(found)]
