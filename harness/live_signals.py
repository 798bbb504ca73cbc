"""Reads the records an armed script left in a directory, and shows its signals as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.records import AgentState, Signal, read_record
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Left", "left_in", "table_of"]

_HEAD = ("signal", "verdict", "cause", "operator", "task time", "share", "confidence", "runs")


@dataclass(frozen=True, slots=True)
class Left:
    """The records of one agent: its signals in sequence, its last account of itself (``None``: it left none), and in one
    sentence each what is wrong with the files.
    """

    signals: Sequence[Signal]
    state: AgentState | None
    faults: Sequence[str]

    @property
    def losses(self) -> Mapping[str, int]:
        """What the agent says it had to drop, by reason."""
        return {} if self.state is None else self.state.losses


def left_in(folder: Path) -> Left:
    """All records below ``folder``."""
    faults: list[str] = []
    signals: list[Signal] = []
    states: list[AgentState] = []
    numbers: Counter[tuple[str, int]] = Counter()
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            record = read_record(line)
            if isinstance(record, Reason):
                faults.append(f"{file.name}: {record.sentence}")
                continue
            numbers[record.agent, record.sequence] += 1
            if isinstance(record, Signal):
                signals.append(record)
            elif isinstance(record, AgentState):
                states.append(record)
    faults += [f"record {number} is there {times} times" for (_, number), times in numbers.items() if times > 1]
    agents = {agent for agent, _ in numbers}
    if len(agents) > 1:
        faults.append(f"{len(agents)} agents wrote, and one JVM ran")
    if numbers and (missing := max(number for _, number in numbers) - len(numbers)) and len(agents) == 1:
        faults.append(f"{missing} sequence numbers are missing")
    if not states:
        faults.append("the agent left no account of itself")
    last = max(states, key=lambda state: state.sequence, default=None)
    return Left(sorted(signals, key=lambda signal: signal.sequence), last, faults)


def table_of(signals: Sequence[Signal]) -> list[str]:
    """The signals as lines of aligned columns: the shares are of the task time of the runs gathered."""
    rows = [_HEAD, *map(_row, signals)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(signal: Signal) -> tuple[str, ...]:
    first = signal.findings[0]
    share = (
        first.time_reason
        if first.time_ratio is None
        else f"{'≤ ' if first.is_upper_bound else ''}{first.time_ratio:.0%}"
    )
    time = "unknown" if signal.time.run_ms is None else f"{signal.time.run_ms / 1000:.1f} s"
    sure = signal.confidence.diagnosis
    more = f" +{len(signal.findings) - 1}" if len(signal.findings) > 1 else ""
    return (
        signal.signature[:8],
        signal.verdict,
        signal.cause + more,
        first.operator,
        time,
        share,
        f"{sure.level} {sure.score:.2f}",
        str(signal.runs),
    )
