"""The judgement: pure, every no with its reasons, no problem twice within a cooldown, no team above its cap."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusop.service.suppression.judge import (
    UNDELIVERED_WAIT_MS,
    History,
    Judged,
    Send,
    Withheld,
    judge,
    priority_of,
)
from clusop.service.suppression.per_30_days import WindowSums, estimate
from clusop.service.suppression.policy import Policy, UnpricedGate
from clusop.service.suppression.quiet_hours import QuietHours, day_start_at_ms

DAY_MS = 86_400_000
NOW_MS = 1_795_435_200_000  # Monday, 2026-11-23 12:00 UTC
TODAY = NOW_MS // DAY_MS
POLICY = Policy()
SUMS = WindowSums(TODAY - 9, 10, 20, 1_000_000, 500_000, 0, 0, 0, (20_000_000, 60_000_000), (0, 0), (1, 2))
NEVER = History()


def of(sums=SUMS, first_seen_at_ms=(TODAY - 9) * DAY_MS, now_ms=NOW_MS):
    return estimate(sums, first_seen_at_ms, now_ms, min_days=3, min_runs=3)


def problem(**changes) -> Judged:
    return replace(Judged(1, "pricing", "open", 0, None, 9_000, of()), **changes)


def reasons(decision) -> list[str]:
    return [reason.id for reason in decision.reasons] if isinstance(decision, Withheld) else []


def test_a_sure_and_dear_problem_is_told():
    assert judge(problem(), POLICY, NEVER, NOW_MS) == Send((True, 120_000_000 * 9_000))


def test_the_low_end_decides():
    # 20 dollars in 10 days are 60 in 30.
    assert reasons(judge(problem(), replace(POLICY, min_usd=Fraction(60)), NEVER, NOW_MS)) == []
    decision = judge(problem(), replace(POLICY, min_usd=Fraction(61)), NEVER, NOW_MS)
    assert reasons(decision) == ["below-gate"]
    assert decision.reasons[0].sentence.endswith("is below the gate ($60.00 of $61.00).")


def test_capacity_counts_for_the_gate():
    sums = replace(SUMS, cash_microusd=(0, 0), capacity_microusd=(20_000_000, 60_000_000))
    assert isinstance(judge(problem(estimate=of(sums)), POLICY, NEVER, NOW_MS), Send)


@pytest.mark.parametrize(
    ("changes", "policy", "history", "reason"),
    [
        ({"recommendation": 5_000}, POLICY, NEVER, "unsure-advice"),
        ({"state": "acknowledged"}, POLICY, NEVER, "problem-acknowledged"),
        ({"state": "resolved"}, POLICY, NEVER, "problem-resolved"),
        ({"state": "snoozed", "state_until_at_ms": NOW_MS + 1}, POLICY, NEVER, "problem-snoozed"),
        ({"state": "snoozed"}, POLICY, NEVER, "problem-snoozed"),
        ({"excluded_by": "a sandbox"}, POLICY, NEVER, "problem-excluded"),
        ({}, POLICY, History(told_at_ms=NOW_MS - 7 * DAY_MS + 1), "told-lately"),
        ({}, POLICY, History(told_at_ms=NOW_MS + 5), "told-lately"),
        ({}, POLICY, History(undelivered_at_ms=NOW_MS - UNDELIVERED_WAIT_MS + 1), "card-undelivered"),
        ({}, POLICY, History(channel_failed_at_ms=NOW_MS - UNDELIVERED_WAIT_MS + 1), "channel-failing"),
        ({}, POLICY, History(is_waiting=True), "message-on-its-way"),
        ({}, POLICY, History(team_cards=5), "team-cap"),
        ({}, POLICY, History(channel_cards=20), "channel-cap"),
        ({}, replace(POLICY, quiet_hours=QuietHours(11 * 60, 13 * 60)), NEVER, "quiet-hours"),
        ({}, replace(POLICY, quiet_hours=QuietHours(days=frozenset({0}))), NEVER, "quiet-hours"),
    ],
)
def test_each_reason_alone(changes, policy, history, reason):
    assert reasons(judge(problem(**changes), policy, history, NOW_MS)) == [reason]


def test_all_reasons_are_told_at_once():
    told = problem(state="acknowledged", recommendation=0, excluded_by="")
    assert set(reasons(judge(told, POLICY, History(NOW_MS, is_waiting=True, team_cards=9), NOW_MS))) == {
        "problem-acknowledged", "problem-excluded", "unsure-advice", "message-on-its-way", "told-lately", "team-cap",
    }  # fmt: skip


def test_a_snooze_that_is_over_is_none():
    assert isinstance(judge(problem(state="snoozed", state_until_at_ms=NOW_MS), POLICY, NEVER, NOW_MS), Send)


def test_what_came_back_is_told_within_the_cooldown_once():
    back = problem(state="came-back", state_since_at_ms=NOW_MS - 1_000)
    assert isinstance(judge(back, POLICY, History(NOW_MS - DAY_MS), NOW_MS), Send)
    assert reasons(judge(back, POLICY, History(NOW_MS - 500), NOW_MS)) == ["told-lately"]


def test_an_hour_after_a_message_was_given_up_the_next_is_written():
    over = NOW_MS - UNDELIVERED_WAIT_MS
    history = History(undelivered_at_ms=over, channel_failed_at_ms=over)
    assert isinstance(judge(problem(), POLICY, history, NOW_MS), Send)


def test_a_problem_without_a_price_has_a_gate_of_its_own():
    sums = replace(SUMS, avoidable_unpriced_runs=20, cash_microusd=(0, 0), run_ms=80_000_000, island_ms=36_000_000)
    told = problem(estimate=of(sums))
    # 10 core-hours in 10 days are 30 in 30.
    assert judge(told, POLICY, NEVER, NOW_MS) == Send((False, 30 * 3_600_000 * 9_000))
    tight = replace(POLICY, unpriced=UnpricedGate(Fraction(31), Fraction(1, 2), cards=False))
    assert reasons(judge(told, tight, NEVER, NOW_MS)) == [
        "below-core-hours-gate", "below-share-gate", "unpriced-digest-only",
    ]  # fmt: skip
    unknown = problem(estimate=of(replace(sums, island_unknown_runs=20)))
    assert reasons(judge(unknown, POLICY, NEVER, NOW_MS)) == ["time-off-engine-unknown"]


def test_priced_problems_go_before_those_without_a_price_whatever_the_hours():
    huge = replace(SUMS, avoidable_unpriced_runs=20, cash_microusd=(0, 0), run_ms=10**14, island_ms=10**14)
    assert priority_of(problem()) > priority_of(problem(estimate=of(huge)))


def test_only_what_passed_the_gate_is_for_the_digest():
    capped = judge(problem(), POLICY, History(team_cards=5, channel_cards=20), NOW_MS)
    assert capped.is_for_digest
    below = judge(problem(), replace(POLICY, min_usd=Fraction(99)), History(team_cards=5), NOW_MS)
    assert not below.is_for_digest


MONEY = st.integers(0, 10**10)
SUM = st.builds(
    lambda low, spread, runs, unpriced, days, island: replace(
        SUMS,
        days=days,
        first_day=TODAY - days + 1,
        runs=runs,
        avoidable_unpriced_runs=min(unpriced, runs),
        cash_microusd=(low, low + spread) if unpriced < runs else (0, 0),
        run_ms=10**7,
        island_ms=island,
    ),
    MONEY, MONEY, st.integers(1, 1_000), st.integers(0, 1_000), st.integers(1, 30), st.integers(0, 10**7),
)  # fmt: skip
PROBLEM = st.builds(
    lambda sums, state, since, until, recommendation, excluded: problem(
        estimate=of(sums),
        state=state,
        state_since_at_ms=NOW_MS - since,
        state_until_at_ms=until and NOW_MS + until,
        recommendation=recommendation,
        excluded_by=excluded,
    ),
    SUM,
    st.sampled_from(["open", "acknowledged", "snoozed", "resolved", "came-back"]),
    st.integers(0, 30 * DAY_MS),
    st.none() | st.integers(-DAY_MS, DAY_MS),
    st.integers(0, 10_000),
    st.sampled_from([None, None, None, "", "a sandbox"]),
)
POLICIES = st.builds(
    lambda usd, cooldown, cap, channel_cap, quiet, days, cards: replace(
        POLICY,
        min_usd=Fraction(usd),
        cooldown_days=cooldown,
        team_cap=cap,
        channel_cap=channel_cap,
        time_zone=ZoneInfo("America/New_York"),
        quiet_hours=QuietHours(*quiet, frozenset(days)),
        unpriced=UnpricedGate(cards=cards),
    ),
    st.integers(0, 100),
    st.integers(1, 30),
    st.integers(0, 4),
    st.integers(0, 6),
    st.tuples(st.integers(0, 1_439), st.integers(0, 1_439)),
    st.sets(st.integers(0, 6), max_size=3),
    st.booleans(),
)
HISTORIES = st.builds(
    History,
    st.none() | st.integers(NOW_MS - 40 * DAY_MS, NOW_MS + DAY_MS),
    st.booleans(),
    st.integers(0, 8),
    st.integers(0, 8),
)


@given(PROBLEM, POLICIES, HISTORIES)
def test_a_no_always_has_a_reason_and_a_yes_breaks_no_rule(told, policy, history):
    decision = judge(told, policy, history, NOW_MS)
    if isinstance(decision, Withheld):
        assert decision.reasons
        assert len(set(reasons(decision))) == len(decision.reasons)
        return
    assert told.excluded_by is None
    assert told.recommendation >= policy.min_recommendation * 10_000
    assert history.team_cards < policy.team_cap
    assert history.channel_cards < policy.channel_cap
    assert not history.is_waiting
    if told.estimate.is_priced:
        assert told.estimate.low_usd >= policy.min_usd
    is_news = told.state == "came-back" and (history.told_at_ms or 0) < told.state_since_at_ms
    is_old = history.told_at_ms is None or NOW_MS - history.told_at_ms >= policy.cooldown_days * DAY_MS
    assert is_old or is_news


# Steps of a history: minutes that pass, which problem is judged, and what people do to it first.
STEPS = st.lists(
    st.tuples(
        st.integers(1, 3 * 1_440), st.integers(0, 5), st.sampled_from(["", "", "acknowledged", "open", "came-back"])
    ),
    max_size=60,
)


@settings(max_examples=60)
@given(STEPS, POLICIES)
def test_in_no_history_is_a_card_told_twice_in_a_cooldown_or_a_cap_passed(steps, policy):
    policy = replace(policy, min_usd=Fraction(0))
    now_ms = NOW_MS
    states = dict.fromkeys(range(6), ("open", NOW_MS))
    sent: list[tuple[int, int]] = []
    back_since: dict[int, list[int]] = {number: [] for number in range(6)}
    for minutes, number, change in steps:
        now_ms += minutes * 60_000
        if change:
            states[number] = (change, now_ms)
            if change == "came-back":
                back_since[number].append(now_ms)
        state, since = states[number]
        team = f"team {number % 2}"
        day_ms = day_start_at_ms(now_ms, policy.time_zone)
        of_day = [each for each, at_ms in sent if at_ms >= day_ms]
        told = problem(problem_id=number, team=team, state=state, state_since_at_ms=since, estimate=of(now_ms=NOW_MS))
        history = History(
            max((at_ms for each, at_ms in sent if each == number), default=None),
            team_cards=sum(1 for each in of_day if each % 2 == number % 2),
            channel_cards=len(of_day),
        )
        if isinstance(judge(told, policy, history, now_ms), Send):
            sent.append((number, now_ms))
    for number in range(6):
        times = [at_ms for each, at_ms in sent if each == number]
        for one, other in itertools.pairwise(times):
            came_back = any(one < each <= other for each in back_since[number])
            assert other - one >= policy.cooldown_days * DAY_MS or came_back
    for day_ms in {day_start_at_ms(at_ms, policy.time_zone) for _, at_ms in sent}:
        for team in (0, 1):
            cards = [n for n, at_ms in sent if day_start_at_ms(at_ms, policy.time_zone) == day_ms and n % 2 == team]
            assert len(cards) <= policy.team_cap
