"""One problem in full: its sums, days, latest signals, events, messages and silences, and the signal that shows it best."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from clusop.analysis.records.read import read_record
from clusop.analysis.records.signal import Signal
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.delivery import deliveries, withheld
from clusop.service.store.tables.problems import problem_days, problem_events, problems, signals
from clusop.service.suppression.per_30_days import WINDOW_DAYS, Monthly, WindowSums, monthly
from clusop.service.views.days import day_of, window
from clusop.service.views.deliveries import DELIVERY_COLUMNS, DeliveryLine, delivery_line
from clusop.service.views.overview import DaySums
from clusop.service.views.problem_line import LINE_COLUMNS, ProblemLine, mapping_of, problem_line
from clusop.service.views.sums import NO_SUMS, Sums, added, sums_of
from clusop.service.views.visible import ALL_WORKSPACES, within
from clusop.service.views.withheld import WithheldLine, withheld_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from clusop.service.suppression.policy import Policy
    from clusop.service.views.days import Window

__all__ = ["EventLine", "ProblemView", "SignalLine", "month_of", "one_problem"]

_SIGNALS, _EVENTS, _WITHHELD, _DELIVERIES = 20, 50, 30, 20


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One stored signal. ``left_out`` is the reason for which it is in no sum, ``""`` where it is. ``told`` is its line as
    JSON, checked when it came; only some of it is shown.
    """

    sequence: int
    agent_id: int
    agent: str
    arrived_at_ms: int
    start_at_ms: int
    end_at_ms: int
    is_offline: bool
    left_out: str
    told: Mapping[str, Any]  # Any: JSON

    @property
    def is_upper_bound(self) -> bool:
        """Whether the time in its islands may be less than told."""
        return any(finding.get("is_upper_bound") is True for finding in self.told.get("findings", ())[:1])


@dataclass(frozen=True, slots=True)
class EventLine:
    """What somebody, or time, made of the problem."""

    at_ms: int
    kind: str
    actor: str
    actor_kind: str
    reason: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem. ``recent`` are the sums of the window, ``days`` all days of it; ``monthly`` is what a card tells
    of 30 days, by the same rule. ``evidence`` is the signal that shows
    it best, ``evidence_gap`` why there is none.
    """

    line: ProblemLine
    recent: Sums
    days: tuple[DaySums, ...]
    monthly: Monthly
    evidence: Signal | None
    evidence_gap: str
    signals: tuple[SignalLine, ...]
    events: tuple[EventLine, ...]
    withheld: tuple[WithheldLine, ...]
    deliveries: tuple[DeliveryLine, ...]


def one_problem(
    connection: Connection, problem_id: int, now_ms: int, policy: Policy, workspace: str = ALL_WORKSPACES
) -> ProblemView | None:
    """The problem with this id over the last 30 days, ``None`` where there is none in the workspace."""
    asked = select(*LINE_COLUMNS, problems.c.evidence).where(
        problems.c.id == problem_id, *within(problems.c.workspace, workspace)
    )
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        return None
    days = window(now_ms, WINDOW_DAYS)
    rows = _day_rows(connection, problem_id, days)
    by_day = {row["day"]: sums_of(_with_derived(row)) for row in rows}
    evidence, gap = _evidence(row["evidence"])
    return ProblemView(
        line=problem_line(row),
        recent=added(by_day.values()),
        days=tuple(DaySums(day, by_day.get(day, NO_SUMS)) for day in range(days.from_day, days.to_day + 1)),
        monthly=month_of(rows, row["first_seen_at_ms"], now_ms, policy),
        evidence=evidence,
        evidence_gap=gap,
        signals=_signals(connection, problem_id),
        events=_events(connection, problem_id),
        withheld=_withheld(connection, problem_id),
        deliveries=_deliveries(connection, problem_id),
    )


def _day_rows(connection: Connection, problem_id: int, days: Window) -> list[RowMapping]:
    asked = select(problem_days).where(
        problem_days.c.problem_id == problem_id, problem_days.c.day.between(days.from_day, days.to_day)
    )
    return list(connection.execute(asked).mappings())


def _with_derived(row: RowMapping) -> dict[str, Any]:  # Any: a database's value
    """The row, with the bill's dollars in the place of the modeled ones that they replace: it is the same money."""
    one: dict[str, Any] = {str(name): value for name, value in row.items()}
    for end in ("low", "high"):
        one[f"exposure_{end}_microusd"] += (row[f"derived_{end}_microusd"] or 0) - row[f"replaced_{end}_microusd"]
    return one


