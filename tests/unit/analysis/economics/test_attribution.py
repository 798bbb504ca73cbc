"""Attributed hours: shares of the cluster, never wall time, never more than the cluster."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from money_world import HOUR, SINGLE, SIXTEEN_WORKERS, PlainPrices, fractions, stage

from clusop.analysis.cluster import Epoch
from clusop.analysis.economics import SqlWork, cluster_rates, ledger_of, query_cost, share_of
from clusop.analysis.economics.node_hours import NO_NODE_HOURS, NodeHours
from clusop.analysis.observed import StageRun
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range


def test_one_straggler_on_64_slots_is_a_sixty_fourth_of_the_cluster():
    straggler = stage(1, HOUR)
    hours = ledger_of(SIXTEEN_WORKERS, [straggler]).hours_of([straggler])
    assert hours.total == NodeHours(Fraction(1, 64), Fraction(16, 64), Fraction(0))
    rates = cluster_rates(SIXTEEN_WORKERS, PlainPrices(), "photon")
    cost = query_cost(hours, rates, share_of(0, HOUR), SIXTEEN_WORKERS.uptime)
    # (2.9 × 17 × 0.15 + 17 × 0.312) ÷ 64 = (7.395 + 5.304) ÷ 64; wall time would say 64 times as much
    assert cost.attributed.usd == Range.of(Fraction("12.699") / 64)


def test_task_cpus_count_as_slots():
    wide = replace(SIXTEEN_WORKERS, task_cpus=4)
    hours = ledger_of(wide, [stage(1, HOUR)]).hours_of([stage(1, HOUR)])
    assert hours.total.cluster_hours == Fraction(1, 16)


def test_every_epoch_has_its_own_slots():
    cluster = replace(SIXTEEN_WORKERS, epochs=(Epoch(0, HOUR, 8, 2), Epoch(HOUR, 2 * HOUR, 64, 16)))
    both = StageRun(1, 0, Fraction(2 * HOUR), run_by_epoch_ms=((0, Fraction(HOUR)), (1, Fraction(HOUR))))
    hours = ledger_of(cluster, [both]).hours_of([both])
    assert hours.total.cluster_hours == Fraction(1, 8) + Fraction(1, 64)
    assert hours.total.on_demand_workers == Fraction(2, 8) + Fraction(16, 64)


def test_two_concurrent_queries_share_the_cluster():
    first, second = stage(1, 2 * HOUR), stage(2, 2 * HOUR)
    ledger = ledger_of(SINGLE, [first, second])
    assert ledger.hours_of([first]).total.cluster_hours == Fraction(1, 2)
    classes = ledger.classes([SqlWork((first,)), SqlWork((second,))], [])
    assert classes.attributed == classes.total
    assert classes.unused == NO_NODE_HOURS


def test_more_busy_time_than_slots_is_cut_in_proportion_and_said():
    first, second = stage(1, 6 * HOUR), stage(2, 2 * HOUR)  # 8 slot-hours on 4 slots for an hour
    ledger = ledger_of(SINGLE, [first, second])
    assert [remark.id for remark in ledger.remarks] == ["busy-above-slots"]
    hours = ledger.hours_of([first])
    assert hours.total.cluster_hours == Fraction(3, 4)
    assert [remark.id for remark in hours.remarks] == ["busy-above-slots"]
    assert ledger.hours_of([second]).total.cluster_hours == Fraction(1, 4)


def test_failed_and_speculative_tasks_are_billed_and_kept_apart():
    flaky = stage(1, HOUR, lost_ms=HOUR // 2)
    ledger = ledger_of(SINGLE, [flaky])
    hours = ledger.hours_of([flaky])
    assert (hours.run.cluster_hours, hours.lost.cluster_hours) == (Fraction(1, 4), Fraction(1, 8))
    classes = ledger.classes([SqlWork((flaky,))], [])
    assert classes.attributed == hours.run
    assert classes.non_sql_and_failed == hours.lost
    rates = cluster_rates(SINGLE, PlainPrices(), "photon")
    cost = query_cost(hours, rates, Range.of(1), SINGLE.uptime)
    assert cost.attributed.usd == Range.of(Fraction("0.747") * Fraction(3, 8))  # m·d + v = 0.435 + 0.312, lost time too
    assert cost.exposure.usd == Range.of(Fraction("0.285") * Fraction(1, 4))  # 1.9 × 0.15, of successful tasks only


def test_a_failed_execution_is_no_ground_for_a_proposal_and_stands_with_the_failed():
    failed, rdd = stage(1, HOUR), stage(2, HOUR)
    ledger = ledger_of(SINGLE, [failed, rdd])
    classes = ledger.classes([SqlWork((failed,), is_failed=True)], [rdd])
    assert classes.attributed == NO_NODE_HOURS
    assert classes.non_sql_and_failed.cluster_hours == Fraction(1, 2)
    rates = cluster_rates(SINGLE, PlainPrices(), "photon")
    cost = query_cost(ledger.hours_of([failed]), rates, Range.of(1), SINGLE.uptime, is_failed=True)
    assert cost.attributed.usd.low > 0
    assert [cost.exposure.reason.id, cost.avoidable.reason.id] == ["failed-run", "failed-run"]


def test_time_without_a_place_on_the_timeline_is_not_priced():
    lost = StageRun(1, 0, Fraction(HOUR))
    assert ledger_of(SINGLE, [lost]).hours_of([lost]) == unpriced("no-timeline")
    assert ledger_of(SINGLE, [lost]).classes([SqlWork((lost,))], []) == unpriced("no-timeline")
    beyond = stage(1, HOUR, epoch=7)
    assert ledger_of(SINGLE, [beyond]).hours_of([beyond]) == unpriced("no-timeline")
    idle = StageRun(2, 0, Fraction(0))
    assert ledger_of(SINGLE, [idle]).hours_of([idle]).total == NO_NODE_HOURS


def test_an_epoch_with_work_and_without_slots_is_unobserved_one_without_work_unused():
    cluster = replace(
        SINGLE, epochs=(Epoch(0, HOUR, 0, 0), Epoch(HOUR, 2 * HOUR, 4, 0), Epoch(2 * HOUR, 3 * HOUR, 0, 0))
    )
    start, work = stage(1, 5, epoch=0), stage(2, 4 * HOUR, epoch=1)
    ledger = ledger_of(cluster, [start, work])
    classes = ledger.classes([SqlWork((start, work))], [])
    assert classes.unobserved.cluster_hours == 1
    assert classes.attributed.cluster_hours == 1
    assert classes.unused.cluster_hours == 1
    assert [remark.id for remark in ledger.hours_of([start, work]).remarks] == ["no-timeline"]
    assert ledger.hours_of([start]) == unpriced("no-timeline")


def test_a_stage_named_by_two_executions_counts_once():
    shared = stage(1, HOUR)
    classes = ledger_of(SINGLE, [shared, shared]).classes([SqlWork((shared, shared)), SqlWork((shared,))], [shared])
    assert classes.attributed.cluster_hours == Fraction(1, 4)
    assert classes.non_sql_and_failed == NO_NODE_HOURS


durations = fractions(0, 10_000, 997)


@given(
    st.lists(st.tuples(durations, durations, st.integers(0, 2), st.booleans(), st.booleans()), max_size=12),
    st.integers(1, 5),
)
def test_whatever_ran_the_classes_add_up_and_none_is_negative(rows, cpus):
    epochs = (Epoch(0, 900, 7, 2), Epoch(900, 4000, 24, 5), Epoch(4000, 4100, 0, 0))
    cluster = replace(SIXTEEN_WORKERS, availability="SPOT", first_on_demand=3, task_cpus=cpus, epochs=epochs)
    stages = [stage(n, run, epoch=epoch, lost_ms=lost) for n, (run, lost, epoch, _, _) in enumerate(rows)]
    ledger = ledger_of(cluster, stages)
    sql = [SqlWork((one,), is_failed=row[3]) for one, row in zip(stages, rows, strict=True) if row[4]]
    classes = ledger.classes(sql, [one for one, row in zip(stages, rows, strict=True) if not row[4]])
    parts = (classes.attributed, classes.non_sql_and_failed, classes.unobserved, classes.unused)
    assert sum(parts, NO_NODE_HOURS) == classes.total == ledger.total
    for part in parts:
        assert min(part.driver, part.on_demand_workers, part.spot_workers) >= 0


def unpriced(reason_id: str) -> Unpriced:
    return Unpriced(Reason(reason_id))
