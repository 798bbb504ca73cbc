"""What the collector holds has a bound, and what is beyond it a reason (DESIGN §9, §13)."""

from __future__ import annotations

MIB = 1024 * 1024


def test_a_thousand_overlapping_executions_are_all_told(scenario):
    told = scenario("overlapping")
    assert told["verdicts"] == {"not-accelerated": 1000}
    assert told["losses"] == {}
    assert (told["in_flight"], told["attempts"], told["retained_bytes"]) == (0, 0, 0)
    assert 0 < told["peak_bytes"] < 64 * MIB


def test_beyond_a_thousand_the_oldest_are_dropped_counted_and_unknown(scenario):
    told = scenario("too-many")
    assert told["verdicts"] == {"not-accelerated": 1000, "unknown": 3}
    assert told["losses"] == {"too-many-executions": 3}
    assert told["retained_bytes"] == 0
    assert {one["id"]: one["dropped"] for one in told["executions"] if one["verdict"] == "unknown"} == {
        "0": True,
        "1": True,
        "2": True,
    }


def test_a_plan_of_a_hundred_thousand_nodes_is_read(scenario):
    (one,) = scenario("large-plan")["executions"]
    assert one["nodes"] == 100_000


def test_a_plan_too_deep_to_read_says_so(scenario):
    (one,) = scenario("deep-plan")["executions"]
    assert one["verdict"] == "unknown"
    assert one["reading"] == ["too-large"]


def test_without_room_for_a_plan_the_execution_is_unknown_with_the_reason(scenario):
    told = scenario("no-room")
    assert told["losses"] == {"plan-not-kept": 2}
    assert told["peak_bytes"] < 60_000
    assert [one["problems"] for one in told["executions"]] == [
        [],
        [],
        [],
        ["no-plan-in-execution", "plan-not-kept"],
        ["no-plan-in-execution", "plan-not-kept"],
    ]
    assert told["retained_bytes"] == 0


def test_a_refusing_queue_leaves_nothing_behind(scenario):
    told = scenario("refused")
    assert told["executions"] == []
    assert (told["in_flight"], told["attempts"], told["retained_bytes"]) == (0, 0, 0)


def test_a_stopped_collector_lets_go_of_everything(scenario):
    told = scenario("stopped")
    assert told["executions"] == []
    assert told["retained_bytes"] == 0


def test_a_cluster_that_breathes_for_ever_is_remembered_for_a_while(scenario):
    told = scenario("breathing")
    assert told["epochs"] <= 200
    assert (told["slots"], told["workers"]) == (24, 5)


def test_after_a_hundred_thousand_executions_nothing_has_grown(scenario):
    told = scenario("many")
    assert told["assessed"] == 99_000
    assert (told["in_flight"], told["attempts"], told["retained_bytes"]) == (0, 0, 0)
    assert told["jobs"] <= 256
    assert told["grown_bytes"] < 16 * MIB
