"""A group of batches in one transaction: sort out what is new, store it, roll it up, and say what became of each record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.service.ingest.agent_rows import write_agents
from clusop.service.ingest.hours import take_hours
from clusop.service.ingest.late import late_days
from clusop.service.ingest.rollup import roll_up
from clusop.service.ingest.seen import SeenSignal, SeenState
from clusop.service.ingest.sorting import sort_batches
from clusop.service.ingest.told_live import beside, leave_out
from clusop.service.resolver.exposure_days import correct_exposure
from clusop.service.store.facts import count_up
from clusop.service.store.many import Many
from clusop.service.store.tables.agents import LOG, other_records
from clusop.service.store.tables.problems import signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from clusop.service.ingest.batch import Batch
    from clusop.service.ingest.limits import Limits
    from clusop.service.ingest.problem_rows import ProblemKey
    from clusop.service.ingest.receipt import Receipt
    from clusop.service.ingest.sorting import Taken

__all__ = ["REFUSED_FACT", "apply_batches"]

REFUSED_FACT = "refused:"
"""Counters of refused records are called so, with the reason behind."""


def apply_batches(connection: Connection, batches: Sequence[Batch], now_ms: int, limits: Limits) -> list[Receipt]:
    """Apply ``batches``; their receipts, in order. True only once the transaction around it is committed.

    Raises ``LostRaceError`` where it is to be done again.
    """
    found = sort_batches(connection, batches, now_ms, limits)
    for record, agent, source in found.taken:
        agent.take_source(source)
        if isinstance(record, SeenState):
            agent.take_state(record, source)
        elif isinstance(record, SeenSignal):
            agent.signal_count += 1
        if not agent.cluster:
            agent.cluster = record.cluster
    known = beside(connection, found.taken)
    problem_ids = roll_up(connection, found.taken, found.agents.values(), known.problem_ids, now_ms)
    _store(connection, found.taken, problem_ids, now_ms)
    left_out = leave_out(connection, found.taken, problem_ids, known)
    take_hours(connection, found.taken)
    write_agents(connection, found.agents.values(), now_ms)
    # After the agents: a signal that does not name its cluster is of its agent's.
    correct_exposure(connection, late_days(found.taken, problem_ids, left_out, now_ms))
    # Last: every group counts here, and a row is locked until its transaction ends.
    count_up(connection, {f"{REFUSED_FACT}{reason}": count for reason, count in found.refusals.items()})
    return found.receipts


def _store(connection: Connection, taken: Sequence[Taken], problem_ids: dict[ProblemKey, int], now_ms: int) -> None:
    rows: list[tuple[object, ...]] = []
    others: list[tuple[object, ...]] = []
    for record, agent, source in taken:
        if isinstance(record, SeenSignal):
            rows.append(
                (
                    agent.id,
                    record.sequence,
                    problem_ids[record.workspace, record.signature],
                    now_ms,
                    record.start_at_ms,
                    record.end_at_ms,
                    record.content_hash,
                    record.line,
                    source == LOG,
                )
            )
        else:
            others.append((agent.id, record.sequence, record.content_hash))
    _SIGNALS.run(connection, rows)
    _OTHERS.run(connection, others)


_SIGNALS = Many(
    signals.insert(),
    (
        "agent_id", "sequence", "problem_id", "arrived_at_ms", "start_at_ms", "end_at_ms", "content_hash", "line",
        "is_offline",
    ),
)  # fmt: skip
_OTHERS = Many(other_records.insert(), ("agent_id", "sequence", "content_hash"))
