from __future__ import annotations

import pytest

from clusop.plan.reading import ABSENT, Explanation, ExplanationBlock, ExplanationVerdict
from clusop.plan.text import read_explain_text

PLAN = "== Physical Plan ==\nColumnarToRow\n+- PhotonResultStage\n   +- PhotonScan parquet t[a#1]\n\n\n"
HEADING = "== Photon Explanation ==\n"
NOT_FULLY = "Photon does not fully support the query because:\n"


def explained(words: str, plan: str = PLAN) -> Explanation:
    return read_explain_text(plan + words).explanation


def blocks(words: str) -> tuple[ExplanationBlock, ...]:
    explanation = explained(HEADING + words)
    assert explanation.verdict is ExplanationVerdict.NOT_FULLY
    return explanation.blocks


@pytest.mark.parametrize(
    "end", ["", "\n", "\r\n", "\n\n== Optimizer Statistics (table names per statistics state) ==\n  missing = \n"]
)
@pytest.mark.parametrize("title", [HEADING, "**== Photon Explanation ==**\n", "### Photon Explanation\n"])
def test_fully_supported(title: str, end: str) -> None:
    explanation = explained(title + "The query is fully supported by Photon." + end)
    assert explanation == Explanation(ExplanationVerdict.FULLY)


def test_commands() -> None:
    words = "Commands are not directly photonized. They must be run to determine if they can be Photon-ized."
    assert explained(HEADING + words).verdict is ExplanationVerdict.COMMAND


def test_an_unsupported_expression_with_its_detail_and_node() -> None:
    words = NOT_FULLY + (
        "\n\tsequence(cast(a#1 as date), b#2, Some(UTC)) is not supported:\n\t\tExpression sequence does not support DateType.\n"
        "\nReference node:\n\tGenerate explode(sequence(a#1, b#2)), [c#3], false, [d#4]"
    )
    expected = ExplanationBlock(
        "sequence(cast(a#1 as date), b#2, Some(UTC))",
        "expression",
        "Expression sequence does not support DateType.",
        "Generate explode(sequence(a#1, b#2)), [c#3], false, [d#4]",
    )
    assert blocks(words) == (expected,)
    assert blocks(words.replace("\t", "    ")) == (expected,)


def test_several_blocks_each_with_its_own_node() -> None:
    words = (
        NOT_FULLY
        + "\t\tUnsupported node: SortMergeJoin [a#1], [b#2], Inner.\n\nReference node:\n\tSortMergeJoin [a#1], [b#2], Inner\n\n"
        + NOT_FULLY
        + "\t\tUnsupported node: Exchange SinglePartition, EXECUTOR_BROADCAST, [plan_id=12].\n"
        "\nReference node:\n\tExchange SinglePartition\n"
    )
    first, second = blocks(words)
    assert (first.subject, first.subject_kind) == ("SortMergeJoin [a#1], [b#2], Inner", "node")
    assert (second.subject_kind, second.reference) == ("node", "Exchange SinglePartition")


def test_the_older_wording() -> None:
    words = NOT_FULLY + "\tUnsupported expression(s): UDF()\n\nreference node:\n\tProject [UDF(a#1) AS b#2]"
    assert blocks(words) == (ExplanationBlock("UDF()", "expression", "", "Project [UDF(a#1) AS b#2]"),)
    words = (
        NOT_FULLY + "\tUnsupported node: Sample 0.0, 0.01, false, 12\n\nreference node:\n\tSample 0.0, 0.01, false, 12"
    )
    assert blocks(words)[0].subject == "Sample 0.0, 0.01, false, 12"


def test_an_unsupported_aggregate() -> None:
    words = NOT_FULLY + "\tUnsupported aggregation function pivotfirst for aggregation mode: Partial.\n"
    assert [(b.subject, b.subject_kind) for b in blocks(words)] == [("pivotfirst", "aggregate")]


def test_wrapped_reasons_are_joined() -> None:
    words = (
        "Photon does not fully support the query\nbecause:\n\n\tfoo(a#1,\n\tb#2) is not supported:\n"
        "\t\tIt is\n\t\tunimplemented.\n\nReference node:\n\tProject [foo(a#1,\n\tb#2)]\n"
    )
    assert blocks(words)[-1] == ExplanationBlock(
        "foo(a#1, b#2)", "expression", "It is unimplemented.", "Project [foo(a#1, b#2)]"
    )


@pytest.mark.parametrize(
    "words",
    [
        HEADING + "Query is not fully supported by Photon.",
        HEADING + "Photon utilization: 75 %",
        HEADING,
        "== Photon Information ==\nThe query is fully supported by Photon.",
        "Somebody said: The query is fully supported by Photon.",
    ],
)
def test_other_wordings_and_places_count_for_nothing(words: str) -> None:
    assert explained(words) == ABSENT


def test_a_reference_node_is_no_part_of_the_tree() -> None:
    reading = read_explain_text(
        PLAN + HEADING + NOT_FULLY + "\tUnsupported node: Project [a].\n\nReference node:\n+- Project [a]\n"
    )
    assert reading.plan is not None
    assert len(reading.plan) == 3


def test_the_explanation_of_another_plan_is_not_taken() -> None:
    fully = HEADING + "The query is fully supported by Photon.\n"
    assert read_explain_text(PLAN + fully + PLAN).explanation == ABSENT
    assert read_explain_text(PLAN + PLAN + fully).explanation.verdict is ExplanationVerdict.FULLY


def test_an_explanation_alone_is_read_without_a_plan() -> None:
    reading = read_explain_text(HEADING + "The query is fully supported by Photon.")
    assert reading.plan is None
    assert reading.explanation.verdict is ExplanationVerdict.FULLY
    assert [reason.id for reason in reading.problems] == ["unreadable"]


def test_a_reason_in_unknown_words_is_kept_and_prose_below_is_not() -> None:
    words = NOT_FULLY + "\tThe moon is full.\n\nReference node:\n\tSort [a#1 ASC]\n\nI hope this helps.\n"
    assert blocks(words) == (ExplanationBlock("The moon is full.", "other", "", "Sort [a#1 ASC]"),)
