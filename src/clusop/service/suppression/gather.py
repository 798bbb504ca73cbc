"""Reads what is judged: live problems with their last 30 days, and what each channel was told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from clusop.service.problems.exclusions import current_exclusions, excluded
from clusop.service.store.bounded_sum import bounded_sum
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.suppression.judge import UNDELIVERED_WAIT_MS, Judged, priority_of
from clusop.service.suppression.per_30_days import MS_PER_DAY, WINDOW_DAYS, WindowSums, estimate, monthly
from clusop.service.suppression.quiet_hours import day_start_at_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Row

    from clusop.service.problems.exclusions import Exclusion
    from clusop.service.suppression.per_30_days import Monthly
    from clusop.service.suppression.policy import Policy

__all__ = ["LIVE_MS", "Candidate", "Told", "as_they_are_now", "candidates", "excluded_by", "told_so_far"]

LIVE_MS = WINDOW_DAYS * MS_PER_DAY
"""A problem that was not seen for so long is judged no more."""
_NEVER_TOLD = ("withdrawn", "dead")
_TOLD = (
    "id",
    "workspace",
    "workload",
    "task_key",
    "cluster",
    "compute",
    "cause",
    "engine",
    "dbr",
    "team",
    "owner",
    "tags",
    "state",
    "state_since_at_ms",
    "state_until_at_ms",
    "recommendation",
    "first_seen_at_ms",
    "last_seen_at_ms",
)
_BILLED = ("derived_low_microusd", "derived_high_microusd", "replaced_low_microusd", "replaced_high_microusd")
_SUMMED = (
    "run_count",
    "run_ms",
    "island_ms",
    "island_unknown_runs",
    "avoidable_unpriced_runs",
    "exposure_unpriced_runs",
    "avoidable_low_microusd",
    "avoidable_high_microusd",
    "capacity_low_microusd",
    "capacity_high_microusd",
    "exposure_low_microusd",
    "exposure_high_microusd",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live problem: what is told of its row (the evidence is long and rarely needed), its sums, and what is judged of it."""

    row: Row[Any]  # Any: SQLAlchemy's type of a row has one parameter a column
    sums: WindowSums
    judged: Judged

    def monthly(self, policy: Policy, now_ms: int) -> Monthly:
        """Its 30 days with figures: for those few that are told."""
        return monthly(self.sums, self.row.first_seen_at_ms, now_ms, min_days=policy.min_days, min_runs=policy.min_runs)


@dataclass(slots=True)
class Told:
    """What channels were told. ``cards`` counts those of the day by channel and team; it grows as cards are written.

    A card that was given up told nobody anything: it is in none of these. ``undelivered_at_ms`` has the last of them by problem
    and channel, ``failed_at_ms`` the channels whose last message that anything is known of was given up, and when.
    """

    last_at_ms: dict[tuple[int, str], int]
    waiting: set[tuple[int, str]]
    cards: dict[tuple[str, str], int]
    undelivered_at_ms: dict[tuple[int, str], int]
    failed_at_ms: dict[str, int]

    def channel_cards(self, channel: str) -> int:
        """Cards of the day in one channel, of all teams."""
        return sum(count for (name, _), count in self.cards.items() if name == channel)

    def add(self, problem_id: int, channel: str, team: str, now_ms: int) -> None:
        """One more."""
        self.last_at_ms[problem_id, channel] = now_ms
        self.waiting.add((problem_id, channel))
        self.cards[channel, team] = self.cards.get((channel, team), 0) + 1


def candidates(connection: Connection, policy: Policy, now_ms: int) -> list[Candidate]:
    """All live problems, the greatest first. Only reads, so that nobody who writes has to wait for it."""
    today = now_ms // MS_PER_DAY
    sums = {row.problem_id: row for row in connection.execute(_window(today))}
    in_force = current_exclusions(connection, policy.exclusions, now_ms)
    rows = connection.execute(
        select(*(problems.c[name] for name in _TOLD)).where(problems.c.last_seen_at_ms >= now_ms - LIVE_MS)
    ).all()
    found = []
    for row in rows:
        window = _sums(sums.get(row.id), today)
        judged = Judged(
            problem_id=row.id,
            team=row.team,
            state=row.state,
            state_since_at_ms=row.state_since_at_ms,
            state_until_at_ms=row.state_until_at_ms,
            recommendation=row.recommendation,
            estimate=estimate(window, row.first_seen_at_ms, now_ms, min_days=policy.min_days, min_runs=policy.min_runs),
            excluded_by=excluded_by(row, in_force),
        )
        found.append(Candidate(row, window, judged))
    found.sort(key=lambda each: (*priority_of(each.judged), each.judged.problem_id), reverse=True)
    return found


def excluded_by(row: Row[Any], in_force: Sequence[Exclusion]) -> str | None:  # Any: as in Candidate
    """What is said of the exclusion that covers a problem, ``None`` where none does."""
    covered = excluded(dict(zip(_TOLD, row, strict=True)), in_force) if in_force else None
    return None if covered is None else covered.reason or f"{covered.field} {covered.pattern}"


