"""The read models on both databases: they say what is stored, once, and only what the caller may see."""

from __future__ import annotations

import json

import pytest
import seed
from sqlalchemy import func, insert, select, update

from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.problems import problem_days, problems, signals
from clusop.service.suppression.policy import Policy
from clusop.service.views.agents import AgentsAsked, agent_page, agent_summary
from clusop.service.views.bill import bill_of
from clusop.service.views.compute import compute_lines, one_compute
from clusop.service.views.days import day_of, window
from clusop.service.views.deliveries import DeliveriesAsked, deliveries_page
from clusop.service.views.overview import Part, overview
from clusop.service.views.problem import one_problem
from clusop.service.views.problems import PAGE_SIZE, ProblemsAsked, problem_page, recent_sums
from clusop.service.views.reconciliations import reconciliation_lines
from clusop.service.views.suppressions import suppressions

SPAN = window(seed.NOW_MS, 30)


@pytest.fixture
def seeded(database):
    seed.fill(database)
    return database


def test_the_overview_equals_a_recount_of_the_signals(seeded):
    with seeded.reading() as connection:
        connection.execute(select(1))
        seen = overview(connection, SPAN, recent_sums(connection, SPAN))
        bill = bill_of(connection, SPAN)
        runs = unpriced = low = high = 0
        derived = {
            (row.problem_id, row.day): (row.derived_low_microusd, row.derived_high_microusd)
            for row in connection.execute(select(problem_days).where(problem_days.c.derived_low_microusd.is_not(None)))
        }
        for problem_id, end_at_ms, line in connection.execute(
            select(signals.c.problem_id, signals.c.end_at_ms, signals.c.line)
        ):
            if day_of(end_at_ms) < SPAN.from_day:
                continue
            told = json.loads(bytes(line))
            runs += told["runs"]
            figure = told["figures"]["exposure"]
            if "unpriced" in figure:
                unpriced += told["runs"]
                continue
            ends = derived.get((problem_id, day_of(end_at_ms)), (figure["low_microusd"], figure["high_microusd"]))
            low, high = low + ends[0], high + ends[1]
    total = seen.total
    assert (total.run_count, total.exposure_unpriced_runs) == (runs, unpriced)
    assert (total.exposure_low_microusd, total.exposure_high_microusd) == (low, high)
    for lines in (seen.teams, seen.workspaces):
        assert sum(line.sums.exposure_low_microusd for line in lines) == low
        assert sum(line.problem_count for line in lines) == seen.active_count
    assert sum(day.sums.run_count for day in seen.days) == runs
    assert len(seen.days) == 30
    assert sum(share.microusd for share in bill.shares) == sum(line.microusd for line in seen.bill)


def test_a_bound_reader_of_messages_is_told_no_team_of_others(seeded):
    """Neither in what is read for the page nor in how channels fare: a team's name tells who works where."""
    with seeded.writing() as connection:
        own = select(problems.c.id).where(problems.c.workspace == "9876543210").limit(1).scalar_subquery()
        others = select(problems.c.id).where(problems.c.workspace == "1234567890").limit(1).scalar_subquery()
        for problem_id, team in ((own, "own-team"), (others, "their-team"), (None, "team-of-a-digest")):
            connection.execute(
                insert(deliveries).values(
                    channel="teams", team=team, kind="card", problem_id=problem_id, created_at_ms=seed.NOW_MS,
                    state="accepted", body="{}", facts="{}", due_at_ms=seed.NOW_MS,
                )
            )  # fmt: skip
    with seeded.reading() as connection:
        told = repr(deliveries_page(connection, DeliveriesAsked(visible="9876543210")))
        assert "own-team" in told
        assert "their-team" not in told
        assert "team-of-a-digest" not in told
        assert not deliveries_page(connection, DeliveriesAsked(visible="9876543210", team="their-team")).lines
        assert "their-team" in repr(deliveries_page(connection, DeliveriesAsked()))


def test_a_bound_caller_sees_the_sums_of_his_workspace_only(seeded):
    with seeded.reading() as connection:
        recent = recent_sums(connection, SPAN)
        all_of_it = overview(connection, SPAN, recent)
        parts = [overview(connection, SPAN, recent, Part(name)) for name in ("1234567890", "9876543210", "local")]
        assert sum(part.total.exposure_high_microusd for part in parts) == all_of_it.total.exposure_high_microusd
        assert sum(sum(part.states.values()) for part in parts) == sum(all_of_it.states.values())
        assert {line.workspace for line in compute_lines(connection, recent, 0, "9876543210")} == {"9876543210"}
        agents = agent_page(connection, AgentsAsked(visible="local"), seed.NOW_MS)
        assert {line.workspace for line in agents.lines} == {"local"}
        assert not deliveries_page(connection, DeliveriesAsked(visible="9876543210")).lines
        held = suppressions(connection, workspace="1234567890")
        assert {one.problem.workspace for one in held.withheld} == {"1234567890"}
        assert one_problem(connection, 1, seed.NOW_MS, Policy(), "local") is None


