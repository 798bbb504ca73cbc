"""Signals into their problems, in the transaction that stores them: sums, days, newest, evidence, and what it does to a state.

Whatever the order in which signals come and however they are grouped, the rows are the same in the end.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, case, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from clusop.service.actor import CLUSOP
from clusop.service.ingest.computes import NOT_TOLD, changes_of, newest_computes, tell_changes
from clusop.service.ingest.evidence import NEWEST, evidence_order, newest_of, newest_order
from clusop.service.ingest.flatten import MOST
from clusop.service.ingest.names_seen import with_names
from clusop.service.ingest.problem_rows import (
    IDENTITY,
    SEEN,
    held_problems,
    identity_of,
    identity_told,
    newest_told,
    sums_told,
)
from clusop.service.ingest.seen import SUMS, SeenSignal
from clusop.service.ingest.sums import added, day_of, total
from clusop.service.store.many import Many
from clusop.service.store.tables.problems import problem_days, problem_events, problems
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from clusop.service.ingest.agent_rows import AgentRow
    from clusop.service.ingest.computes import Told
    from clusop.service.ingest.problem_rows import ProblemKey, ProblemRow
    from clusop.service.ingest.sorting import Taken

__all__ = ["CAME_BACK", "RESOLVED", "roll_up"]

RESOLVED = "resolved"
CAME_BACK = "came-back"


def roll_up(
    connection: Connection, taken: Sequence[Taken], agents: Collection[AgentRow], others: Collection[int], now_ms: int
) -> dict[ProblemKey, int]:
    """Add the signals among ``taken`` to their problems; the problems' ids by key. ``others`` are ids of problems to be locked
    with these.

    ``agents`` are those of the group: what one of them tells of its compute definition goes to its problems too.
    """
    groups: dict[ProblemKey, list[SeenSignal]] = {}
    for signal, _, _ in taken:
        if isinstance(signal, SeenSignal):
            groups.setdefault((signal.workspace, signal.signature), []).append(signal)
    changes = changes_of(connection, agents)
    if not groups and not changes:
        return {}
    by_key = held_problems(connection, groups, {*changes, *others}, now_ms)
    sums = {key: total(signals) for key, signals in groups.items()}
    computes = newest_computes(taken)
    _update(connection, groups, by_key, computes, sums)
    if changes:
        told = {by_key[key].id: one for key, one in computes.items()}
        tell_changes(connection, changes, told, {row.id: row.compute for row in agents})
    _days(connection, groups, by_key, sums)
    _evidence(connection, groups, by_key)
    _states(connection, groups, by_key, now_ms)
    return {key: row.id for key, row in by_key.items()}


_UPDATED = ("first_seen_at_ms", "last_seen_at_ms", *SUMS, *NEWEST, "compute_at_ms", "compute", *SEEN)
_UPDATE = Many(
    problems.update().where(problems.c.id == bindparam("row_id")).values({name: bindparam(name) for name in _UPDATED}),
    (*_UPDATED, "row_id"),
)

_UPDATE_IDENTITY = Many(
    problems.update().where(problems.c.id == bindparam("row_id")).values({name: bindparam(name) for name in IDENTITY}),
    (*IDENTITY, "row_id"),
)


def _update(
    connection: Connection,
    groups: dict[ProblemKey, list[SeenSignal]],
    by_key: dict[ProblemKey, ProblemRow],
    computes: Mapping[ProblemKey, Told],
    sums: dict[ProblemKey, tuple[int, ...]],
) -> None:
    rows, smaller = [], []
    for key, signals in groups.items():
        row = by_key[key]
        newest = max(signals, key=newest_order) if len(signals) > 1 else signals[0]
        told = newest_of(newest)
        if newest.end_at_ms <= row.last_seen_at_ms and row.signal_count:
            told = max((newest.end_at_ms, told), (row.last_seen_at_ms, newest_told(row)))[1]
        rows.append(
            (
                min(row.first_seen_at_ms, *[one.start_at_ms for one in signals]),
                max(row.last_seen_at_ms, newest.end_at_ms),
                *added(sums_told(row), sums[key]),
                *told,
                *max((row.compute_at_ms, row.compute), computes.get(key, NOT_TOLD)),
                with_names(row.causes, {one.cause for one in signals}),
                with_names(row.operators, {one.operator for one in signals}),
                row.is_upper_bound or any(one.is_upper_bound for one in signals),
                row.id,
            )
        )
        least = identity_of(signals)
        if least < identity_told(row):
            smaller.append((*least, row.id))
    _UPDATE.run(connection, rows)
    _UPDATE_IDENTITY.run(connection, smaller)


def _days(
    connection: Connection,
    groups: dict[ProblemKey, list[SeenSignal]],
    by_key: dict[ProblemKey, ProblemRow],
    sums: dict[ProblemKey, tuple[int, ...]],
) -> None:
    rows: list[tuple[int, ...]] = []
    for key, signals in groups.items():
        row_id = by_key[key].id
        days = {day_of(one) for one in signals}
        if len(days) == 1:
            rows.append((row_id, *days, *sums[key]))
        else:
            rows += [(row_id, day, *total([one for one in signals if day_of(one) == day])) for day in days]
    rows.sort(key=itemgetter(0, 1))
    (_DAYS_SQLITE if connection.dialect.name == "sqlite" else _DAYS_POSTGRESQL).run(connection, rows)


def _days_statement(insert: sqlite.Insert | postgresql.Insert) -> Many:
    told = insert.excluded
    most: ColumnElement[int] = literal_column(str(MOST), BigInteger)
    summed = {
        name: case((problem_days.c[name] > most - told[name], most), else_=problem_days.c[name] + told[name])
        for name in SUMS
    }
    statement = insert.on_conflict_do_update(index_elements=["problem_id", "day"], set_=summed)
    return Many(statement, ("problem_id", "day", *SUMS))


_DAYS_SQLITE = _days_statement(sqlite.insert(problem_days))
_DAYS_POSTGRESQL = _days_statement(postgresql.insert(problem_days))


def _evidence(
    connection: Connection, groups: dict[ProblemKey, list[SeenSignal]], by_key: dict[ProblemKey, ProblemRow]
) -> None:
    best = {by_key[key].id: max(signals, key=evidence_order) for key, signals in groups.items()}
    before = {row.id: (row.evidence_rank, row.evidence_at_ms) for row in by_key.values()}
    tied = [row_id for row_id, one in best.items() if (one.rank, one.end_at_ms) == before[row_id]]
    # Lines are long: they are read for a tie only.
    lines = {
        row.id: row.evidence or b""
        for chunk in chunks(sorted(tied))
        for row in connection.execute(select(problems.c.id, problems.c.evidence).where(problems.c.id.in_(chunk)))
    }
    better = [
        (one.line, one.rank, one.end_at_ms, one.cause, row_id)
        for row_id, one in best.items()
        if evidence_order(one) > (*before[row_id], lines.get(row_id, b""))
    ]
    _UPDATE_EVIDENCE.run(connection, better)


# Of causes that are alike, the one that the evidence tells is the problem's: what is advised fits what is shown.
_SHOWN = ("evidence", "evidence_rank", "evidence_at_ms", "cause")
_UPDATE_EVIDENCE = Many(
    problems.update().where(problems.c.id == bindparam("row_id")).values({name: bindparam(name) for name in _SHOWN}),
    (*_SHOWN, "row_id"),
)


def _states(
    connection: Connection,
    groups: dict[ProblemKey, list[SeenSignal]],
    by_key: dict[ProblemKey, ProblemRow],
    now_ms: int,
) -> None:
    """A problem is opened by its first signal, and comes back by one that ends after it was resolved."""
    events, back = [], []
    for key, signals in groups.items():
        row = by_key[key]
        if not row.signal_count:
            events.append(_event(row.id, "opened", now_ms))
        elif row.state == RESOLVED and max(one.end_at_ms for one in signals) > row.state_since_at_ms:
            events.append(_event(row.id, CAME_BACK, now_ms))
            back.append(row.id)
    for chunk in chunks(back):
        connection.execute(
            problems.update()
            .where(problems.c.id.in_(chunk))
            .values(
                state=CAME_BACK, state_since_at_ms=now_ms, state_until_at_ms=None, state_by=CLUSOP.name, state_reason=""
            )
        )
    if events:
        connection.execute(problem_events.insert(), events)


def _event(problem_id: int, kind: str, now_ms: int) -> dict[str, object]:
    return {
        "problem_id": problem_id,
        "at_ms": now_ms,
        "kind": kind,
        "actor": CLUSOP.name,
        "actor_kind": CLUSOP.kind,
    }