def as_they_are_now(connection: Connection, found: Iterable[Candidate], now_ms: int) -> Iterator[Candidate]:
    """The same problems in the states that people have put them into meanwhile."""
    column = problems.c
    states = {
        row.id: row
        for row in connection.execute(
            select(column.id, column.state, column.state_since_at_ms, column.state_until_at_ms, column.team).where(
                column.last_seen_at_ms >= now_ms - LIVE_MS
            )
        )
    }
    for each in found:
        row, judged = states.get(each.judged.problem_id), each.judged
        if row is None:
            continue
        if (row.state, row.state_since_at_ms, row.state_until_at_ms, row.team) == (
            judged.state,
            judged.state_since_at_ms,
            judged.state_until_at_ms,
            judged.team,
        ):
            yield each
            continue
        changed = {name: getattr(row, name) for name in ("state", "state_since_at_ms", "state_until_at_ms", "team")}
        yield replace(each, judged=replace(judged, **changed))


def told_so_far(connection: Connection, policy: Policy, now_ms: int) -> Told:
    """Cards within the longest time that matters. One that was taken back or given up was never told; any other may have been
    read.
    """
    column = deliveries.c
    since_ms = now_ms - policy.cooldown_days * MS_PER_DAY
    is_card = (column.kind == "card", column.problem_id.is_not(None))
    last_told = select(column.problem_id, column.channel, func.max(column.created_at_ms)).group_by(
        column.problem_id, column.channel
    )
    # Each by an index of its own: together they would read all messages that are kept.
    told = connection.execute(
        last_told.where(*is_card, column.state.not_in(_NEVER_TOLD), column.created_at_ms > since_ms)
    ).all()
    waiting = connection.execute(last_told.where(*is_card, column.state.in_(["pending", "sending"]))).all()
    day_ms = day_start_at_ms(now_ms, policy.time_zone)
    counted = connection.execute(
        select(column.channel, column.team, func.count())
        .where(column.kind == "card", column.state.not_in(_NEVER_TOLD), column.created_at_ms >= day_ms)
        .group_by(column.channel, column.team)
    ).all()
    return Told(
        {(problem_id, channel): at_ms for problem_id, channel, at_ms in (*waiting, *told)},
        {(problem_id, channel) for problem_id, channel, _ in waiting},
        {(channel, team): count for channel, team, count in counted},
        _undelivered(connection, now_ms),
        _failing(connection, now_ms),
    )


def _undelivered(connection: Connection, now_ms: int) -> dict[tuple[int, str], int]:
    """When the last card was given up, by problem and channel; as far back as anything is made of it."""
    column = deliveries.c
    asked = (
        select(column.problem_id, column.channel, func.max(column.settled_at_ms))
        .where(
            column.kind == "card",
            column.problem_id.is_not(None),
            column.state == "dead",
            column.settled_at_ms > now_ms - UNDELIVERED_WAIT_MS,
        )
        .group_by(column.problem_id, column.channel)
    )
    return {(problem_id, channel): at_ms for problem_id, channel, at_ms in connection.execute(asked)}


def _failing(connection: Connection, now_ms: int) -> dict[str, int]:
    column = deliveries.c
    asked = (
        select(column.channel, column.state, func.max(column.settled_at_ms))
        .where(column.state.in_(["dead", "accepted"]), column.settled_at_ms > now_ms - UNDELIVERED_WAIT_MS)
        .group_by(column.channel, column.state)
    )
    at_ms = {(channel, state): settled_at_ms for channel, state, settled_at_ms in connection.execute(asked)}
    return {
        channel: failed_at_ms
        for (channel, state), failed_at_ms in at_ms.items()
        if state == "dead" and at_ms.get((channel, "accepted"), 0) <= failed_at_ms
    }


def _window(today: int) -> Any:  # Any: SQLAlchemy's type of a select has one parameter a column
    days = problem_days.c
    return (
        select(
            days.problem_id,
            # The bill may reach into a day on which nothing ran.
            func.coalesce(func.min(case((days.run_count > 0, days.day))), today).label("first_day"),
            func.sum(case((days.run_count > 0, 1), else_=0)).label("days"),
            *(bounded_sum(days[name]).label(name) for name in _SUMMED),
            func.count(days.derived_low_microusd).label("derived_days"),
            *(func.coalesce(bounded_sum(days[name]), 0).label(name) for name in _BILLED),
        )
        # A driver's clock may be ahead: what lies in the future counts when its day has come.
        .where(days.day > today - WINDOW_DAYS, days.day <= today)
        .group_by(days.problem_id)
    )


def _sums(row: Row[Any] | None, today: int) -> WindowSums:
    if row is None:
        return WindowSums(today, 0, 0, 0, 0, 0, 0, 0, (0, 0), (0, 0), (0, 0))
    # PostgreSQL sums bigints to numeric.
    _, first_day, days, *rest = (int(value) for value in row)
    runs, run_ms, island_ms, island_unknown, avoidable_unpriced, exposure_unpriced, *money = rest
    cash, capacity, exposure = ((money[at], money[at + 1]) for at in (0, 2, 4))
    derived_days, derived_low, derived_high, replaced_low, replaced_high = money[6:]
    return WindowSums(
        first_day=first_day,
        days=days,
        runs=runs,
        run_ms=run_ms,
        island_ms=island_ms,
        island_unknown_runs=island_unknown,
        avoidable_unpriced_runs=avoidable_unpriced,
        exposure_unpriced_runs=exposure_unpriced,
        cash_microusd=cash,
        capacity_microusd=capacity,
        exposure_microusd=exposure,
        derived_days=derived_days,
        derived_microusd=(derived_low, derived_high),
        derived_modeled_microusd=(replaced_low, replaced_high),
    )
