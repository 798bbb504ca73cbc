"""What a log tells of runs that a live agent told of as well: it stays stored, and leaves the sums.

A live signal gathers runs of a problem; its span begins with the first of them to the millisecond and ends with the last. A log
has one signal for each run. Where a log's runs of the same problem begin and end a live signal's span exactly, the log is of the
application that the agent watched, and all its runs within the span are those that the live signal counts. The live record
wins: its hours stand beside UsageHours, on which the bill is shared out.

Whichever comes first, the rows are the same in the end: a signal is summed as it comes, and taken out once both are there. Where
both come at the same moment, in two transactions, neither would see the other's: who stores a log's signals of a workload is
alone with it until the end.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, case, literal, select

from clusop.analysis.signature import alike_cause
from clusop.service.ingest.decode import decode_line
from clusop.service.ingest.flatten import MOST
from clusop.service.ingest.seen import SUMS, SeenSignal
from clusop.service.ingest.sums import NOTHING, added, day_of
from clusop.service.store.lock_order import hold_kin
from clusop.service.store.tables.agents import LOG
from clusop.service.store.tables.problems import problem_days, problems, signals
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from clusop.service.ingest.problem_rows import ProblemKey
    from clusop.service.ingest.sorting import Taken

__all__ = ["TOLD_LIVE", "Beside", "Span", "beside", "leave_out", "summed", "told_by"]

TOLD_LIVE = "told-live"
"""The reason for which a log's signal is in no sum."""
_COUNTED = SUMS.index("signal_count")


class Span(NamedTuple):
    """First start and last end, UTC ms."""

    start_at_ms: int
    end_at_ms: int


class _Kin(NamedTuple):
    """What is alike in signals of the same runs. A log knows no task key, so that its signature may be another."""

    workspace: str
    workload: str
    cause: str
    family: str
    occurrence: int


class _Log(NamedTuple):
    """The signals of one problem from one log."""

    agent_id: int
    problem_id: int


class Beside(NamedTuple):
    """What stands beside the signals of a group: ``live`` are the spans of its live signals, ``stored`` the logs stored before
    that may tell of the same runs.
    """

    live: Mapping[_Kin, set[Span]]
    stored: Mapping[_Log, _Kin]

    @property
    def problem_ids(self) -> set[int]:
        """Problems that may lose some of their sums: to be locked with the signals' own."""
        return {log.problem_id for log in self.stored}


def told_by(live: Span, log: Iterable[Span]) -> list[Span]:
    """Those of the spans of a log's runs that ``live`` gathered; none where the log is of another application."""
    within = [one for one in log if live.start_at_ms <= one.start_at_ms and one.end_at_ms <= live.end_at_ms]
    begins = any(one.start_at_ms == live.start_at_ms for one in within)
    return within if begins and any(one.end_at_ms == live.end_at_ms for one in within) else []


def summed(sums: tuple[int, ...], left_out: str) -> tuple[int, ...]:
    """What of a signal's sums is added up: of one that is left out, only that it is there."""
    return sums if not left_out else (*NOTHING[:_COUNTED], sums[_COUNTED], *NOTHING[_COUNTED + 1 :])


def beside(connection: Connection, taken: Sequence[Taken]) -> Beside:
    """Logs that live signals among ``taken`` may take out of the sums. Until the transaction ends others store none."""
    live: dict[_Kin, set[Span]] = defaultdict(set)
    workloads, is_of_log = set(), False
    for signal, _, source in taken:
        if isinstance(signal, SeenSignal):
            workloads.add((signal.workspace, signal.workload))
            if source == LOG:
                is_of_log = True
            else:
                live[_kin(signal)].add(Span(signal.start_at_ms, signal.end_at_ms))
    hold_kin(connection, workloads, is_alone=is_of_log)
    return Beside(live, _logs_beside(connection, live))


def leave_out(
    connection: Connection, taken: Sequence[Taken], problem_ids: Mapping[ProblemKey, int], known: Beside
) -> list[tuple[int, Span]]:
    """Take out of the sums what is told twice now that ``taken`` are stored and rolled up; ``problem_ids`` are their problems,
    ``known`` is what was beside them before. Of each signal that was taken out its problem and its span.
    """
    logs: dict[_Log, _Kin] = {}
    whole: dict[_Log, Span] = {}
    for signal, agent, source in taken:
        if not isinstance(signal, SeenSignal) or source != LOG:
            continue
        log = _Log(agent.id, problem_ids[signal.workspace, signal.signature])
        logs[log] = _kin(signal)
        before = whole.get(log, Span(signal.start_at_ms, signal.end_at_ms))
        whole[log] = Span(min(before.start_at_ms, signal.start_at_ms), max(before.end_at_ms, signal.end_at_ms))
    found: dict[_Log, set[Span]] = defaultdict(set)
    for log, kin in known.stored.items():
        found[log] |= known.live[kin]
    if logs:
        # Live signals of this very group are among those stored by now.
        kin_ids = _problems_of(connection, set(logs.values()))
        for log, kin in logs.items():
            found[log] |= _live_beside(connection, log, whole[log], kin_ids.get(kin, []))
    return [
        (log.problem_id, span)
        for log, spans in sorted(found.items())
        if spans
        for span in _take_out(connection, log, spans)
    ]


def _kin(signal: SeenSignal) -> _Kin:
    return _Kin(signal.workspace, signal.workload, alike_cause(signal.cause), signal.family, signal.occurrence)


_KIN_COLUMNS = tuple(problems.c[name] for name in _Kin._fields)


