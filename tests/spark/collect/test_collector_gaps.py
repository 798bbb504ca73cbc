"""Gaps, late comers, clocks that jump: what is not known is unknown, and says why."""

from __future__ import annotations


def by_id(told):
    return {one["id"]: one for one in told["executions"]}


def test_an_end_without_start_and_a_stage_without_job_are_unknown(scenario):
    found = by_id(scenario("gaps"))
    assert (found["1"]["verdict"], found["1"]["dropped"]) == ("not-accelerated", False)
    assert (found["2"]["verdict"], found["2"]["dropped"]) == ("unknown", True)
    assert (found["3"]["verdict"], found["3"]["dropped"]) == ("unknown", True)
    assert found["3"]["reasons"] == ["events-dropped"]


def test_what_began_before_arming_is_counted_as_such_and_what_was_lost_later_is_not(scenario):
    told = scenario("armed-late")
    found = by_id(told)
    assert "armed-late" in found["5"]["problems"]
    assert (found["7"]["dropped"], found["7"]["problems"]) == (False, [])
    assert found["9"]["dropped"] is True
    assert "armed-late" not in found["9"]["problems"]
    assert told["losses"] == {"armed-late": 1}


def test_a_clock_that_goes_backwards_hurts_nobody(scenario):
    (one,) = scenario("clock")["executions"]
    assert one["run_ms"] == "3000"
    assert one["dropped"] is False


def test_an_execution_waits_for_its_last_stage(scenario):
    told = scenario("grace")
    assert (told["early"], told["still"]) == (0, 0)
    (one,) = told["executions"]
    assert one["run_ms"] == "80"


def test_it_does_not_wait_for_ever(scenario):
    told = scenario("never-settles")
    assert told["by_tick"] == 2
    assert sorted(by_id(told)) == ["1", "2", "3", "4"]
    assert {one["run_ms"] for one in told["executions"]} == {"80"}
    assert (told["in_flight"], told["attempts"], told["retained_bytes"]) == (0, 0, 0)


def test_bus_and_agent_that_race_for_an_execution_bring_it_out_once(scenario):
    told = scenario("taken")
    assert told["distinct"] == 20_000
    assert told["verdicts"] == {"not-accelerated": 20_000}
    assert (told["in_flight"], told["attempts"], told["retained_bytes"]) == (0, 0, 0)


def test_accumulables_that_change_while_they_are_copied_hurt_nobody(scenario):
    told = scenario("unsteady")
    # A stage whose copies all failed counts by its tasks.
    assert (told["exact"], told["verdicts"], told["losses"]) == (2000, {"not-accelerated": 2000}, {})


def test_of_properties_only_what_is_listed_is_kept(scenario):
    told = scenario("secrets")
    assert (told["job"], told["call_site"]) == ("42", "etl.py:12")
    assert "planted" not in told["workload"] + told["cluster"]


def test_reasons_of_losses_are_in_the_catalogue():
    from clusop.reasons import catalogue

    said = {
        "armed-late",
        "too-many-executions",
        "too-many-stages",
        "plan-not-kept",
        "live-plan-not-asked",
        "no-seed",
    }
    assert said <= set(catalogue())
