"""An error is told so that two runs of the same query tell the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from clusop.certify.error_words import error_words, steady


def thrown(said, cause=None):
    """What Py4J gives for a Java throwable."""
    return SimpleNamespace(toString=lambda: said, getCause=lambda: cause)


class FromTheJVMError(Exception):
    def __init__(self, cause):
        super().__init__("An error occurred while calling o87.sql.")
        self.java_exception = cause


def test_the_innermost_cause_is_told():
    inner = thrown("java.lang.ClassCastException: a cannot be cast to b\n\tat x.y.Z")
    told = error_words(FromTheJVMError(thrown("org.apache.spark.SparkException: Job aborted", inner)))
    assert told == "FromTheJVMError: java.lang.ClassCastException: a cannot be cast to b"


def test_causes_that_lead_round_end():
    first = thrown("first")
    second = thrown("second", first)
    first.getCause = lambda: second
    assert error_words(FromTheJVMError(first)).startswith("FromTheJVMError: ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("An error occurred while calling o87.sql.", "An error occurred while calling o1668.sql."),
        (
            "Job aborted due to stage failure: Task 0 in stage 12.0 failed, most recent: Lost task 0.0 in stage 12.0 (TID 33)",
            "Job aborted due to stage failure: Task 1 in stage 7.0 failed, most recent: Lost task 1.0 in stage 7.0 (TID 4)",
        ),
        ("no file file:/data/a/part-0.parquet is there", "no file file:/other/b/c/part-1.parquet is there"),
        ("column id#12L of Foo@1f2e3d", "column id#7L of Foo@99aabb"),
        ("run 61a97bdd-9777-4dad-80c6-316bf8e7b4ce", "run 4eeef7a0-a206-46d9-80c6-316bf8e7b4ce"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(one, other):
    assert one != other
    assert steady(one) == steady(other)


def test_what_matters_stays():
    said = "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` in Spark 3.5.9; INT to BIGINT; a/b"
    assert steady(said) == said
