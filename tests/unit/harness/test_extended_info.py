"""Comet's verbose explanation, as its live plan prints it."""

from __future__ import annotations

import pytest

pytest.importorskip("py4j", reason="the harness talks to Spark through py4j")

from clusop.certify.comet_words import parse_extended_info

VERBOSE = """\
HashAggregate
+- CometColumnarToRow
   +- CometColumnarExchange
      +- HashAggregate [COMET: scalaudf is not supported, Unsupported aggregate expression(s)]
         :- Project [COMET: cast(price#212 as decimal(12,2)) is not fully compatible with Spark. To enable it anyway, set \
spark.comet.expression.Cast.allowIncompatible=true. For more information, refer to the guide.]
         +- CometScan parquet

Comet accelerated 2 out of 5 eligible operators (40%). Final plan contains 1 transitions between Spark and Comet.
"""


def test_operators_reasons_and_coverage():
    native, eligible, reasons = parse_extended_info(VERBOSE)
    assert (native, eligible) == (2, 5)
    assert reasons == (
        ("HashAggregate", "scalaudf is not supported"),
        ("HashAggregate", "Unsupported aggregate expression(s)"),
        (
            "Project",
            (
                "cast(price as decimal(12,2)) is not fully compatible with Spark. To enable it anyway, set "
                "spark.comet.expression.Cast.allowIncompatible=true. For more information, refer to the guide."
            ),
        ),
    )


def test_a_relation_that_prints_its_snapshot_is_cut():
    snapshot = ", ".join(f"column{n}" for n in range(100))
    text = f"Scan [COMET: Scan DeltaCDFRelation(Snapshot({snapshot})) is not supported, Another reason]"
    assert parse_extended_info(text)[2] == (
        ("Scan", "Scan DeltaCDFRelation(…) is not supported"),
        ("Scan", "Another reason"),
    )


def test_a_plan_without_reasons():
    assert parse_extended_info("CometProject\n+- CometScan parquet\n") == (None, None, ())


def test_a_comma_inside_brackets_joins_nothing():
    text = "Project [COMET: array_join(concat(a#1, [b#2, c#3]), +, None) is not fully compatible, cast(x, y) is not supported]"
    assert parse_extended_info(text)[2] == (
        ("Project", "array_join(concat(a, [b, c]), +, None) is not fully compatible"),
        ("Project", "cast(x, y) is not supported"),
    )


def test_addresses_are_left_out():
    text = "Scan [COMET: Unsupported file format BinaryFileFormat@1bb01f3a, a$$Lambda$4711/0x00007f@5e91993f is not supported]"
    assert parse_extended_info(text)[2] == (
        ("Scan", "Unsupported file format BinaryFileFormat"),
        ("Scan", "a is not supported"),
    )


def test_remarks_of_comet_1_are_no_reasons():
    text = (
        "MapInPandas [COMET: MapInPandas is not supported] [COMET-INFO: A native form [of it] is available]\n"
        "+- Project [COMET-INFO: nothing more]\n"
    )
    assert parse_extended_info(text)[2] == (("MapInPandas", "MapInPandas is not supported"),)


def test_a_list_of_functions_is_one_reason():
    text = "HashAggregate [COMET: Incompatible aggregate function(s): collect_set, count, last, avg is not supported]"
    assert parse_extended_info(text)[2] == (
        ("HashAggregate", "Incompatible aggregate function(s): collect_set, count, last"),
        ("HashAggregate", "avg is not supported"),
    )
