"""Signatures: the same problem through re-planning, upgrades and a hundred submits; another problem never."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.signature import Problem, alike_cause, operator_family, signature, workload_key, workload_stem

# Both languages must come to this one.
DATED_KEY = "f9601c57318df6749ad885476249e894"
PROBLEM = Problem("1234", "job:77", "ingest", "python-udf", "python", 0)


@pytest.mark.parametrize(
    ("names", "family"),
    [
        (
            ["BatchEvalPython", "ArrowEvalPython", "ArrowEvalPythonUDTF", "MapInPandas", "FlatMapGroupsInArrow"],
            "python",
        ),
        (["HashAggregate", "ObjectHashAggregate", "SortAggregate", "HashAggregateExec"], "aggregate"),
        (
            ["SortMergeJoin", "BroadcastHashJoin", "ShuffledHashJoin", "BroadcastNestedLoopJoin", "CartesianProduct"],
            "join",
        ),
        (
            ["Scan csv ", "FileScan json", "BatchScan t", "InMemoryTableScan", "LocalTableScan", "Scan ExistingRDD"],
            "scan",
        ),
        (["Window", "WindowGroupLimit", "RunningWindowFunction"], "window"),
        (["MapElements", "MapPartitions", "SerializeFromObject", "DeserializeToObject", "AppendColumns"], "object"),
        (["Exchange", "ShuffleExchange", "BroadcastExchange", "CometColumnarExchange"], "exchange"),
        (["StateStoreSave", "StateStoreRestore", "StreamingSymmetricHashJoin"], "state"),
        (["Sort", "TakeOrderedAndProject"], "sort"),
        (["Generate", "Generate explode(x#1)", "GenerateExec"], "generate"),
        (["Project", "Project [a#1, b#2]"], "project"),
    ],
)
def test_operators_that_stand_for_each_other_are_one_family(names, family):
    assert {operator_family(name) for name in names} == {family}


@given(st.text(max_size=30))
def test_any_name_has_a_family_without_digits_of_a_plan(name):
    assert not any(digit in operator_family(name) for digit in "0123456789")


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("nightly-load-2024-01-05", "nightly-load-2025-12-31"),
        ("nightly load 20240105T031500Z", "nightly load 20251231T235959Z"),
        ("job-123-run-456", "job-9-run-10"),
        ("etl_6f9619ff-8b86-d011-b42d-00c04fc964ff", "etl_0a1b2c3d-0000-1111-2222-333344445555"),
        ("report 5 Jan 2024 03:15 PM", "report 17 December 2025 11:59 AM"),
        ("report Jan 5", "report Dec 31"),
        ("build a1b2c3d4e5f6", "build 00ff00ff00ff"),
        ("Sales  Daily #3", "sales-daily_17"),
    ],
)
def test_submits_of_one_workload_have_one_stem(one, another):
    assert workload_stem(one) == workload_stem(another)
    assert workload_key(one, "", b"k") == workload_key(another, "", b"k")


@pytest.mark.parametrize(
    ("one", "another"),
    [("sales daily", "sales hourly"), ("load marts", "load customers"), ("deadbeef", "facade"), ("2024-01-05", "")],
)
def test_different_workloads_stay_different(one, another):
    assert workload_stem(one) != workload_stem(another)


def dated_names():
    """A hundred submits of one workload, as schedulers name them; ``SignatureSuite`` makes the same."""
    months = ("Jan", "Feb", "March", "Apr", "May", "June", "Jul", "Aug", "Sept", "Oct", "Nov", "December")
    for number in range(100):
        year, month, day = 2024 + number // 50, number % 12 + 1, number % 28 + 1
        iso = f"{year}-{month:02}-{day:02}"
        yield (
            f"nightly load {iso}",
            f"nightly_load_{iso.replace('-', '')}T031500Z",
            f"Nightly Load {day} {months[month - 1]} {year}",
            f"nightly-load #{number}",
            f"nightly load {iso} 03:15 AM",
            f"nightly load a1b2c3d4-0000-4000-8000-{number:012}",
        )[number % 6]


def test_a_hundred_submits_under_dated_names_are_one_workload():
    names = list(dated_names())
    assert len(set(names)) == 100
    assert {workload_stem(name) for name in names} == {"nightly load"}
    assert {workload_key(name, "", b"k") for name in names} == {f"name:{DATED_KEY}"}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Größe März 5", "größe märz"),
        ("ÜBER 7", "Über"),
        ("日本 2024", "日本"),
        ("東京 2024", "東京"),
        ("١٢ runs", "١٢ runs"),
        ("a\u00a05", "a\u00a0"),
    ],
)
def test_letters_beyond_ascii_stay_as_they_are_so_that_every_language_agrees(name, stem):
    assert workload_stem(name) == stem


def test_words_that_look_like_dates_stay_without_a_number_beside_them():
    assert workload_stem("march of mayflies") == "march of mayflies"


def test_a_saved_job_is_its_id_and_a_name_is_hidden_behind_the_key():
    assert workload_key("anything", "77", b"k") == "job:77"
    key = workload_key("customer churn", "", b"k")
    assert "churn" not in key
    assert key != workload_key("customer churn", "", b"another key")


@pytest.mark.parametrize("cause", ["python-udf", "pandas-udf"])
def test_a_udf_that_spark_begins_to_feed_by_arrow_is_the_same_problem(cause):
    # BatchEvalPython becomes ArrowEvalPython by a setting or a release, and its cause another.
    assert signature(replace(PROBLEM, cause=cause)) == signature(PROBLEM)
    assert alike_cause("scala-udf") == "scala-udf"


def test_the_signature_is_pinned():
    # Scala must write the same bytes: each field in UTF-8 with its length in bytes and a colon in front.
    assert signature(PROBLEM) == "339e6389d88cc7c7d4cc70cc1e24c2ef"


@pytest.mark.parametrize("name", [field.name for field in fields(Problem) if field.name != "occurrence"])
def test_every_field_counts(name):
    assert signature(replace(PROBLEM, **{name: "other"})) != signature(PROBLEM)
    assert signature(replace(PROBLEM, occurrence=1)) != signature(PROBLEM)


@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_no_two_problems_meet_by_moving_text_between_fields(workspace, workload, moved):
    first = replace(PROBLEM, workspace=workspace + moved, workload=workload)
    second = replace(PROBLEM, workspace=workspace, workload=moved + workload)
    assert (signature(first) == signature(second)) == (first == second)
