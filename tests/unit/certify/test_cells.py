from __future__ import annotations

import pytest
from certified_runs import PLAN_NATIVE, execution, facts, fixture, row, run, words

from clusop.certify.cell import Fault, Outcome
from clusop.certify.journal import GAVE_UP
from clusop.certify.judge import cell_of
from clusop.certify.reread import from_text


def judged(declared, told, engine="comet"):
    every = [one for each in told["runs"] for one in each["executions"]]
    return cell_of(declared, "area", told, {one["id"]: from_text(one, engine) for one in every}, engine)


def test_a_fallback_names_cause_operators_plan_and_who_says_so():
    cell = judged(fixture(), facts(run(execution())))
    assert (cell.outcome, cell.fault, cell.causes) == (Outcome.FALLBACK, Fault.NONE, ("python-udf",))
    assert dict(cell.operators) == {"BatchEvalPython": 1, "HashAggregate": 2}
    assert [line for line in cell.plan if line.startswith("!")]
    assert cell.plan[-1].split() == ["CometScan", "parquet"]
    assert cell.witnesses.engine_off is True
    assert cell.witnesses.engine_says == (("BatchEvalPython", "BatchEvalPython is not supported"),)
    assert cell.as_declared is True


def test_the_second_look_does_not_hear_the_engine():
    """The live row knows a cause by the engine's words; the reread must come from the plan alone."""
    told = facts(run(execution(agent=row(causes=("scala-udf",)))))
    cell = judged(fixture(causes=("scala-udf",)), told)
    assert cell.witnesses.agent.causes == ("scala-udf",)
    assert cell.witnesses.masked.causes == ("python-udf",)


def test_a_native_one():
    native = execution(agent=row("native", ()), said=words(4, 4, ()), plan=PLAN_NATIVE)
    cell = judged(fixture(verdict="native", causes=()), facts(run(native)))
    assert (cell.outcome, cell.operators, cell.witnesses.engine_off) == (Outcome.NATIVE, (), False)


def test_internal_executions_do_not_decide():
    inner = execution(1, agent=row("fallback", ("delta-feature",), role="internal"))
    native = execution(0, agent=row("native", ()), said=words(4, 4, ()), plan=PLAN_NATIVE)
    cell = judged(fixture(verdict="native", causes=()), facts(run(native, inner)))
    assert (cell.outcome, cell.queries, cell.witnesses.engine_off) == (Outcome.NATIVE, 1, False)


def test_the_worst_of_several_runs_decides():
    native = execution(0, agent=row("native", ()), said=words(4, 4, ()), plan=PLAN_NATIVE)
    cell = judged(fixture(), facts(run(native), run(execution(1))))
    assert cell.outcome is Outcome.FALLBACK


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (facts(run(error="boom"), without_engine={"error": ""}), Fault.ENGINE),
        (facts(run(error="boom"), without_engine={"error": "boom"}), Fault.FIXTURE),
        (facts(run(error="boom")), Fault.FIXTURE),
        (facts(run(set_up_error="boom"), without_engine={"error": ""}), Fault.ENGINE),
        (facts(run(execution(), error="cancelled", timed_out=True)), Fault.TIME),
        (facts(run(execution() | {"agent": None})), Fault.TOOL),
        (facts(run()), Fault.TOOL),
        ({"application": 1, "runs": [], "died": -6}, Fault.ENGINE),
        ({"application": 1, "runs": [], "died": "unknown"}, Fault.ENGINE),
        ({"application": 1, "runs": [], "died": GAVE_UP}, Fault.TIME),
    ],
)
def test_a_failure_is_somebody_s(told, fault):
    cell = judged(fixture(), told)
    assert (cell.outcome, cell.fault) == (Outcome.FAILED, fault)
    assert cell.reason


def test_a_jvm_that_dies_without_an_engine_is_no_engine_s_fault():
    cell = judged(fixture(), {"application": 1, "runs": [], "died": 134}, "none")
    assert (cell.outcome, cell.fault) == (Outcome.FAILED, Fault.FIXTURE)
    assert cell.reason == "The JVM ended with code 134 while it ran, twice."


def test_a_fixture_that_must_fail_is_judged_by_its_plan():
    cell = judged(fixture(fails=True), facts(run(execution(), error="boom")))
    assert (cell.outcome, cell.fault, cell.as_declared) == (Outcome.FALLBACK, Fault.NONE, True)


def test_other_causes_than_declared_are_told():
    assert judged(fixture(causes=("scala-udf",)), facts(run(execution()))).as_declared is False


def test_without_times_the_share_has_a_reason():
    share = judged(fixture(), facts(run(execution()))).share
    assert (share.median, share.why_not) == (None, "no-times")


def test_plain_spark_is_no_fallback():
    cell = judged(
        fixture(), facts(run(execution(agent=row("not-accelerated", ()), said=None) | {"engine_words": None})), "none"
    )
    assert (cell.outcome, cell.as_declared) == (Outcome.JVM, None)


PHOTON = """== Physical Plan ==
PhotonResultStage
+- PhotonScan parquet

== Photon Explanation ==
{said}
"""


@pytest.mark.parametrize(
    ("said", "off"),
    [
        ("The query is fully supported by Photon.", False),
        ("Photon does not fully support the query because:\n\tUnsupported node: Window", True),
        ("", None),
    ],
)
def test_photon_s_own_words(said, off):
    plan = PHOTON.format(said=said)
    cell = judged(fixture(), facts(run(execution(plan=plan) | {"engine_words": None})), "photon")
    assert cell.witnesses.engine_off is off
