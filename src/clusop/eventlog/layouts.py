"""Layouts: how Spark and Databricks spread one application's log over files, and which faults that can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "databricks_parts",
    "is_databricks_part",
    "is_ignored",
    "is_rolling_part",
    "rolling_application",
    "rolling_in_progress",
    "rolling_parts",
]

_ROLLING = re.compile(r"^events_(?P<number>\d+)_(?P<app>.+)$")
_COMPACT = ".compact"
_DATABRICKS = re.compile(r"^eventlog(?:-(?P<stamp>\d{4}-\d{2}-\d{2}--\d{2}-\d{2}[\w-]*))?(?:\.\w+)?$")
_IGNORED_ENDINGS = (".crc", ".tmp", ".md5", ".sha256", "~")
_IGNORED_STARTS = (".", "_", "appstatus_")
_NEWEST = "~"
"""Sorts behind every time stamp."""


def is_ignored(name: str) -> bool:
    """Whether a name marks no log by convention: hidden, checksums, success marks, application status."""
    return name.startswith(_IGNORED_STARTS) or name.endswith(_IGNORED_ENDINGS)


def is_rolling_part(name: str) -> bool:
    """Whether a file is a part of one of Spark's rolling logs: ``events_N_<app>[_<attempt>][.codec][.compact]``."""
    return _ROLLING.match(name) is not None


def rolling_application(name: str) -> str:
    """The application (and attempt) a rolling part belongs to; Spark takes care that it holds no dot."""
    match = _ROLLING.match(name)
    return match["app"].partition(".")[0] if match else ""


def rolling_in_progress(names: Iterable[str]) -> bool:
    """Whether a rolling log's status file says that the application runs."""
    return any(name.startswith("appstatus_") and name.endswith(".inprogress") for name in names)


def rolling_parts(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Reason, ...]]:
    """The parts of one rolling log in order, and what is missing.

    Spark compacts old parts into ``events_N_….compact``, which stands for part N and all before it; the newest one counts.
    """
    numbered = sorted((_number(path), not path.name.endswith(_COMPACT), path.name, path) for path in paths)
    compacts = [number for number, is_plain, _, _ in numbered if not is_plain]
    newest = max(compacts, default=0)
    kept = [
        (number, path)
        for number, is_plain, _, path in numbered
        if number > newest or (number == newest and not is_plain)
    ]
    numbers = [number for number, _ in kept]
    start = newest or 1
    missing = sorted(set(range(start, max(numbers, default=start) + 1)) - set(numbers))
    return tuple(path for _, path in kept), tuple(_missing_numbers(missing))


def _missing_numbers(missing: Sequence[int]) -> Iterable[Reason]:
    if missing:
        shown = ", ".join(str(number) for number in missing[:5]) + (", …" if len(missing) > len(missing[:5]) else "")
        yield Reason("missing-log-part", f": number {shown}")


def _number(path: Path) -> int:
    match = _ROLLING.match(path.name)
    return int(match["number"]) if match else 0


def is_databricks_part(name: str) -> bool:
    """Whether a file is a part of a log as Databricks delivers it: ``eventlog`` or ``eventlog-YYYY-MM-DD--HH-MM.gz``."""
    return _DATABRICKS.match(name) is not None


def databricks_parts(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Reason, ...]]:
    """The parts of one Databricks log by time, ``eventlog`` (the newest, which still grows) last."""
    ordered = tuple(sorted(paths, key=lambda path: (_stamp(path), path.name)))
    if ordered and _stamp(ordered[-1]) != _NEWEST:
        return ordered, (Reason("missing-log-part", ": the newest one, named eventlog"),)
    return ordered, ()


def _stamp(path: Path) -> str:
    match = _DATABRICKS.match(path.name)
    return (match["stamp"] or _NEWEST) if match else _NEWEST
