"""Assessing a whole application: its engine, its bill, what its engine decision rests on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from clusop.analysis.assess import assess_application
from clusop.analysis.assessment import Action
from clusop.analysis.cluster import Application, Cluster, Epoch, Uptime
from clusop.analysis.figure import Figure
from clusop.analysis.observed import EngineState, RunStatus
from clusop.pricing.price import Unpriced
from clusop.pricing.provider import PriceBook

HOUR = 3_600_000
CLUSTER = Cluster(
    cloud="AWS",
    product="JOBS_COMPUTE",
    tier="PREMIUM",
    driver_node_type="i3.xlarge",
    worker_node_type="i3.xlarge",
    availability="ON_DEMAND",
    uptime=Uptime.ELASTIC,
    is_databricks=True,
    epochs=(Epoch(0, HOUR, 4, 1),),
)
ALL_JVM = "Window [1]\n  ColumnarToRow [2]\n    PhotonScan parquet [3 exclusive time]"


def application_of(*queries, engine="photon", cluster=CLUSTER, non_sql=()):
    return Application("app", "n", "3.5.0", "14.3", "", engine, cluster, queries, non_sql)


@pytest.fixture
def off_engine(reading_of, stage_of, observed_of):
    """A fully busy hour of which nothing ran natively."""
    run_ms = 4 * HOUR
    stage = stage_of(1, run_ms, 0, (1, 2, 3), run_by_epoch_ms=((0, Fraction(run_ms)),), task_count=4)
    return observed_of(reading_of(ALL_JVM), engine="photon", state=EngineState.ON, stages=[stage])


def assess(application):
    return assess_application(application, PriceBook.default())


def test_a_busy_cluster_off_its_engine_is_told_to_switch_it_off(off_engine):
    (decision,) = assess(application_of(off_engine)).proposals
    assert decision.action is Action.DISABLE
    # Two nodes for an hour: 2 DBU at $0.15, 2.9 times with the engine; J = 1, so no slow-down at all.
    assert decision.saving.usd.low == decision.saving.usd.high == Fraction("0.57")


def test_failed_executions_are_billed_and_never_the_ground_of_a_proposal(off_engine):
    found = assess(application_of(replace(off_engine, status=RunStatus.FAILED)))
    (decision,) = found.proposals
    assert (decision.action, [reason.id for reason in decision.reasons]) == (Action.KEEP, ["failed-run"])
    assert found.queries[0].cost.attributed.usd.low > 0
    assert found.cost.non_sql_and_failed.usd == found.cost.total.usd


def test_an_engine_only_the_plans_show_is_priced_as_that_engine(off_engine):
    unnamed = replace(off_engine, engine=replace(off_engine.engine, name="none", state=EngineState.OFF))
    told, untold = assess(application_of(off_engine)), assess(application_of(unnamed, engine="none"))
    assert untold.application.engine == "photon"
    assert untold.cost.total.usd == told.cost.total.usd


def test_too_little_work_says_nothing_about_an_engine(reading_of, stage_of, observed_of):
    stage = stage_of(1, 400, 0, (1, 2, 3), run_by_epoch_ms=((0, Fraction(400)),), task_count=1)
    query = observed_of(reading_of(ALL_JVM), engine="photon", state=EngineState.ON, stages=[stage])
    (decision,) = assess(application_of(query)).proposals
    assert [reason.id for reason in decision.reasons] == ["too-little-work"]


def test_tasks_without_any_time_are_no_zero(reading_of, stage_of, observed_of):
    query = observed_of(
        reading_of(ALL_JVM),
        engine="photon",
        state=EngineState.ON,
        stages=[stage_of(1, 0, None, (1, 2, 3), task_count=9)],
    )
    found = assess(application_of(query))
    assert (found.time.run_ms, found.queries[0].time.run_ms) == (None, None)
    assert isinstance(found.queries[0].cost.attributed, Unpriced)
    assert isinstance(found.cost.attributed, Unpriced)
    assert isinstance(found.cost.total, Figure)
    assert [reason.id for reason in found.proposals[0].reasons] == ["no-times"]


def test_nobody_seen_at_work_is_no_bill_of_the_driver(off_engine):
    blind = replace(CLUSTER, epochs=(Epoch(0, HOUR, 0, 0),))
    found = assess(application_of(off_engine, cluster=blind))
    assert isinstance(found.cost.total, Unpriced)
    assert found.cost.total.reason.id == "no-timeline"


def test_a_pipeline_of_unknown_edition_is_a_range_over_all(off_engine):
    cost = assess(application_of(off_engine, cluster=replace(CLUSTER, product="DLT_COMPUTE"))).queries[0].cost
    # (2.9 - 1) x 2 DBU x $0.20 to $0.36, the whole hour off the engine
    assert (cost.exposure.usd.low, cost.exposure.usd.high) == (Fraction("0.76"), Fraction("1.368"))


def test_a_native_comet_application_is_not_called_too_little_work(reading_of, stage_of, observed_of):
    stage = stage_of(1, 90_000, None, (1,), run_by_epoch_ms=((0, Fraction(90_000)),), task_count=4)
    query = observed_of(reading_of("CometScan parquet [1]"), engine="comet", state=EngineState.ON, stages=[stage])
    (decision,) = assess(application_of(query, engine="comet")).proposals
    assert "too-little-work" not in [reason.id for reason in decision.reasons]


def test_mostly_failed_work_is_no_window_to_judge_an_engine_by(off_engine, reading_of, stage_of, observed_of):
    stage = stage_of(7, 60_000, 0, (1, 2, 3), run_by_epoch_ms=((0, Fraction(60_000)),), task_count=1)
    good = observed_of(reading_of(ALL_JVM), engine="photon", state=EngineState.ON, stages=[stage])
    (decision,) = assess(application_of(replace(off_engine, status=RunStatus.FAILED), good)).proposals
    assert (decision.action, [reason.id for reason in decision.reasons]) == (Action.KEEP, ["window-not-observed"])
