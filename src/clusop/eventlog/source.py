"""What was found where: one source per application's log, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from clusop.eventlog.codecs import Codec
    from clusop.reasons import Reason

__all__ = ["Candidate", "LogPart", "LogSource", "NotLocated"]


@dataclass(frozen=True, slots=True)
class LogPart:
    """One file of a log, its true codec and its size on disk."""

    path: Path
    codec: Codec
    size_bytes: int


@dataclass(frozen=True, slots=True)
class LogSource:
    """The log of one application: its parts in the order of time.

    ``path`` is what a person would name: the file, or the directory of a rolling log. ``layout`` is ``file``, ``rolling``
    (Spark) or ``databricks``. ``problems`` are faults of the layout, such as a missing part.
    """

    path: Path
    layout: str
    parts: tuple[LogPart, ...]
    in_progress: bool = False
    problems: tuple[Reason, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Size on disk of all parts."""
        return sum(part.size_bytes for part in self.parts)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that was looked at and is no log, and why."""

    path: Path
    why: Reason


@dataclass(frozen=True, slots=True)
class NotLocated:
    """No log was found. ``tried`` names everything looked at (the first hundred), each with its reason."""

    reason: Reason
    tried: tuple[Candidate, ...] = ()
