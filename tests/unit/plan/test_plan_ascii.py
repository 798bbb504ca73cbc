"""What Scala must read alike: digits and letters are ASCII's, numbers are bounded, halves of characters never get through."""

import json

import pytest

from clusop.plan.naming import canonical_name, codegen_number, split_codegen_prefix
from clusop.plan.plan_info import read_plan_info_json
from clusop.plan.scrub import scrub_arguments
from clusop.plan.text import read_explain_text

HEADING = "== Physical Plan ==\n"


def arguments_of(text: str) -> list[str]:
    plan = read_explain_text(text).plan
    assert plan is not None
    return [operator.arguments for operator in plan.operators]


@pytest.mark.parametrize("digits", ["9" * 10, "9" * 5000, "٣"])
def test_a_codegen_number_has_at_most_nine_digits(digits: str) -> None:
    assert split_codegen_prefix(f"*({digits}) Project") == (0, f"({digits}) Project")
    assert codegen_number(f"WholeStageCodegen ({digits})") is None
    assert read_explain_text(f"{HEADING}Project [a#1]\n+- *({digits}) Scan csv [a#1]\n").problems


def test_a_codegen_number_of_nine_digits_is_one() -> None:
    assert split_codegen_prefix("*(123456789) Project") == (123456789, "Project")
    assert codegen_number("WholeStageCodegen (123456789)") == 123456789


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("Scané x", "Scan", "é x"),
        ("Projecté", "Project", "é"),
        ("Scan$x y", "Scan$x", "y"),
        ("Execute\u00a0InsertCommand x", "Execute InsertCommand", "x"),
        ("Scan In-memory table t", "InMemoryTableScan", "t"),
        ("BatchScan orc t", "BatchScan orc", "t"),
        ("BatchScan t", "BatchScan", "t"),
        ("CometScan [native_iceberg_compat] parquet t", "CometScan parquet", "t"),
    ],
)
def test_names_are_ascii(text: str, name: str, arguments: str) -> None:
    assert canonical_name(text) == (name, arguments)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\\ud83d\\ude00", "😀"),
        ("\\ud83d", "?"),
        ("\\u00e9", "é"),
        ("\ud83d", "?"),
        ("&#xD83D;", "?"),
        ("&#128512;", "&#128512;"),
    ],
)
def test_halves_of_characters_are_joined_or_gone(written: str, read: str) -> None:
    text = f"{HEADING}Project [{written}]\n+- LocalTableScan [a#1]".replace("\n", "\\n")
    assert arguments_of(text)[0] == f"[{read}]"


@pytest.mark.parametrize(
    ("text", "kept"), [("sum(a)", "sum(?)"), ("sumé(a)", "?(?)"), ("é sum", "? sum"), ("(? \u00a0 ?)", "(?)")]
)
def test_a_letter_beyond_ascii_belongs_to_the_word_beside_it(text: str, kept: str) -> None:
    assert scrub_arguments(text) == kept


@pytest.mark.parametrize(
    ("number", "is_read"),
    [
        (2**63 - 1, True),
        (1 - 2**63, True),
        (-(2**63), False),
        (2**63, False),
        (10**80, False),
        (1.0, False),
        (True, False),
    ],
)
def test_an_accumulator_id_has_64_bits(number: object, *, is_read: bool) -> None:
    metric = {"name": "rows", "accumulatorId": number, "metricType": "sum"}
    reading = read_plan_info_json(json.dumps({"nodeName": "Project", "simpleString": "Project", "metrics": [metric]}))
    assert reading.plan is not None
    assert len(reading.plan.operators[0].metrics) == is_read
    assert bool(reading.problems) != is_read


@pytest.mark.parametrize("text", ["", "{", '{"nodeName": "Project",}', "Project [a#1]", "\\"])
def test_what_is_no_json_is_refused_in_the_same_words(text: str) -> None:
    (problem,) = read_plan_info_json(text).problems
    assert (problem.id, problem.detail) == ("unreadable", ": no JSON")
