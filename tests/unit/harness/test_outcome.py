"""When a report says what a workload declares."""

from __future__ import annotations

import pytest

from outcome import Outcome, ran_for


def outcome(said_verdict, said_causes, expected=("fallback", {"row-source"}), allowed=()):
    return Outcome(
        "some-workload",
        expected[0],
        said_verdict,
        frozenset(expected[1]),
        frozenset(said_causes),
        frozenset(allowed),
    )


@pytest.mark.parametrize(
    ("verdict", "causes", "right", "exact"),
    [
        ("fallback", {"row-source"}, True, True),
        ("fallback", {"row-source", "unexplained"}, True, False),
        ("fallback", {"whole-plan-jvm"}, True, False),
        ("fallback", set(), False, False),
        ("fallback", {"python-udf"}, False, False),
        ("fallback", {"row-source", "python-udf"}, False, False),
        ("native", {"row-source"}, False, False),
        ("not reported", set(), False, False),
    ],
)
def test_a_coarser_cause_is_right_and_another_one_is_not(verdict, causes, right, exact):
    found = outcome(verdict, causes)
    assert (found.is_right, found.is_exact) == (right, exact)


def test_a_clean_workload_has_no_cause_at_all():
    assert outcome("native", set(), ("native", set())).is_exact
    assert not outcome("native", {"unexplained"}, ("native", set())).is_right


def test_a_cause_the_workload_has_besides_is_allowed():
    assert outcome("fallback", {"row-source", "scala-udf"}, allowed={"scala-udf"}).is_exact


@pytest.mark.parametrize(
    ("description", "ran"),
    [
        ("delta-merge", True),
        ("Delta: delta-merge: Writing modified data - MERGE operation", True),
        ("delta-merge - MERGE operation - materialize source", True),
        ("Delta: Delta: delta-merge: Filtering files for query: Compute snapshot", True),
        ("delta-merge\nid = 99f30076", True),
        ("delta-merge: set-up", False),
        ("Delta: delta-merge: set-up: Compute snapshot for version: 0", False),
        ("delta-merge-into", False),
        ("a delta-merge", False),
        ("", False),
    ],
)
def test_which_executions_ran_for_a_workload(description, ran):
    assert ran_for(description, "delta-merge") is ran
