"""To send or not to send: a pure judgement over one problem and one channel. Every reason against it is told, not the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from clusop.reasons import Reason
from clusop.service.suppression.per_30_days import MS_PER_DAY
from clusop.service.suppression.quiet_hours import local_time
from clusop.service.teams.amount_text import hours, percent, usd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clusop.service.suppression.per_30_days import Estimate
    from clusop.service.suppression.policy import Policy

__all__ = [
    "ALL_SURE",
    "CAPS",
    "SILENCING",
    "UNDELIVERED_WAIT_MS",
    "Decision",
    "History",
    "Judged",
    "Priority",
    "Send",
    "Withheld",
    "judge",
    "priority_of",
]

Priority: TypeAlias = tuple[bool, int]
"""Greater goes first: priced before unpriced; then ten-thousandths of micro-dollars, or of milliseconds of core time."""
CAPS = frozenset({"team-cap", "channel-cap", "unpriced-digest-only"})
"""Reasons that leave a problem to the digest."""
SILENCING = frozenset({"problem-acknowledged", "problem-snoozed", "problem-resolved", "problem-excluded"})
"""Reasons that people gave: a message about it that has not left yet is taken back."""
ALL_SURE = 10_000
"""The recommendation of who is certain."""
UNDELIVERED_WAIT_MS = 3_600_000
"""After a message that was not delivered. The pass comes every minute, and a receiver that refuses is mended by people:
without a wait each pass would add lines to the messages that nobody got.
"""
_STATES = {"acknowledged": "problem-acknowledged", "resolved": "problem-resolved", "snoozed": "problem-snoozed"}
_CAME_BACK = "came-back"


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged of a problem. ``recommendation`` is in ten-thousandths; ``excluded_by`` says which exclusion covers it,
    ``None`` where none does.
    """

    problem_id: int
    team: str
    state: str
    state_since_at_ms: int
    state_until_at_ms: int | None
    recommendation: int
    estimate: Estimate
    excluded_by: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What was told in one channel: when this problem was last (``None`` for never), whether a message about it waits, and how
    many cards the team and the channel had since the day began there. ``undelivered_at_ms`` is when the last card about it was
    given up, ``channel_failed_at_ms`` when the last message of the channel was, ``None`` where one got through since.
    """

    told_at_ms: int | None = None
    is_waiting: bool = False
    team_cards: int = 0
    channel_cards: int = 0
    undelivered_at_ms: int | None = None
    channel_failed_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Tell it."""

    priority: Priority


@dataclass(frozen=True, slots=True)
class Withheld:
    """Do not tell it, for all of these reasons; there is always one."""

    priority: Priority
    reasons: tuple[Reason, ...]

    @property
    def is_for_digest(self) -> bool:
        """Whether it passed the gate, and only the number of cards kept it back."""
        return {reason.id for reason in self.reasons} <= CAPS


Decision: TypeAlias = Send | Withheld


def judge(problem: Judged, policy: Policy, history: History, now_ms: int) -> Decision:
    """The decision. It depends on nothing but its arguments."""
    reasons = (
        *_silenced(problem, now_ms),
        *_below(problem, policy),
        *_too_soon(problem, policy, history, now_ms),
        *_too_many(problem, policy, history),
    )
    priority = priority_of(problem)
    return Withheld(priority, reasons) if reasons else Send(priority)


def priority_of(problem: Judged) -> Priority:
    """The middle of what is avoidable in 30 days × the advice's confidence; core time where there are no dollars."""
    return problem.estimate.is_priced, problem.estimate.middle * problem.recommendation


def _silenced(problem: Judged, now_ms: int) -> Iterator[Reason]:
    is_over = problem.state_until_at_ms is not None and problem.state_until_at_ms <= now_ms
    if problem.state in _STATES and not (problem.state == "snoozed" and is_over):
        yield Reason(_STATES[problem.state])
    if problem.excluded_by is not None:
        yield Reason("problem-excluded", f": {problem.excluded_by}" if problem.excluded_by else "")


def _below(problem: Judged, policy: Policy) -> Iterator[Reason]:
    """The gates. The low end decides: what is only possible is no reason to disturb people."""
    estimate = problem.estimate
    if problem.recommendation < policy.min_recommendation * ALL_SURE:
        scores = f"{problem.recommendation / ALL_SURE:.2f} of {float(policy.min_recommendation):.2f}"
        yield Reason("unsure-advice", f" ({scores})")
    if estimate.is_priced:
        if estimate.low_usd < policy.min_usd:
            # "< $0.01" reads badly before "of".
            low = usd(estimate.low_usd).replace("< ", "less than ")
            yield Reason("below-gate", f" ({low} of {usd(policy.min_usd)})")
        return
    if estimate.low_core_hours is None or estimate.time_share is None:
        yield Reason("time-off-engine-unknown")
        return
    gate = policy.unpriced
    if estimate.low_core_hours < gate.min_core_hours:
        detail = f" ({hours(estimate.low_core_hours)} of {hours(gate.min_core_hours)} core-hours)"
        yield Reason("below-core-hours-gate", detail)
    if estimate.time_share < gate.min_time_share:
        yield Reason("below-share-gate", f" ({percent(estimate.time_share)} of {percent(gate.min_time_share)})")


def _too_soon(problem: Judged, policy: Policy, history: History, now_ms: int) -> Iterator[Reason]:
    if history.is_waiting:
        yield Reason("message-on-its-way")
    told_at_ms = history.told_at_ms
    # What came back after it was told is news, once.
    is_news = problem.state == _CAME_BACK and told_at_ms is not None and told_at_ms < problem.state_since_at_ms
    if told_at_ms is not None and not is_news and now_ms - told_at_ms < policy.cooldown_days * MS_PER_DAY:
        yield Reason("told-lately", f" ({policy.cooldown_days} days)")
    if _is_fresh(history.undelivered_at_ms, now_ms):
        yield Reason("card-undelivered")
    if _is_fresh(history.channel_failed_at_ms, now_ms):
        yield Reason("channel-failing")
    if policy.quiet_hours.covers(local_time(now_ms, policy.time_zone)):
        yield Reason("quiet-hours")


def _is_fresh(failed_at_ms: int | None, now_ms: int) -> bool:
    return failed_at_ms is not None and now_ms - failed_at_ms < UNDELIVERED_WAIT_MS


def _too_many(problem: Judged, policy: Policy, history: History) -> Iterator[Reason]:
    if not problem.estimate.is_priced and not policy.unpriced.cards:
        yield Reason("unpriced-digest-only")
    if history.team_cards >= policy.team_cap:
        yield Reason("team-cap", f" ({policy.team_cap} a day)")
    if history.channel_cards >= policy.channel_cap:
        yield Reason("channel-cap", f" ({policy.channel_cap} a day)")
