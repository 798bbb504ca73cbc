"""The problems of a group of signals: found or made, locked in the order of their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import select

from clusop.service.ingest.evidence import NEWEST
from clusop.service.ingest.seen import SUMS
from clusop.service.store.again import LostRaceError
from clusop.service.store.tables.problems import problems
from clusop.service.store.upsert import chunks, inserting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from clusop.service.ingest.seen import SeenSignal

__all__ = [
    "IDENTITY",
    "SEEN",
    "ProblemKey",
    "ProblemRow",
    "held_problems",
    "identity_of",
    "identity_told",
    "newest_told",
    "sums_told",
]

ProblemKey = tuple[str, str]
"""Workspace and signature."""
ProblemRow: TypeAlias = "Row[Any]"
"""A locked row, with the columns that ingest needs, by name."""


def held_problems(
    connection: Connection, groups: Mapping[ProblemKey, Sequence[SeenSignal]], others: Iterable[int], now_ms: int
) -> dict[ProblemKey, ProblemRow]:
    """The rows of the problems, locked. ``others`` are ids to be locked with them. Raises ``LostRaceError``.

    A row just made has no signals yet: that is how it is told from the others.
    """
    known = {(row.workspace, row.signature): row.id for row in _ids(connection, groups)}
    missing = sorted(groups.keys() - known.keys())
    if missing:
        made = [_made(key, groups[key], now_ms) for key in missing]
        connection.execute(inserting(connection, problems).on_conflict_do_nothing(), made)
        known.update({(row.workspace, row.signature): row.id for row in _ids(connection, missing)})
    if len(known) < len(groups):
        raise LostRaceError
    by_id: dict[int, ProblemRow] = {}
    for chunk in chunks(sorted({*known.values(), *others})):
        # Its key never changes: lines of the bill and messages, which name it, need not wait for the batch.
        asked = _COLUMNS.where(problems.c.id.in_(chunk)).order_by(problems.c.id).with_for_update(key_share=True)
        for row in connection.execute(asked).all():
            by_id[row.id] = row
    if not by_id.keys() >= set(known.values()):
        raise LostRaceError
    return {key: by_id[row_id] for key, row_id in known.items()}


IDENTITY = ("workload", "task_key", "family", "occurrence")
"""The columns that all signals of one signature agree in. Should an agent contradict itself, the smallest counts."""
SEEN = ("causes", "operators", "is_upper_bound")
"""The columns of a problem that all its signals tell together."""
_NAMES = (
    "id", "first_seen_at_ms", "last_seen_at_ms", *SUMS, *NEWEST, *SEEN, *IDENTITY, "compute", "compute_at_ms",
    "evidence_rank", "evidence_at_ms", "state", "state_since_at_ms",
)  # fmt: skip
_COLUMNS = select(*(problems.c[name] for name in _NAMES))
_SUMS_FROM = _NAMES.index(SUMS[0])
_NEWEST_FROM = _NAMES.index(NEWEST[0])
_IDENTITY_FROM = _NAMES.index(IDENTITY[0])


def sums_told(row: ProblemRow) -> tuple[int, ...]:
    """The sums of a row, in the order of ``SUMS``."""
    return tuple(row[_SUMS_FROM : _SUMS_FROM + len(SUMS)])


def newest_told(row: ProblemRow) -> tuple[str | int, ...]:
    """What a row's newest signal told, in the order of ``NEWEST``."""
    return tuple(row[_NEWEST_FROM : _NEWEST_FROM + len(NEWEST)])


def identity_told(row: ProblemRow) -> tuple[str | int, ...]:
    """A row's, in the order of ``IDENTITY``."""
    return tuple(row[_IDENTITY_FROM : _IDENTITY_FROM + len(IDENTITY)])


def identity_of(signals: Iterable[SeenSignal]) -> tuple[str | int, ...]:
    """That of many signals."""
    return min((one.workload, one.task_key, one.family, one.occurrence) for one in signals)


def _made(key: ProblemKey, group: Sequence[SeenSignal], now_ms: int) -> dict[str, object]:
    return {
        "workspace": key[0],
        "signature": key[1],
        **dict(zip(IDENTITY, identity_of(group), strict=True)),
        # Of its evidence, which comes next.
        "cause": "",
        "first_seen_at_ms": min(each.start_at_ms for each in group),
        "last_seen_at_ms": 0,
        "evidence_rank": -1,
        "state_since_at_ms": now_ms,
    }


def _ids(connection: Connection, keys: Iterable[ProblemKey]) -> list[Row[Any, Any, Any]]:  # Any: columns of any type
    by_workspace: dict[str, list[str]] = {}
    for workspace, signature in keys:
        by_workspace.setdefault(workspace, []).append(signature)
    return [
        row
        for workspace, signatures in sorted(by_workspace.items())
        for chunk in chunks(signatures)
        for row in connection.execute(
            select(problems.c.id, problems.c.workspace, problems.c.signature).where(
                problems.c.workspace == workspace, problems.c.signature.in_(chunk)
            )
        ).all()
    ]