def _kin_in(row: Sequence[str | int]) -> _Kin:
    workspace, workload, cause, family, occurrence = row
    return _Kin(str(workspace), str(workload), alike_cause(str(cause)), str(family), int(occurrence))


def _problems_of(connection: Connection, kins: set[_Kin]) -> dict[_Kin, list[int]]:
    by_workspace: dict[str, set[str]] = defaultdict(set)
    for kin in kins:
        by_workspace[kin.workspace].add(kin.workload)
    found: dict[_Kin, list[int]] = defaultdict(list)
    for workspace, workloads in by_workspace.items():
        for chunk in chunks(sorted(workloads)):
            asked = select(problems.c.id, *_KIN_COLUMNS).where(
                problems.c.workspace == workspace, problems.c.workload.in_(chunk)
            )
            for problem_id, *row in connection.execute(asked):
                found[_kin_in(row)].append(problem_id)
    return {kin: found[kin] for kin in kins if kin in found}


def _logs_beside(connection: Connection, live: Mapping[_Kin, set[Span]]) -> dict[_Log, _Kin]:
    """Logs that were stored before and end a run to the millisecond with a live signal of their kin: one
    that does not is of another application, or its last run is still to come and looks for the live signal itself.
    """
    ends: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for kin, spans in live.items():
        ends[kin.workspace] += [(kin.workload, span.end_at_ms) for span in spans]
    asked = (
        select(signals.c.agent_id, signals.c.problem_id, *_KIN_COLUMNS)
        .join(problems, problems.c.id == signals.c.problem_id)
        .where(signals.c.is_offline)
        .distinct()
    )
    found: dict[_Log, _Kin] = {}
    for workspace, pairs in ends.items():
        for some in chunks(pairs):
            beside = asked.where(
                signals.c.end_at_ms.in_({end_at_ms for _, end_at_ms in some}),
                # Put together with a text it is in no index: the few signals are looked up first, not all of a problem's.
                problems.c.workspace + "" == workspace,
                problems.c.workload.in_({workload for workload, _ in some}),
            )
            for agent_id, problem_id, *row in connection.execute(beside):
                if (kin := _kin_in(row)) in live:
                    found[_Log(agent_id, problem_id)] = kin
    return found


def _live_beside(connection: Connection, log: _Log, came: Span, kin_ids: Sequence[int]) -> set[Span]:
    """Live signals of these problems that end with a run of the log, and into whose time falls what of it came just now: others
    looked for it before.
    """
    column = signals.c
    ends = connection.execute(
        select(column.end_at_ms)
        .where(
            column.problem_id == log.problem_id,
            column.agent_id == log.agent_id,
            column.is_offline,
            column.end_at_ms >= came.start_at_ms,
        )
        .distinct()
    )
    return {
        Span(start_at_ms, end_at_ms)
        for chunk in chunks(ends.scalars().all())
        for start_at_ms, end_at_ms in connection.execute(
            select(column.start_at_ms, column.end_at_ms).where(
                column.problem_id.in_(kin_ids),
                column.end_at_ms.in_(chunk),
                column.start_at_ms <= came.end_at_ms,
                column.is_offline.is_(False),
            )
        )
    }


def _take_out(connection: Connection, log: _Log, live: set[Span]) -> list[Span]:
    """The spans of what is taken out. The problem's row is locked: whoever else takes signals of its logs out waits, and then
    finds what this one did.
    """
    column = signals.c
    asked = select(column.id, column.start_at_ms, column.end_at_ms, column.left_out).where(
        column.problem_id == log.problem_id,
        column.agent_id == log.agent_id,
        column.is_offline,
        column.end_at_ms >= min(span.start_at_ms for span in live),
        column.end_at_ms <= max(span.end_at_ms for span in live),
    )
    # Retention takes signals away, too: what is taken out of the sums is there until the end.
    rows = connection.execute(asked.order_by(column.id).with_for_update(key_share=True)).all()
    runs = sorted({Span(row.start_at_ms, row.end_at_ms) for row in rows})
    told = {run for span in live for run in told_by(span, runs)}
    taken_out = {
        row.id: span for row in rows if not row.left_out and (span := Span(row.start_at_ms, row.end_at_ms)) in told
    }
    ids = list(taken_out)
    days: dict[int, tuple[int, ...]] = {}
    for chunk in chunks(ids):
        for line in connection.execute(select(column.line).where(column.id.in_(chunk))).scalars():
            signal = decode_line(line)
            if isinstance(signal, SeenSignal):
                day = day_of(signal)
                days[day] = added(days.get(day, NOTHING), (*signal.sums[:_COUNTED], 0, *signal.sums[_COUNTED + 1 :]))
        connection.execute(signals.update().where(column.id.in_(chunk)).values(left_out=TOLD_LIVE))
    whole = NOTHING
    for day, sums in sorted(days.items()):
        whole = added(whole, sums)
        where = (problem_days.c.problem_id == log.problem_id, problem_days.c.day == day)
        connection.execute(problem_days.update().where(*where).values(_less(problem_days, sums)))
    if ids:
        connection.execute(problems.update().where(problems.c.id == log.problem_id).values(_less(problems, whole)))
    return list(taken_out.values())


def _less(table: Table, sums: tuple[int, ...]) -> dict[str, object]:
    """The sums of a row less these. One that stopped at the greatest integer tells no longer what it is made of, and stays."""
    most = literal(MOST, BigInteger)
    return {
        name: case((table.c[name] >= most, table.c[name]), else_=table.c[name] - taken)
        for name, taken in zip(SUMS, sums, strict=True)
        if taken
    }
