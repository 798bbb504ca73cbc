from __future__ import annotations

import pytest
from readings import problem_ids, shape

from clusop.plan.text import MAX_TEXT_CHARS, read_explain_bytes, read_explain_text

HEADING = "== Physical Plan ==\n"


def only_reason(text: str) -> str:
    reading = read_explain_text(text)
    assert reading.plan is None
    assert len(reading.problems) == 1
    return reading.problems[0].id


@pytest.mark.parametrize("text", ["", "   \n\t\n", "\ufeff", "\x00\x00", HEADING, HEADING + "\n\n"])
def test_nothing_is_empty(text: str) -> None:
    assert only_reason(text) == "empty"


@pytest.mark.parametrize(
    "text",
    [
        "hello world",
        "SELECT 1",
        "{}",
        "[1, 2]",
        "+- ",
        "+- 5 percent",
        "== Physical Plan ==\nerror: no such table",
        "x" * 5000,
    ],
)
def test_other_texts_are_unreadable(text: str) -> None:
    assert only_reason(text) == "unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "== Optimized Logical Plan ==\nProject [a#1]\n+- Relation [a#1] parquet\n",
        "== Parsed Logical Plan ==\n'Project ['a]\n+- 'UnresolvedRelation [t], [], false\n",
        "Project [a#1]\n+- Filter (a#1 > 3)\n   +- Relation [a#1] parquet\n",
        "'Project ['a]\n+- 'UnresolvedRelation [t]\n",
    ],
)
def test_logical_plans_only(text: str) -> None:
    assert only_reason(text) == "logical-only"


def test_one_operator_is_a_plan() -> None:
    assert shape(read_explain_text(HEADING + "LocalTableScan [a#1]")) == "LocalTableScan"
    assert shape(read_explain_text(HEADING + "ShowTables (1)\n\n\n(1) ShowTables\nOutput [1]: [a#1]\n")) == "ShowTables"
    assert problem_ids(read_explain_text("LocalTableScan [a#1]")) == {"missing-header"}


@pytest.mark.parametrize(
    "data",
    [
        b"\x28\xb5\x2f\xfd" + bytes(range(256)),
        b"\x1f\x8b\x08\x00" + bytes(200),
        b"PK\x03\x04\x14\x00\x00\x00",
        b"\x7fELF\x02\x01\x01" + bytes(64),
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    reading = read_explain_bytes(data)
    assert (reading.plan, [reason.sentence for reason in reading.problems]) == (
        None,
        ["This input is no plan clusop can read (it is binary)."],
    )


def test_too_many_characters() -> None:
    assert only_reason("x" * (MAX_TEXT_CHARS + 1)) == "too-large"
    assert [r.id for r in read_explain_bytes(b"x" * (4 * MAX_TEXT_CHARS + 1)).problems] == ["too-large"]


def test_too_many_operators() -> None:
    children = ":- LocalTableScan\n" * 99_998 + "+- LocalTableScan\n"
    reading = read_explain_text(f"{HEADING}Union\n{children}")
    assert reading.plan is not None
    assert len(reading.plan) == 100_000
    assert only_reason(f"{HEADING}Union\n:- LocalTableScan\n{children}") == "too-large"


def test_ten_thousand_levels_are_read_and_more_refused() -> None:
    chain = "+- Project [a#1]\n" * 9_998 + "+- LocalTableScan [a#1]\n"
    reading = read_explain_text(f"{HEADING}Project [a#1]\n{chain}")
    assert reading.plan is not None
    assert max(reading.plan.depths) == 9_999
    more = "+- Project [a#1]\n" * 2
    assert only_reason(f"{HEADING}Project [a#1]\n{more}{chain}") == "too-large"