def month_of(rows: Sequence[RowMapping], first_seen_at_ms: int, now_ms: int, policy: Policy) -> Monthly:
    """30 days of a problem; ``rows`` are its days in them."""
    derived = [row for row in rows if row["derived_low_microusd"] is not None]
    # The bill may reach into a day on which nothing ran.
    seen = [row for row in rows if row["run_count"] > 0]

    def pair(among: Sequence[RowMapping], name: str) -> tuple[int, int]:
        return sum(row[f"{name}_low_microusd"] for row in among), sum(row[f"{name}_high_microusd"] for row in among)

    def whole(name: str) -> int:
        return sum(row[name] for row in rows)

    sums = WindowSums(
        first_day=min((row["day"] for row in seen), default=day_of(now_ms)),
        days=len(seen),
        runs=whole("run_count"),
        run_ms=whole("run_ms"),
        island_ms=whole("island_ms"),
        island_unknown_runs=whole("island_unknown_runs"),
        avoidable_unpriced_runs=whole("avoidable_unpriced_runs"),
        exposure_unpriced_runs=whole("exposure_unpriced_runs"),
        cash_microusd=pair(rows, "avoidable"),
        capacity_microusd=pair(rows, "capacity"),
        exposure_microusd=pair(rows, "exposure"),
        derived_days=len(derived),
        derived_microusd=pair(derived, "derived"),
        derived_modeled_microusd=pair(rows, "replaced"),
    )
    return monthly(sums, first_seen_at_ms, now_ms, min_days=policy.min_days, min_runs=policy.min_runs)


def _evidence(line: bytes | None) -> tuple[Signal | None, str]:
    if not line:
        return None, "No signal of this problem is kept."
    record = read_record(bytes(line))
    if isinstance(record, Signal):
        return record, ""
    return None, getattr(record, "sentence", "The record kept is no signal.")


def _signals(connection: Connection, problem_id: int) -> tuple[SignalLine, ...]:
    column = signals.c
    asked = (
        select(
            column.sequence,
            column.agent_id,
            agents.c.agent,
            column.arrived_at_ms,
            column.start_at_ms,
            column.end_at_ms,
            column.is_offline,
            column.left_out,
            column.line,
        )
        .join_from(signals, agents)
        .where(column.problem_id == problem_id)
        .order_by(column.end_at_ms.desc())
        .limit(_SIGNALS)
    )
    return tuple(SignalLine(*row[:8], json.loads(row[8])) for row in connection.execute(asked))


def _events(connection: Connection, problem_id: int) -> tuple[EventLine, ...]:
    column = problem_events.c
    asked = (
        select(column.at_ms, column.kind, column.actor, column.actor_kind, column.reason, column.detail)
        .where(column.problem_id == problem_id)
        .order_by(column.at_ms.desc(), column.id.desc())
        .limit(_EVENTS)
    )
    return tuple(EventLine(*row[:5], mapping_of(row[5])) for row in connection.execute(asked))


def _withheld(connection: Connection, problem_id: int) -> tuple[WithheldLine, ...]:
    asked = (
        select(withheld)
        .where(withheld.c.problem_id == problem_id)
        .order_by(withheld.c.is_current.desc(), withheld.c.last_at_ms.desc())
        .limit(_WITHHELD)
    )
    return tuple(withheld_line(row) for row in connection.execute(asked).mappings())


def _deliveries(connection: Connection, problem_id: int) -> tuple[DeliveryLine, ...]:
    asked = (
        select(*DELIVERY_COLUMNS)
        .where(deliveries.c.problem_id == problem_id)
        .order_by(deliveries.c.created_at_ms.desc())
        .limit(_DELIVERIES)
    )
    return tuple(delivery_line(row) for row in connection.execute(asked).mappings())
