"""What the store needs of a record: flat, ready for rows, with the hash of its bytes. Everything else stays in the line."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

__all__ = ["SUMS", "Seen", "SeenHour", "SeenSignal", "SeenState", "Unpacked"]

SUMS = (
    "signal_count",
    "run_count",
    "run_ms",
    "island_ms",
    "island_unknown_runs",
    "hours_pico",
    "hours_unknown_runs",
    "exposure_low_microusd",
    "exposure_high_microusd",
    "exposure_unpriced_runs",
    "avoidable_low_microusd",
    "avoidable_high_microusd",
    "capacity_low_microusd",
    "capacity_high_microusd",
    "avoidable_unpriced_runs",
)
"""The columns of ``tables.problems.sums``, in the order in which :attr:`SeenSignal.sums` holds them."""


class SeenSignal(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="signal"):
    """A signal. ``tags`` is JSON; ``recommendation`` counts ten-thousandths; ``rank`` orders signals as evidence.
    ``operator`` and ``is_upper_bound`` are those of its own finding.
    """

    workspace: str
    agent: str
    sequence: int
    content_hash: bytes
    start_at_ms: int
    line: bytes
    cluster: str
    workload: str
    task_key: str
    signature: str
    end_at_ms: int
    cause: str
    operator: str
    family: str
    occurrence: int
    is_upper_bound: bool
    engine: str
    verdict: str
    action: str
    dbr: str
    tags: str
    recommendation: int
    rank: int
    sums: tuple[int, ...]

    @property
    def told_at_ms(self) -> int:
        """The record's own time, by which it is too old or not."""
        return self.start_at_ms

    @property
    def latest_at_ms(self) -> int:
        """The latest time it tells of."""
        return self.end_at_ms


class SeenHour(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="usage-hour"):
    """An hour of a cluster; ``start_at_ms`` is its beginning, ``slots_by_node_type`` JSON."""

    workspace: str
    agent: str
    sequence: int
    content_hash: bytes
    start_at_ms: int
    cluster: str
    revision: int
    slots_by_node_type: str
    slot_ms: int
    busy_ms: int
    native_ms: int | None
    non_sql_ms: int
    failed_ms: int
    lost_ms: int
    armed_since_at_ms: int

    @property
    def told_at_ms(self) -> int:
        """The record's own time."""
        return self.start_at_ms

    @property
    def latest_at_ms(self) -> int:
        """The latest time it tells of."""
        return max(self.start_at_ms, self.armed_since_at_ms)


class SeenState(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="agent-state"):
    """An agent's account of itself; ``start_at_ms`` is the agent's start. ``shape`` to ``unknown`` are JSON.

    What it is judged by is when it was written: a cluster may be up for longer than anything is kept.
    """

    workspace: str
    agent: str
    sequence: int
    content_hash: bytes
    start_at_ms: int
    at_ms: int
    armed_since_at_ms: int
    cluster: str
    compute: str
    workload: str
    task_key: str
    clusop: str
    spark: str
    scala: str
    java: str
    dbr: str
    image: str
    engine: str
    shape: str
    doors: str
    losses: str
    executions: str
    unknown: str
    late_armed: int
    breaker: str
    off: str
    is_final: bool

    @property
    def told_at_ms(self) -> int:
        """The record's own time."""
        return self.at_ms

    @property
    def latest_at_ms(self) -> int:
        """The latest time it tells of."""
        return max(self.at_ms, self.start_at_ms, self.armed_since_at_ms)


Seen: TypeAlias = SeenSignal | SeenHour | SeenState


class Unpacked(msgspec.Struct, frozen=True, array_like=True):
    """What became of a parcel: records and refusals, or (``status`` above 0) why it is refused as a whole.

    Where ``places`` has the lines' numbers, the signals come without their lines: whoever asked has them.
    """

    seen: list[SeenSignal | SeenHour | SeenState]
    refused: list[tuple[str, int, str, str]]
    places: list[int] = msgspec.field(default_factory=list)
    status: int = 0
    reason: str = ""
    sentence: str = ""
