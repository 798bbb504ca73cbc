"""What is proposed for one query, in words a person can act on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from clusop.analysis.assessment import Action, Finding, QueryCost, RatioBasis, Role, TimeSplit, Verdict
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics import Declined, QueryFacts, query_proposal, unpriced_query_cost
from clusop.analysis.figure import ModeledFigure
from clusop.analysis.observed import RunStatus
from clusop.reasons import Reason, catalogue
from clusop.units import Range


def usd(low, high, **inputs):
    return ModeledFigure(Range.of(low, high), "fix-1", inputs)


UDF = Finding(
    "python-udf", "BatchEvalPython", 0, 5, time_ratio=Fraction("0.4"), ratio_basis=RatioBasis.MEASURED, inherited=(3, 4)
)
TIME = TimeSplit(Fraction(1000), Fraction(550), RatioBasis.MEASURED, island_ms=Fraction(400))
FALLBACK = QueryFacts(
    verdict=Verdict.FALLBACK,
    verdict_reasons=(),
    role=Role.USER,
    status=RunStatus.SUCCEEDED,
    findings=(UDF,),
    time=TIME,
    cost=QueryCost(usd(1, 1), usd("0.2", "0.2"), usd("0.1", "0.3")),
    uptime=Uptime.ELASTIC,
    evidence_score=0.8,
)


def test_a_cause_that_can_be_fixed_is_to_be_fixed_and_the_sentence_says_where_and_what_instead():
    found = query_proposal(FALLBACK)
    assert found.action is Action.FIX
    assert found.saving is FALLBACK.cost.avoidable
    assert found.sentence.startswith("Fix the query at BatchEvalPython, 40 % of the query's task time.")
    assert catalogue()["python-udf"].instead in found.sentence
    assert found.reasons == ()


def test_the_heaviest_cause_is_named_and_the_others_counted():
    heavier = replace(UDF, cause="unsupported-expression", operator="Project", time_ratio=Fraction("0.5"))
    found = query_proposal(replace(FALLBACK, findings=(UDF, heavier)))
    assert "at Project, 50 %" in found.sentence
    assert "One other cause" in found.sentence


@pytest.mark.parametrize(
    ("uptime", "reason", "words"),
    [
        (Uptime.FIXED, "fixed-uptime", "no cash"),
        (Uptime.UNKNOWN, "unknown-uptime", "if the cluster ends with its work"),
    ],
)
def test_capacity_is_said_to_be_no_cash(uptime, reason, words):
    found = query_proposal(replace(FALLBACK, uptime=uptime))
    assert [one.id for one in found.reasons] == [reason]
    assert words in found.sentence


def test_without_dollars_the_fix_is_still_said_and_the_money_refused_with_its_reason():
    cost = unpriced_query_cost(Reason("no-query-shape"))
    found = query_proposal(replace(FALLBACK, cost=cost, time=TimeSplit(None, None, RatioBasis.STRUCTURE)))
    assert [found.action, found.saving.reason.id] == [Action.FIX, "no-query-shape"]


def test_a_share_of_operators_is_never_told_as_time():
    counted = replace(UDF, ratio_basis=RatioBasis.STRUCTURE, time_ratio=Fraction(1, 406))
    found = query_proposal(replace(FALLBACK, findings=(counted,), time=TimeSplit(None, None, RatioBasis.STRUCTURE)))
    assert found.action is Action.FIX
    assert "%" not in found.sentence


def test_a_tiny_island_is_kept_even_if_only_a_bound_of_its_time_is_known():
    # a profile: 0.1 s of 60 s outside the engine, no stage times
    time = TimeSplit(Fraction(60_000), Fraction(59_900), RatioBasis.PROFILE)
    finding = replace(UDF, time_ratio=Fraction(1, 600), is_upper_bound=True, ratio_basis=RatioBasis.PROFILE)
    cost = unpriced_query_cost(Reason("serverless-no-premium"))
    found = query_proposal(replace(FALLBACK, time=time, findings=(finding,), cost=cost))
    assert [found.action, found.reasons[0].id] == [Action.KEEP, "island-too-small"]
    assert "at most 0.2 %" in found.sentence


@pytest.mark.parametrize(("island_ms", "action"), [(9, Action.KEEP), (10, Action.FIX)])
def test_one_percent_of_the_time_is_worth_a_change(island_ms, action):
    assert query_proposal(replace(FALLBACK, time=replace(TIME, island_ms=Fraction(island_ms)))).action is action


@pytest.mark.parametrize("cause", ["row-source", "marginal-operator"])
def test_light_and_row_reading_work_is_kept(cause):
    found = query_proposal(replace(FALLBACK, verdict=Verdict.PARTIAL, findings=(replace(UDF, cause=cause),)))
    assert found.action is Action.KEEP


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"role": Role.INTERNAL}, "internal-execution"),
        ({"status": RunStatus.FAILED}, "failed-run"),
        ({"verdict": Verdict.UNKNOWN, "verdict_reasons": (Reason("not-final"),)}, "not-final"),
        ({"verdict": Verdict.COMMAND}, "command-only"),
        ({"verdict": Verdict.NOT_ACCELERATED, "verdict_reasons": (Reason("engine-off"),)}, "engine-off"),
        ({"evidence_score": 0.49}, "low-confidence"),
        ({"findings": (replace(UDF, cause="unexplained"),)}, "low-confidence"),
    ],
)
def test_nothing_is_proposed_without_a_ground_and_the_reason_is_given(changes, reason):
    found = query_proposal(replace(FALLBACK, **changes))
    assert [found.action, found.saving, found.reasons[0].id] == [Action.NONE, None, reason]
    assert found.sentence


def test_a_native_query_needs_no_change_however_low_its_native_share():
    found = query_proposal(replace(FALLBACK, verdict=Verdict.NATIVE, findings=()))
    assert [found.action, found.sentence] == [Action.NONE, "Nothing to change: nothing left the engine."]


def test_the_better_of_fix_and_certified_upgrade_is_proposed():
    better = usd("0.2", "0.4", evidence="16.4: run 7")
    found = query_proposal(replace(FALLBACK, upgrade=better))
    assert [found.action, found.saving] == [Action.UPGRADE, better]
    assert "16.4" in found.sentence
    assert query_proposal(replace(FALLBACK, upgrade=usd("0.01", "0.02"))).action is Action.FIX
    assert query_proposal(replace(FALLBACK, upgrade=Declined(Reason("no-certified-upgrade")))).action is Action.FIX
