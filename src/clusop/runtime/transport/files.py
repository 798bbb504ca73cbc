"""Records as immutable JSON-lines files in a directory: a Volume, a mount, any path."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.transport.outcome import Delivered, RetryLater
from clusop.runtime.transport.record_name import files_of
from clusop.runtime.transport.whole_file import write_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.runtime.transport.outcome import Outcome

__all__ = ["FileTransport"]


class FileTransport:
    """Writes each batch as one file, or one for each part without a gap. Sent twice it is the same: same names, same bytes."""

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)

    def send(self, lines: Sequence[str]) -> Outcome:
        """Write the files; they are delivered once all stand under their names. Where one cannot, none is left."""
        files = files_of(lines)
        if not files:
            return RetryLater(Reason("directory-unwritable", " (the batch has no identity)"))
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            write_all([(self._directory / name, data) for name, data in files])
        except OSError as error:
            return RetryLater(Reason("directory-unwritable", f" ({error.strerror or type(error).__name__})"))
        return Delivered(MappingProxyType({}))
