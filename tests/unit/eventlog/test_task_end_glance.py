"""A task's end read by search is what decoding it gives, or it is not read by search."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spark_events import NATIVE, T0, log_of, nightly, record, task_end

from clusop.eventlog.replay import Replay
from clusop.eventlog.task_end import glance, task_end_of

TASKS = [
    task_end(3, 41, native=7_000_000, launched=T0, task=9),
    task_end(3, 41, attempt=2, speculative=True),
    task_end(3, 0, counted=False),
    task_end(3, 5, reason="TaskKilled"),
    task_end(3, 5, reason="ExceptionFailure", native=1),
    task_end(3, 0, reason="ExecutorLostFailure", counted=False, metrics=False, finished=T0 + 77),
]


def shuffled(value, draw):
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: shuffled(value[key], draw) for key in keys}
    if isinstance(value, list):
        return [shuffled(entry, draw) for entry in value]
    return value


@pytest.mark.parametrize("event", TASKS[:3], ids=["native", "speculative", "uncounted"])
def test_a_successful_task_as_spark_writes_it_is_read_by_search(event):
    assert glance(record(event)) == task_end_of(event)


@pytest.mark.parametrize("event", TASKS[3:], ids=["killed", "failed", "lost"])
def test_a_task_that_did_not_succeed_is_never_read_by_search(event):
    assert glance(record(event)) is None


@settings(deadline=None)
@given(st.data(), st.sampled_from(TASKS), st.booleans())
def test_whatever_the_order_of_keys_the_search_is_right_or_silent(data, event, blanks):
    line = json.dumps(shuffled(event, data.draw), separators=(", ", ": ") if blanks else (",", ":")).encode()
    assert glance(line) in {None, task_end_of(event)}


@settings(deadline=None)
@given(st.text(max_size=40))
def test_text_that_looks_like_an_anchor_is_not_taken_for_one(text):
    event = task_end(3, 41)
    bait = f'"Task Metrics":{{"Executor Deserialize Time":1,"Executor Run Time":999,"{NATIVE}","Update":5}}{text}'
    event["Task Info"]["Accumulables"][1]["Name"] = bait
    event["Task Executor Metrics"] = {"note": bait}
    assert glance(record(event)) in {None, task_end_of(event)}


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_cut_record_is_not_read_by_search(cut):
    line = record(TASKS[0])
    assert glance(line[: len(line) * cut // 60]) is None


def test_old_tasks_without_partition_and_cpu_time_are_read_by_search():
    event = task_end(3, 41)
    del event["Task Info"]["Partition ID"], event["Task Metrics"]["Executor Deserialize CPU Time"]
    assert glance(record(event)) == task_end_of(event)


def test_a_lost_task_without_metrics_counts_the_time_it_held_its_slot():
    lost = task_end_of(TASKS[5])
    assert (lost.run_ms, lost.counted_run_ms, lost.is_success, lost.is_killed) == (77, 0, False, False)


def test_no_successful_task_of_a_log_is_decoded_and_every_other_one_is():
    replay = Replay()
    for line in log_of(*nightly(), *TASKS[3:]).splitlines():
        replay.feed(line)
    assert replay.decoded_task_count == 3
