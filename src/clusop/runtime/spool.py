"""Records on local disk while the endpoint does not answer: the same immutable files as the file sink writes, within a bound.

The dispatcher in the JVM writes and reads the same files. Two senders of one file do no harm: the aggregator knows what it has.
When the spool is full nothing more goes in; the records stay in the driver's ring, which drops and counts its oldest.
"""

from __future__ import annotations

from pathlib import Path

from clusop.reasons import Reason
from clusop.runtime.transport.record_name import FILE_NAME, batch_name
from clusop.runtime.transport.whole_file import write_whole

__all__ = ["Spool"]


class Spool:
    """A directory of waiting batches, at most ``most_bytes`` in all."""

    def __init__(self, directory: str, most_bytes: int) -> None:
        self._directory = Path(directory)
        self._most_bytes = most_bytes

    def put(self, lines: tuple[str, ...]) -> Reason | None:
        """Keep a batch; it is safe once this returns ``None``. Otherwise why it is not kept."""
        data = ("\n".join(lines) + "\n").encode("utf-8")
        name = batch_name(lines)
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            held_bytes = sum(path.stat().st_size for path in self._files() if path.name != name)
            if not name or held_bytes + len(data) > self._most_bytes:
                return Reason("spool-full")
            write_whole(self._directory / name, data)
        except OSError as error:
            return Reason("spool-unwritable", f" ({error.strerror or type(error).__name__})")
        return None

    def oldest(self) -> tuple[Path, tuple[str, ...]] | None:
        """The batch that waits longest. A file that cannot be read is passed over."""
        for path in self._files():
            try:
                if path.stat().st_size > self._most_bytes:
                    continue
                text = path.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            return path, tuple(line for line in text.split("\n") if line)
        return None

    def drop(self, path: Path) -> None:
        """Forget a batch that arrived. Where the file stays, it is sent again, and known."""
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return

    def _files(self) -> list[Path]:
        try:
            found = [path for path in self._directory.iterdir() if FILE_NAME.fullmatch(path.name)]
            return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))
        except OSError:
            return []
