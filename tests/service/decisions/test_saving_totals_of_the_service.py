"""Totals: one proposal of each compute definition, never more than it cost."""

from __future__ import annotations

import json
from fractions import Fraction

from decision_samples import HOUR_MS, NOW_MS, hour, interactive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clusop.analysis.figure import Figure
from clusop.service.decisions import decide, saving_totals
from clusop.service.decisions.deciding import decisions_of, window_of
from clusop.service.decisions.prices_in_force import PricesInForce
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.problems import problem_days, problems
from clusop.service.views.days import window
from clusop.service.views.overview import overview
from clusop.service.views.problems import recent_sums

PRICES = PricesInForce()
TODAY = NOW_MS // (24 * HOUR_MS)


def a_fix(database, compute="job:7", workspace="42", **sums):
    with database.writing() as connection:
        made = connection.execute(
            problems.insert().values(workspace=workspace, signature=f"{compute}{sums}", compute=compute)
        ).inserted_primary_key[0]
        connection.execute(problem_days.insert().values(problem_id=made, day=TODAY, **sums))


def cash(low, high):
    return {"avoidable_low_microusd": low, "avoidable_high_microusd": high}


def totals(database, workspace="*"):
    with database.writing() as connection:
        decide(connection, PRICES, NOW_MS)
    with database.reading() as connection:
        return saving_totals(connection, NOW_MS, TODAY - 29, workspace)


def dollars(figure):
    return [figure.usd.low, figure.usd.high]


def test_of_two_alternatives_the_better_counts_and_they_are_not_added(database, an_agent):
    an_agent([hour()])  # switching off saves $0.285 of $0.747
    a_fix(database, **cash(100_000, 200_000))
    found = totals(database)
    assert dollars(found.cash) == [Fraction("0.285")] * 2
    assert [(compute, action.value) for compute, action in found.chosen] == [("42/job:7", "disable")]


def test_fixes_of_several_problems_add_up_to_at_most_what_the_work_cost(database, an_agent):
    an_agent([hour()])
    a_fix(database, **cash(400_000, 500_000))
    a_fix(database, **cash(500_000, 600_000))
    found = totals(database)
    # (2.9 × 0.15 + 0.312) × 1 hour, all of it busy
    assert dollars(found.cash) == [Fraction("0.747")] * 2
    assert [action.value for _, action in found.chosen] == ["fix"]


def test_capacity_is_no_cash(database, an_agent):
    an_agent([hour(native=None)], shape=interactive(), compute="cluster:1122-334455-abc")
    a_fix(database, "cluster:1122-334455-abc", capacity_low_microusd=100_000, capacity_high_microusd=200_000)
    found = totals(database)
    assert dollars(found.cash) == [0, 0]
    assert dollars(found.capacity) == [Fraction("0.1"), Fraction("0.2")]


def test_without_a_decision_a_problems_own_days_say_whether_it_is_cash_or_capacity(database):
    """As the overview sums them: what is cash there is no "cash or capacity" here."""
    a_fix(database, "job:9", **cash(100_000, 200_000))
    a_fix(database, "cluster:a", capacity_low_microusd=300_000, capacity_high_microusd=400_000)
    found = totals(database)
    assert dollars(found.cash) == [Fraction("0.1"), Fraction("0.2")]
    assert dollars(found.capacity) == [Fraction("0.3"), Fraction("0.4")]
    assert dollars(found.cash_or_capacity) == [0, 0]


def test_problems_of_both_kinds_on_one_compute_definition_count_each_as_its_own(database):
    a_fix(database, "job:9", **cash(100_000, 200_000))
    a_fix(database, "job:9", capacity_low_microusd=300_000, capacity_high_microusd=400_000)
    found = totals(database)
    assert [dollars(found.cash)[1], dollars(found.capacity)[1]] == [Fraction("0.2"), Fraction("0.4")]
    assert [name for name, _ in found.chosen] == ["42/job:9"]


def test_a_decision_that_could_not_tell_the_uptime_leaves_it_to_the_problems(database, an_agent):
    an_agent([hour()])
    a_fix(database, capacity_low_microusd=300_000, capacity_high_microusd=400_000)
    totals(database)
    with database.writing() as connection:
        facts = json.loads(connection.execute(select(engine_decisions.c.facts)).scalar_one()) | {"uptime": "unknown"}
        connection.execute(engine_decisions.update().values(facts=json.dumps(facts), action="keep"))
        assert dollars(saving_totals(connection, NOW_MS, TODAY - 29).capacity)[1] == Fraction("0.4")
    a_fix(database, **cash(100_000, 200_000))
    with database.reading() as connection:
        found = saving_totals(connection, NOW_MS, TODAY - 29)
    assert dollars(found.cash) == dollars(found.capacity) == [0, 0]
    assert dollars(found.cash_or_capacity)[1] == Fraction("0.6")


