"""Locate: from a path to the event logs under it, or to a list of what was looked at and why it is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clusop.eventlog.layouts import (
    databricks_parts,
    is_databricks_part,
    is_ignored,
    is_rolling_part,
    rolling_application,
    rolling_in_progress,
    rolling_parts,
)
from clusop.eventlog.sniff import EMPTY, UNDECODED, sniff_file
from clusop.eventlog.source import Candidate, LogPart, LogSource, NotLocated
from clusop.reasons import Reason

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

__all__ = ["MAX_DEPTH", "MAX_ENTRIES", "locate"]

MAX_DEPTH = 16
"""Directories nested deeper are not entered."""
MAX_ENTRIES = 200_000
"""After so many directory entries the search ends."""
_MAX_TRIED = 100
_INPROGRESS = ".inprogress"
_ORDERS: dict[str, Callable[[Sequence[Path]], tuple[tuple[Path, ...], tuple[Reason, ...]]]] = {
    "rolling": rolling_parts,
    "databricks": databricks_parts,
}


def locate(path: str | os.PathLike[str]) -> tuple[LogSource, ...] | NotLocated:
    """The event logs at ``path``: a file, a rolling or Databricks directory, or a directory of many, searched in name order.

    Each directory is entered once, whatever links lead to it. Never raises for what lies on the disk.
    """
    start = Path(path)
    try:
        if start.is_dir():
            return _Search().run(start)
        if start.is_file():
            return _single(start)
        exists = start.exists()
    except (OSError, ValueError) as error:
        return NotLocated(Reason("unreadable-file", f": {start} ({error})"))
    if exists:
        return NotLocated(Reason("unreadable-file", f": {start} is neither a file nor a directory"))
    hint = "; copy the log to a local path first" if ":/" in str(path) else ""
    return NotLocated(Reason("not-found", f": {start}{hint}"))


def _single(path: Path) -> tuple[LogSource, ...] | NotLocated:
    found = _part(path)
    if isinstance(found, Reason):
        return NotLocated(found, (Candidate(path, found),))
    return (_file_source(found, _single_of_many(path)),)


def _single_of_many(path: Path) -> tuple[Reason, ...]:
    """A part of a spread log named by itself can be read, but the rest of the application is not in it."""
    alike = (
        is_rolling_part if is_rolling_part(path.name) else is_databricks_part if is_databricks_part(path.name) else None
    )
    if alike is None:
        return ()
    try:
        siblings = [entry.name for entry in path.parent.iterdir() if entry.name != path.name and alike(entry.name)]
    except OSError:
        return ()
    if not siblings:
        return ()
    return (
        Reason("missing-log-part", f": {path.name} is one of {len(siblings) + 1} parts; give their directory instead"),
    )


def _file_source(part: LogPart, problems: tuple[Reason, ...] = ()) -> LogSource:
    return LogSource(part.path, "file", (part,), in_progress=part.path.name.endswith(_INPROGRESS), problems=problems)


def _part(path: Path) -> LogPart | Reason:
    codec = sniff_file(path)
    if isinstance(codec, Reason):
        return codec
    return LogPart(path, codec, _size_bytes(path))


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone since it was sniffed; the reader will say so
        return 0


class _Search:
    """One walk over a directory tree; never follows a loop of links, because no directory is entered twice."""

    def __init__(self) -> None:
        self._sources: list[LogSource] = []
        self._tried: list[Candidate] = []
        self._tried_count = 0
        self._seen: set[tuple[int, int]] = set()
        self._entry_count = 0

    def run(self, start: Path) -> tuple[LogSource, ...] | NotLocated:
        """Walk from ``start``."""
        stack: list[tuple[Path, int]] = [(start, 0)]
        while stack and self._entry_count < MAX_ENTRIES:
            directory, depth = stack.pop()
            below = self._enter(directory)
            if depth >= MAX_DEPTH:
                for child in below:
                    self._reject(child, Reason("no-logs-here", f": more than {MAX_DEPTH} levels down"))
            else:
                stack.extend((child, depth + 1) for child in reversed(below))
        if stack:
            self._reject(stack[-1][0], Reason("no-logs-here", f": the search ended after {MAX_ENTRIES} entries"))
        if self._sources:
            return tuple(self._sources)
        return NotLocated(
            Reason("no-logs-here", f": {start}; {self._tried_count} files were tried"), tuple(self._tried)
        )

    def _enter(self, directory: Path) -> list[Path]:
        """Take in the logs of one directory; returns the directories below."""
        try:
            status = directory.stat()
            if (status.st_dev, status.st_ino) in self._seen:
                return []
            self._seen.add((status.st_dev, status.st_ino))
            entries = sorted(directory.iterdir())
        except OSError as error:
            self._reject(directory, Reason("unreadable-file", f": {error.strerror or error}"))
            return []
        self._entry_count += len(entries)
        below: list[Path] = []
        files: list[Path] = []
        for entry in entries:
            if entry.is_dir():
                if not entry.name.startswith("."):
                    below.append(entry)
            elif is_ignored(entry.name):
                continue
            elif entry.is_file():  # a pipe would be waited for
                files.append(entry)
            else:
                self._reject(entry, Reason("unreadable-file", ": neither a file nor a directory"))
        self._take_files(directory, files, in_progress=rolling_in_progress(entry.name for entry in entries))
        return below

    def _take_files(self, directory: Path, files: Sequence[Path], *, in_progress: bool) -> None:
        spread: dict[tuple[str, str], list[Path]] = {}
        for path in files:
            if is_rolling_part(path.name):
                spread.setdefault(("rolling", rolling_application(path.name)), []).append(path)
            elif is_databricks_part(path.name):
                spread.setdefault(("databricks", ""), []).append(path)
            else:
                self._take_file(path)
        for (layout, _), paths in spread.items():
            self._take_spread(directory, layout, paths, in_progress=in_progress and layout == "rolling")

    def _take_file(self, path: Path) -> None:
        part = _part(path)
        if isinstance(part, Reason):
            self._reject(path, part)
        else:
            self._sources.append(_file_source(part))

    def _take_spread(self, directory: Path, layout: str, paths: Sequence[Path], *, in_progress: bool) -> None:
        ordered, problems = _ORDERS[layout](paths)
        parts: list[LogPart] = []
        for path in ordered:
            part = _part(path)
            if isinstance(part, LogPart):
                parts.append(part)
            elif part.detail in {EMPTY, UNDECODED} and path == ordered[-1]:
                continue  # just rolled over: nothing was written to it yet
            else:
                self._reject(path, part)
                problems = (*problems, Reason("missing-log-part", f": {path.name} cannot be used. {part.sentence}"))
        if parts:
            self._sources.append(LogSource(directory, layout, tuple(parts), in_progress, problems))
        else:
            self._reject(directory, Reason("no-event-log", ": none of its parts can be used"))

    def _reject(self, path: Path, why: Reason) -> None:
        self._tried_count += 1
        if len(self._tried) < _MAX_TRIED:
            self._tried.append(Candidate(path, why))