def test_a_compute_definition_that_nobody_heard_of_lately_is_not_listed(seeded):
    """Nor is more read the longer decisions have been made: of each the newest, among those of the window."""
    with seeded.writing() as connection:
        for compute, days_ago in (("job:gone", 31), ("job:gone", 40), ("job:here", 29), ("job:here", 0)):
            connection.execute(
                insert(engine_decisions).values(
                    workspace="1234567890",
                    compute=compute,
                    decided_at_ms=seed.NOW_MS - days_ago * 86_400_000,
                    action="keep",
                )
            )
    with seeded.reading() as connection:
        recent = recent_sums(connection, SPAN)
        lines = {line.compute: line for line in compute_lines(connection, recent, SPAN.from_at_ms)}
        assert "job:gone" not in lines
        assert lines["job:here"].decision is not None
        assert lines["job:here"].decision.decided_at_ms == seed.NOW_MS
        assert lines["job:42"].decision is not None
        assert lines["job:42"].decision.action == "disable"
        assert "job:gone" in {line.compute for line in compute_lines(connection, recent, 0)}
        assert one_compute(connection, "1234567890", "job:gone", recent) is not None


def test_pages_of_problems_show_each_once(database):
    many = 2 * PAGE_SIZE + 7
    today = day_of(seed.NOW_MS)
    with database.writing() as connection:
        for number in range(1, many + 1):
            connection.execute(
                insert(problems).values(signature=f"{number:032x}", workload="job:1", last_seen_at_ms=number % 10)
            )
            # Many are worth the same: the place must not hang on the amount alone.
            connection.execute(
                insert(problem_days).values(
                    problem_id=number,
                    day=today,
                    run_count=1,
                    avoidable_low_microusd=number % 3,
                    avoidable_high_microusd=number % 3,
                )
            )
    for sort in ("avoidable", "last-seen", "runs"):
        after, seen, rank = "", [], []
        with database.reading() as connection:
            recent = recent_sums(connection, SPAN)
            while True:
                page = problem_page(connection, ProblemsAsked(sort=sort, after=after), recent, SPAN)
                assert page.before == len(seen)
                seen += [one.line.id for one in page.problems]
                rank += [one.recent.avoidable_twice_mid for one in page.problems]
                after = page.next_after
                if not after:
                    break
        assert sorted(seen) == list(range(1, many + 1))
        assert sort != "avoidable" or rank == sorted(rank, reverse=True)
    with database.reading() as connection:
        for broken in ("x", "1", "1.x", ".", "9" * 40 + ".1", "-5.2"):
            page = problem_page(connection, ProblemsAsked(after=broken), recent, SPAN)
            assert page.total == many


def test_a_problem_in_full(seeded):
    with seeded.reading() as connection:
        key = connection.execute(select(problems.c.id).where(problems.c.task_key == "load_orders")).scalar_one()
        found = one_problem(connection, key, seed.NOW_MS, Policy())
        assert found is not None
        assert found.evidence is not None
        assert found.evidence.cause == found.line.cause == "python-udf"
        assert [one.end_at_ms for one in found.signals] == sorted(
            (one.end_at_ms for one in found.signals), reverse=True
        )
        assert {figure.basis for figure in found.monthly.exposures} == {"derived", "modeled"}
        assert found.monthly.rate.runs == found.recent.run_count
        assert {one.state for one in found.deliveries} == {"accepted"}
        assert one_problem(connection, 10**6, seed.NOW_MS, Policy()) is None
    with seeded.writing() as connection:
        connection.execute(update(problems).where(problems.c.id == key).values(evidence=b'{"record": "signal"}'))
    with seeded.reading() as connection:
        found = one_problem(connection, key, seed.NOW_MS, Policy())
        assert found is not None
        assert found.evidence is None
        assert found.evidence_gap


def test_agents_and_readings(seeded):
    with seeded.reading() as connection:
        summary = agent_summary(connection, seed.NOW_MS)
        listed = agent_page(connection, AgentsAsked(), seed.NOW_MS)
        for status in ("reporting", "quiet", "gone", "ended", "silenced"):
            page = agent_page(connection, AgentsAsked(status=status), seed.NOW_MS)
            assert {line.status for line in page.lines} <= {status}
        rest = agent_page(connection, AgentsAsked(after=listed.next_after), seed.NOW_MS)
        assert not {line.id for line in listed.lines} & {line.id for line in rest.lines}
        assert summary.seen_count == sum(summary.statuses.values()) > 5
        channels = {one.channel: one for one in deliveries_page(connection, DeliveriesAsked()).channels}
        assert (channels["risk-teams"].is_broken, channels["pricing-teams"].is_broken) == (True, False)
        readings = reconciliation_lines(connection)
        assert [line.outcome for line in readings.lines] == ["done"]
        assert [gap.reason for gap in bill_of(connection, SPAN).gaps] == ["no-billed-price"]
        counted = connection.execute(select(func.count()).where(problems.c.state == "snoozed")).scalar_one()
        assert suppressions(connection).snoozed_count == counted == 1