def test_the_days_are_those_that_the_overview_sums(database):
    a_fix(database, "job:1", **cash(100_000, 200_000))
    span = window(NOW_MS, 30)
    for day, high in ((span.from_day, Fraction("0.2")), (span.from_day - 1, 0)):
        with database.writing() as connection:
            connection.execute(problem_days.update().values(day=day))
        with database.reading() as connection:
            assert saving_totals(connection, NOW_MS, span.from_day).cash.usd.high == high
            assert (
                overview(connection, span, recent_sums(connection, span)).total.avoidable_high_microusd == high * 10**6
            )


def test_problems_of_no_compute_and_days_before_the_window_are_left_out(database):
    a_fix(database, "", **cash(100_000, 200_000))
    a_fix(database, "job:1", **cash(100_000, 200_000))
    with database.writing() as connection:
        connection.execute(problem_days.update().values(day=TODAY - 31))
    assert dollars(totals(database).cash) == [0, 0]


def test_a_decision_about_what_runs_no_more_is_not_counted(database, an_agent):
    an_agent([hour()])
    assert dollars(totals(database).cash) == [Fraction("0.285")] * 2
    with database.reading() as connection:
        later = saving_totals(connection, NOW_MS + 49 * HOUR_MS, TODAY - 29)
    assert dollars(later.cash) == [0, 0]


def test_the_newest_decision_counts(database, an_agent):
    an_agent([hour()])
    totals(database)
    with database.writing() as connection:
        (row,) = connection.execute(engine_decisions.select()).mappings().all()
        told = {name: value for name, value in row.items() if name != "id"}
        connection.execute(engine_decisions.insert().values(told | {"action": "keep", "decided_at_ms": NOW_MS + 1}))
        assert saving_totals(connection, NOW_MS + 1, TODAY - 29).chosen == ()


def test_who_is_bound_to_a_workspace_is_told_of_that_one_only(database, an_agent):
    an_agent([hour()])
    an_agent([hour()], workspace="43")
    a_fix(database, "job:9", workspace="43", **cash(100_000, 200_000))
    assert [name for name, _ in totals(database, "43").chosen] == ["43/job:7", "43/job:9"]
    assert len(totals(database).chosen) == 3


def test_a_decision_of_a_clusop_that_told_no_attributed_dollars_is_capped_by_the_bill(database, an_agent):
    an_agent([hour(busy=0.5, native=1)])
    a_fix(database, **cash(2_000_000, 3_000_000))
    assert dollars(totals(database).cash) == [Fraction("0.3735")] * 2
    with database.writing() as connection:
        facts = json.loads(connection.execute(select(engine_decisions.c.facts)).scalar_one())
        del facts["attributed"]
        connection.execute(engine_decisions.update().values(facts=json.dumps(facts)))
        assert dollars(saving_totals(connection, NOW_MS, TODAY - 29).cash) == [Fraction("0.747")] * 2
        facts["bill"] = {"formula": "unheard-of-1", "inputs": {}}
        connection.execute(engine_decisions.update().values(facts=json.dumps(facts)))
        assert dollars(saving_totals(connection, NOW_MS, TODAY - 29).cash) == [2, 3]


def test_what_is_resolved_is_saved_already(database):
    a_fix(database, "job:1", **cash(100_000, 200_000))
    with database.writing() as connection:
        connection.execute(problems.update().values(state="resolved"))
    assert dollars(totals(database).cash) == [0, 0]


def test_an_absurd_record_overflows_nothing(database):
    for number in range(3):
        a_fix(database, f"job:{number}", **cash(0, 2**63 - 1))
    assert totals(database).cash.usd.high == 30_000_000


HOURS = st.tuples(st.integers(0, 100), st.integers(0, 100))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(HOURS, min_size=1, max_size=3), st.integers(0, 2_000_000)), min_size=1, max_size=3))
def test_one_proposal_each_and_savings_never_exceed_cost(database, an_agent, told):
    with database.writing() as connection:
        for table in (agents, problems, engine_decisions):
            connection.execute(table.delete())
    for number, (hours, low) in enumerate(told):
        for ago, (busy, native) in enumerate(hours, start=1):
            an_agent(
                [hour(ago, busy=busy / 100, native=native / 100)], compute=f"job:{number}", agent=f"{number}-{ago}"
            )
        a_fix(database, f"job:{number}", **cash(low, 2 * low))
    found = totals(database)
    with database.reading() as connection:
        decided = list(decisions_of(connection, PRICES, window_of(NOW_MS, 30)))
    assert len({compute for compute, _ in found.chosen}) == len(found.chosen) <= len(told)
    bills = [one.bill for one in decided]
    assert all(isinstance(one, Figure) for one in bills)
    spent = sum((one.usd.high for one in bills), Fraction(0))
    assert 0 <= found.cash.usd.low <= found.cash.usd.high <= spent
    for one in decided:
        saving = one.proposal.saving
        if isinstance(saving, Figure):
            assert saving.usd.high <= one.bill.usd.high
