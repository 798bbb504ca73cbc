"""What problems of one workload add up to: their own parts do, the runs that they share do not."""

from __future__ import annotations

from clusop.service.views.sums import NO_SUMS, Sums
from clusop.service.views.work_sums import WorkPart, work_sums


def sums(runs, run_ms, island_ms, dollars=0):
    return Sums(
        run_count=runs,
        run_ms=run_ms,
        island_ms=island_ms,
        exposure_low_microusd=dollars,
        exposure_high_microusd=dollars,
    )


def parts(*told, bounds=()):
    return [WorkPart(task, one, index in bounds) for index, (task, one) in enumerate(told)]


def test_tasks_have_runs_of_their_own():
    found = work_sums(parts(("a", sums(4, 1000, 300, 5)), ("b", sums(2, 500, 100, 7))))
    assert (found.least_runs, found.sums.run_count) == (6, 6)
    assert (found.least_run_ms, found.sums.run_ms, found.sums.island_ms) == (1500, 1500, 400)
    assert found.sums.exposure_twice_mid == 24


def test_problems_of_one_task_may_be_of_the_same_runs():
    found = work_sums(parts(("a", sums(4, 1000, 300, 5)), ("a", sums(3, 900, 200, 7)), ("b", sums(1, 10, 1))))
    assert (found.least_runs, found.sums.run_count) == (5, 8)
    assert (found.least_run_ms, found.sums.run_ms) == (1010, 1910)
    # What each has off the engine, and its dollars, are its own.
    assert found.sums.island_ms == 501
    assert found.sums.exposure_twice_mid == 24


def test_a_task_took_no_less_than_all_its_time_off_the_engine():
    found = work_sums(parts(("a", sums(4, 1000, 900)), ("a", sums(4, 1000, 800))))
    assert (found.least_run_ms, found.sums.run_ms) == (1700, 2000)


def test_one_bound_among_many_makes_the_sum_one_if_it_has_any_time():
    told = ("a", sums(4, 1000, 900)), ("a", sums(4, 1000, 0))
    assert work_sums(parts(*told, bounds={0})).is_upper_bound is True
    assert work_sums(parts(*told, bounds={1})).is_upper_bound is False


def test_nothing_adds_up_to_nothing():
    for told in ((), (("a", NO_SUMS), ("b", NO_SUMS))):
        found = work_sums(parts(*told))
        assert (found.sums, found.least_runs, found.least_run_ms) == (NO_SUMS, 0, 0)
