"""Event logs: found, decoded, and replayed into an application (:func:`locate`, then :func:`read_application`)."""

from __future__ import annotations

from clusop.eventlog.locate import locate
from clusop.eventlog.replay import read_application
from clusop.eventlog.sniff import looks_like_event_log
from clusop.eventlog.source import Candidate, LogPart, LogSource, NotLocated

__all__ = [
    "Candidate",
    "LogPart",
    "LogSource",
    "NotLocated",
    "locate",
    "looks_like_event_log",
    "read_application",
]
