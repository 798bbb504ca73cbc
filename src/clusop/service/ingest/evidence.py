"""Which of two signals shows a problem better, and which is newer: total orders, so that no order of arrival matters. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.service.ingest.seen import SeenSignal

__all__ = ["NEWEST", "evidence_order", "newest_of", "newest_order"]

NEWEST = ("engine", "verdict", "action", "dbr", "cluster", "tags", "recommendation")
"""The columns of a problem that its newest signal tells."""


def evidence_order(signal: SeenSignal) -> tuple[int, int, bytes]:
    """The surest signal (recommendation leg), then the longest (task time), then the latest; then by its bytes."""
    return signal.rank, signal.end_at_ms, signal.line


def newest_of(signal: SeenSignal) -> tuple[str | int, ...]:
    """What a signal tells as the newest one, in the order of :data:`NEWEST`."""
    return (
        signal.engine,
        signal.verdict,
        signal.action,
        signal.dbr,
        signal.cluster,
        signal.tags,
        signal.recommendation,
    )


def newest_order(signal: SeenSignal) -> tuple[int, tuple[str | int, ...]]:
    """The signal that ends last; of several that end in the same ms the greatest in what it tells."""
    return signal.end_at_ms, newest_of(signal)
