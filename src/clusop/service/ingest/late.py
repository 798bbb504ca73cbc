"""Days that the bill may have told already as signals of them come, or leave the sums: what it replaces has to follow. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.service.ingest.limits import MS_PER_DAY
from clusop.service.ingest.seen import SeenSignal
from clusop.service.resolver.draft import SETTLED_MS
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clusop.service.ingest.problem_rows import ProblemKey
    from clusop.service.ingest.sorting import Taken

__all__ = ["late_days"]


def late_days(
    taken: Iterable[Taken],
    problem_ids: Mapping[ProblemKey, int],
    left_out: Iterable[tuple[int, tuple[int, int]]],
    now_ms: int,
) -> dict[tuple[int, int], tuple[int, int]]:
    """By problem and UTC day of their end the first start and the last end of signals that just came or were taken out of the
    sums, where they begin so long ago that an hour of theirs may be settled. The bill tells no younger one.
    """
    spans = [
        (problem_ids[signal.workspace, signal.signature], (signal.start_at_ms, signal.end_at_ms))
        for signal, _, _ in taken
        if isinstance(signal, SeenSignal)
    ]
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for problem_id, (start_at_ms, end_at_ms) in (*spans, *left_out):
        if now_ms - start_at_ms // MS_PER_HOUR * MS_PER_HOUR < SETTLED_MS:
            continue
        key = (problem_id, end_at_ms // MS_PER_DAY)
        first_ms, last_ms = found.get(key, (start_at_ms, end_at_ms))
        found[key] = (min(first_ms, start_at_ms), max(last_ms, end_at_ms))
    return found
