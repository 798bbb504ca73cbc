"""The four legs of confidence: what they start from, what lowers them, and what advice rests on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.assessment import (
    Action,
    Finding,
    Leg,
    QueryCost,
    RatioBasis,
    TimeSplit,
    Verdict,
    Witness,
)
from clusop.analysis.confidence import (
    Evidence,
    confidence_of,
    cost_leg,
    diagnosis_leg,
    parse_leg,
    recommendation_leg,
    with_bill,
)
from clusop.analysis.economics import unpriced_query_cost
from clusop.analysis.figure import Figure, ModeledFigure
from clusop.plan.node import ROOT, Operator, Plan
from clusop.plan.reading import ExplanationVerdict, Phase, PlanReading, PlanSource
from clusop.reasons import Reason
from clusop.units import Range

PLAN = Plan((Operator("HashAggregate", ROOT),))
FINAL = PlanReading(PLAN, Phase.FINAL, PlanSource.EXPLAIN_TEXT)
UDF = Finding("python-udf", "BatchEvalPython", 0, 0, witnesses=(Witness.STRUCTURE,))
MEASURED = TimeSplit(Fraction(1000), Fraction(600), RatioBasis.MEASURED, island_ms=Fraction(400))
DOLLARS = ModeledFigure(Range.of(1), "attributed-1", {"dbu_usd": "0.6", "vm_usd": "0.4"})
COST = QueryCost(DOLLARS, DOLLARS, DOLLARS)


def ids(leg: Leg) -> list[str]:
    return [reason.id for reason in leg.reasons]


def test_a_whole_final_plan_is_read_with_high_confidence_and_no_excuse():
    assert parse_leg([FINAL]) == Leg(0.99)


@pytest.mark.parametrize(
    ("reading", "reason", "level"),
    [
        (replace(FINAL, phase=Phase.INITIAL), "initial-plan", "high"),
        (replace(FINAL, phase=Phase.CURRENT), "not-final", "low"),
        (replace(FINAL, phase=Phase.INITIAL, source=PlanSource.PLAN_INFO), "not-final", "low"),
        (replace(FINAL, problems=(Reason("truncated-top"),)), "truncated-top", "low"),
        (replace(FINAL, problems=(Reason("wrapped-lines"),)), "wrapped-lines", "high"),
        (replace(FINAL, plan=None, problems=(Reason("unreadable"),)), "unreadable", "low"),
        (replace(FINAL, plan=None), "empty", "low"),
    ],
)
def test_damage_and_early_plans_lower_the_reading(reading, reason, level):
    leg = parse_leg([reading])
    assert (ids(leg), leg.level) == ([reason], level)
    assert leg.score < parse_leg([FINAL]).score


def test_an_engine_whose_first_and_last_plans_agree_is_read_early_without_much_harm():
    leg = parse_leg([replace(FINAL, phase=Phase.INITIAL, source=PlanSource.PLAN_INFO)], engine="comet")
    assert (ids(leg), leg.level) == (["initial-plan"], "high")


def test_a_run_without_any_plan_is_not_read():
    assert ids(parse_leg([], problems=[Reason("no-plan-in-execution")])) == ["no-plan-in-execution"]


def test_a_new_native_name_and_repeated_damage_lower_once():
    assert ids(parse_leg([FINAL], ["PhotonNewThing"])) == ["new-native-name"]
    damaged = replace(FINAL, problems=(Reason("missing-details", ": 3"), Reason("missing-details", ": 7")))
    assert parse_leg([damaged]).score == parse_leg([replace(FINAL, problems=(Reason("missing-details"),))]).score


def diagnosis(*witnesses: Witness, **changes: object) -> Leg:
    return diagnosis_leg(Verdict.FALLBACK, [replace(UDF, witnesses=witnesses, **changes)])


def test_witnesses_that_agree_beat_the_structure_alone_which_beats_words_alone_which_beat_nothing():
    agreed = diagnosis(Witness.STRUCTURE, Witness.ENGINE)
    alone = diagnosis(Witness.STRUCTURE)
    words = diagnosis(Witness.ENGINE)
    unexplained = diagnosis(Witness.STRUCTURE, cause="unexplained")
    assert agreed.score >= 0.9
    assert agreed.reasons == ()
    assert diagnosis(Witness.STRUCTURE, Witness.ENGINE, Witness.METRICS).score > agreed.score
    assert diagnosis(Witness.STRUCTURE, Witness.METRICS).score > alone.score
    assert [alone.score, ids(alone)] == [0.8, ["structure-only"]]
    assert [words.level, ids(words)] == ["medium", ["engine-words-only"]]
    assert [unexplained.level, ids(unexplained)] == ["low", ["unexplained"]]


def without_findings(verdict: Verdict, said: ExplanationVerdict, *reasons: Reason) -> Leg:
    return diagnosis_leg(verdict, [], said, reasons)


def test_a_disagreement_lowers_and_is_said():
    quarrel = Reason("explanation-disagrees", "the engine says all of it is supported.")
    leg = diagnosis(Witness.STRUCTURE, Witness.ENGINE, disagreement=quarrel)
    assert leg.level == "medium"
    assert quarrel in leg.reasons
    native = without_findings(Verdict.NATIVE, ExplanationVerdict.NOT_FULLY, quarrel)
    assert native.score < 0.6
    assert quarrel in native.reasons


def test_the_cause_a_proposal_would_name_decides():
    source = replace(UDF, cause="row-source", time_ratio=Fraction("0.9"), witnesses=(Witness.STRUCTURE,))
    named = replace(UDF, witnesses=(Witness.STRUCTURE, Witness.ENGINE), time_ratio=Fraction("0.1"))
    assert diagnosis_leg(Verdict.FALLBACK, [source, named]).score >= 0.9


def test_verdicts_without_findings():
    agreed = without_findings(Verdict.NATIVE, ExplanationVerdict.FULLY)
    silent = without_findings(Verdict.NATIVE, ExplanationVerdict.ABSENT)
    assert agreed.score > silent.score >= 0.9
    assert without_findings(Verdict.COMMAND, ExplanationVerdict.COMMAND).level == "high"
    assert without_findings(Verdict.NOT_ACCELERATED, ExplanationVerdict.ABSENT).level == "high"
    unknown = without_findings(Verdict.UNKNOWN, ExplanationVerdict.ABSENT, Reason("not-final"))
    assert [unknown.score, ids(unknown)] == [0.0, ["not-final"]]
    assert without_findings(Verdict.FALLBACK, ExplanationVerdict.ABSENT).level == "low"


def costed(cost: QueryCost = COST, time: TimeSplit = MEASURED, findings=(), remarks=()) -> Leg:
    return cost_leg(cost, time, findings, remarks)


def test_modeled_dollars_are_at_most_medium_and_billed_ones_high():
    exact = QueryCost(DOLLARS, DOLLARS, unpriced_query_cost(Reason("no-island")).avoidable)
    leg = costed(exact)
    assert [leg.level, ids(leg)] == ["medium", ["modeled-dollars"]]
    billed = Figure(Range.of(1), "attributed-1", {})
    assert costed(replace(exact, attributed=billed)).level == "high"


@pytest.mark.parametrize(
    ("ratio", "level", "reasons"),
    [
        (0, "medium", ["modeled-dollars", "spot-unknown"]),
        (Fraction(1, 2), "medium", ["partly-billed", "spot-unknown"]),
        (1, "high", ["spot-unknown"]),
    ],
)
def test_a_bill_raises_the_leg_of_modeled_dollars_as_far_as_it_tells_them(ratio, level, reasons):
    exact = QueryCost(DOLLARS, DOLLARS, unpriced_query_cost(Reason("no-island")).avoidable)
    billed = Figure(Range.of(1), "attributed-1", {})
    modeled = costed(exact, remarks=(Reason("spot-unknown"),))
    as_billed = costed(replace(exact, attributed=billed), remarks=(Reason("spot-unknown"),))
    leg = with_bill(modeled, Fraction(ratio))
    assert [leg.level, ids(leg)] == [level, reasons]
    assert modeled.score <= leg.score <= as_billed.score
    assert (leg.score == modeled.score, leg.score == as_billed.score) == (ratio == 0, ratio == 1)


def test_a_bill_says_nothing_of_dollars_that_are_none():
    unpriced = Leg(0.0, (Reason("unknown-cloud"),))
    assert with_bill(unpriced, Fraction(1)) == unpriced


BOUNDED = (replace(UDF, is_upper_bound=True),)
NO_VM = replace(COST, attributed=replace(DOLLARS, inputs={"vm_usd": "unpriced:unknown-vm-price"}))


@pytest.mark.parametrize(
    ("leg", "reason"),
    [
        (costed(remarks=(Reason("unknown-tier"),)), "unknown-tier"),
        (costed(remarks=(Reason("spot-unknown"),)), "spot-unknown"),
        (costed(findings=BOUNDED), "no-stage-times"),
        (costed(time=replace(MEASURED, native_ms=None), findings=BOUNDED), "no-native-time"),
        (costed(time=replace(MEASURED, ratio_basis=RatioBasis.OPERATORS)), "operators-basis"),
        (costed(time=replace(MEASURED, reasons=(Reason("failed-tasks"),))), "failed-tasks"),
        (costed(NO_VM), "part-not-priced"),
    ],
)
def test_what_widens_the_dollars_lowers_them_and_is_said(leg, reason):
    assert reason in ids(leg)
    assert leg.score < costed().score


def test_no_dollars_no_confidence_in_them():
    assert costed(unpriced_query_cost(Reason("no-query-shape"))) == Leg(0.0, (Reason("no-query-shape"),))
    assert costed(time=TimeSplit(None, None, RatioBasis.STRUCTURE)) == Leg(0.0, (Reason("no-times"),))


legs = st.floats(0, 1).map(lambda score: Leg(score, (Reason("no-times"),)))


@given(legs, legs, legs, st.sampled_from(list(Action)))
def test_advice_never_exceeds_a_leg_it_rests_on(parse, diagnosis, cost, action):
    leg = confidence_of(Evidence(parse, diagnosis, cost), action).recommendation
    assert leg.score <= min(parse.score, diagnosis.score)
    if action in {Action.DISABLE, Action.UPGRADE}:
        assert leg.score <= cost.score


def test_a_fix_does_not_need_dollars_an_upgrade_does():
    evidence = Evidence(Leg(0.99), Leg(0.93), Leg(0.0, (Reason("no-query-shape"),)))
    assert recommendation_leg(Action.FIX, evidence) == Leg(0.93)
    assert recommendation_leg(Action.UPGRADE, evidence) == recommendation_leg(Action.DISABLE, evidence) == evidence.cost
    assert evidence.of_the_cause == 0.93


problems = st.sampled_from(["truncated-top", "wrapped-lines", "repaired-text", "missing-details", "events-dropped"])


@given(st.lists(problems.map(Reason), max_size=6), st.sampled_from(list(Phase)))
def test_every_lowering_leaves_its_reason(problems, phase):
    leg = parse_leg([replace(FINAL, problems=tuple(problems), phase=phase)])
    assert (leg.score < 0.99) == bool(leg.reasons)
    assert set(problems) <= set(leg.reasons)
