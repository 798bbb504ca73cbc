"""The one real Photon log: what issue 3 demands of it, figure by figure."""

from __future__ import annotations

from fractions import Fraction

import pytest

from clusop.analysis.assess import assess_application
from clusop.analysis.assessment import RatioBasis, Verdict
from clusop.analysis.diagnosis import diagnose
from clusop.analysis.economics import cluster_rates
from clusop.analysis.judge import judge
from clusop.eventlog.locate import locate
from clusop.eventlog.replay import read_application
from clusop.plan.kind import Kind
from clusop.pricing.provider import PriceBook
from clusop.units import ns_to_ms

CLOSE = Fraction(1, 1000)


def is_close(found, expected):
    return abs(Fraction(found) - Fraction(expected)) <= CLOSE * Fraction(expected)


@pytest.fixture(scope="module")
def application(corpus):
    (source,) = locate(corpus / "eventlogs" / "nds_q88_photon_db_13_3.zstd")
    return read_application(source)


@pytest.fixture(scope="module")
def assessed(application):
    return assess_application(application, PriceBook.default())


@pytest.fixture(scope="module")
def query(assessed):
    return next(query for query in assessed.queries if query.observed.query_id == "26")


def test_twenty_seven_executions_and_no_fallback(assessed):
    assert len(assessed.queries) == 27
    assert {query.verdict for query in assessed.queries} == {Verdict.NATIVE, Verdict.COMMAND}


def test_native_share_is_measured(query):
    assert is_close(query.time.native_ms / 1000, Fraction("3747.7"))
    assert is_close(query.time.run_ms / 1000, Fraction("3818.1"))
    assert round(float(query.time.native_ratio), 2) == 0.98
    assert query.time.ratio_basis is RatioBasis.MEASURED


def test_seventy_seconds_are_warm_up_and_no_island(query):
    assert query.islands == ()
    assert query.findings == ()
    assert (query.time.island_ms, query.time.row_source_ms, query.time.boundary_ms) == (0, 0, 0)
    assert 69_000 < query.time.unexplained_ms < 71_500


def test_every_native_operator_is_located_and_their_times_are_the_tasks_time(application, query):
    observed = next(entry for entry in application.queries if entry.query_id == "26")
    found = diagnose(observed, native_time_seen=True)
    judged = judge(observed.readings[0], observed, found.engine, found.dialect)
    natives = [index for index, kind in enumerate(judged.plan.kinds) if kind is Kind.NATIVE]
    assert len(natives) == query.native_operator_count == 197
    assert all(judged.located.stages[index] for index in natives)
    plan = observed.readings[0].plan
    owned = {
        metric.accumulator_id
        for index in natives
        for metric in plan.operators[index].metrics
        if metric.name == "exclusive time"
    }
    exclusive_ns = sum(
        stage.accumulators.get(accumulator_id, 0) for stage in observed.times.stages for accumulator_id in owned
    )
    assert is_close(ns_to_ms(exclusive_ns), query.time.native_ms)


def test_it_is_billed_as_all_purpose_from_its_own_tags(application):
    cluster = application.cluster
    assert (cluster.cloud, cluster.product, cluster.tier) == ("AWS", "ALL_PURPOSE_COMPUTE", "")
    assert (cluster.worker_node_type, cluster.driver_node_type) == ("m6gd.2xlarge", "m6gd.xlarge")
    rates = cluster_rates(cluster, PriceBook.default(), application.engine)
    (full,) = [rate for epoch, rate in zip(cluster.epochs, rates.epochs, strict=True) if epoch.worker_count == 2]
    assert full.dbu_per_hour.low == full.dbu_per_hour.high == Fraction("3.85")
    assert (full.dbu_usd_per_hour.low, full.dbu_usd_per_hour.high) == (Fraction("2.1175"), Fraction("2.5025"))


def test_the_bill_adds_up(assessed):
    cost = assessed.cost
    parts = (cost.attributed, cost.non_sql_and_failed, cost.unobserved, cost.unused)
    assert sum(part.usd.low for part in parts) == cost.total.usd.low
    assert sum(part.usd.high for part in parts) == cost.total.usd.high
    assert round(float(assessed.time.native_ratio), 2) == 0.87
