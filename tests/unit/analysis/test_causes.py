"""Causes from the structure and the engine's words (DESIGN §4)."""

from __future__ import annotations

import pytest

from clusop.analysis.assessment import Witness
from clusop.analysis.causes.functions import candidate_functions, functions_of
from clusop.analysis.diagnosis import diagnose
from clusop.analysis.observed import EngineState
from clusop.plan.reading import Explanation, ExplanationBlock, ExplanationVerdict

TAIL = "{0}ColumnarToRow\n{0}  PhotonResultStage\n{0}    PhotonScan parquet"


EXPRESSION = "unsupported-expression"


def on_top(*lines: str) -> str:
    tree = [" " * (2 * depth) + line for depth, line in enumerate(lines)]
    return "\n".join(tree) + "\n" + TAIL.format(" " * (2 * len(lines)))


STRUCTURE = {
    "python udf blames the lowest": (
        on_top("HashAggregate", "Exchange", "HashAggregate", "Project", "BatchEvalPython | [f(a#1)]"),
        [("python-udf", "BatchEvalPython", 4)],
    ),
    "pandas udf": (on_top("Project", "ArrowEvalPython"), [("pandas-udf", "ArrowEvalPython", 2)]),
    "map in pandas": (on_top("MapInPandas"), [("pandas-udf", "MapInPandas", 1)]),
    "scala udf": (on_top("Project | [UDF(a#1) AS b#2]"), [("scala-udf", "Project", 1)]),
    "hive udf": (
        on_top("Project | [HiveSimpleUDF#org.apache.hadoop.hive.ql.udf.UDFReverse(a#1) AS b#2]"),
        [("scala-udf", "Project", 1)],
    ),
    "hive table function": (
        on_top("Generate | HiveGenericUDTF#org.example.Twice(a#1), false, [b#2]"),
        [("scala-udf", "Generate", 1)],
    ),
    "objects": (
        on_top("SerializeFromObject", "MapElements", "DeserializeToObject"),
        [("rdd-or-dataset-api", "DeserializeToObject", 3)],
    ),
    "an expression": (on_top("Project | [soundex(name#1) AS s#2]"), [("unsupported-expression", "Project", 1)]),
    "an aggregate's expression": (
        on_top("HashAggregate", "HashAggregate | functions=[partial_pivotfirst(a#1, b#2)]"),
        [("unsupported-expression", "HashAggregate", 2)],
    ),
    "collect_list": (
        on_top("ObjectHashAggregate | functions=[collect_list(a#1, 0, 0)]"),
        [("unsupported-expression", "ObjectHashAggregate", 1)],
    ),
    "a sort-merge join": (
        (
            "SortMergeJoin\n  Sort\n    ColumnarToRow\n      PhotonScan parquet\n  Sort\n"
            "    ColumnarToRow\n      PhotonScan parquet"
        ),
        [("unsupported-operator", "SortMergeJoin", 3)],
    ),
    "a sort for a window": (on_top("Window | [a#1]", "Sort | [a#1 ASC]"), [("unsupported-operator", "Window", 2)]),
    "window": (on_top("Window | [a#1]"), [("unsupported-operator", "Window", 1)]),
    "nothing to see": (on_top("Project | [a#1, b#2]"), [("unexplained", "Project", 1)]),
    "stateful": (on_top("StateStoreSave | [a#1]"), [("stateful-streaming", "StateStoreSave", 1)]),
    "a cause of its own above another": (
        on_top("Project", "BatchEvalPython | [f(x)]", "Generate | explode(sequence(a#1, b#2))"),
        [("unsupported-expression", "Generate", 1), ("python-udf", "BatchEvalPython", 2)],
    ),
    "delta with deletion vectors": (
        (
            "HashAggregate / ColumnarToRow / "
            "Scan parquet | [a#1, __delta_internal_is_row_deleted#2] Location: PreparedDeltaFileIndex"
        ),
        [("delta-feature", "Scan parquet", 2)],
    ),
    "change feed": ("HashAggregate / Scan DeltaCDFRelation", [("delta-feature", "Scan DeltaCDFRelation", 2)]),
    "two islands, two causes": (
        (
            "PhotonUnion\n  PhotonRowToColumnar\n    BatchEvalPython\n      ColumnarToRow\n        PhotonScan parquet\n"
            "  PhotonRowToColumnar\n    Window\n      ColumnarToRow\n        PhotonScan parquet"
        ),
        [("python-udf", "BatchEvalPython", 1), ("unsupported-operator", "Window", 1)],
    ),
    "csv is named apart": (
        "ColumnarToRow / PhotonProject / PhotonRowToColumnar / Scan csv",
        [("row-source", "Scan csv", 1)],
    ),
    "a cache is named apart": (
        "ColumnarToRow / PhotonProject / PhotonRowToColumnar / InMemoryTableScan",
        [("cached-table", "InMemoryTableScan", 1)],
    ),
    "local rows are not worth a word": (
        "ColumnarToRow / PhotonProject / PhotonRowToColumnar / LocalTableScan",
        [],
    ),
    "marginal": ("Coalesce / ColumnarToRow / PhotonScan parquet", [("marginal-operator", "Coalesce", 1)]),
    "a round trip": (
        "PhotonProject / PhotonRowToColumnar / Exchange / ColumnarToRow / PhotonScan parquet",
        [("row-round-trip", "Exchange", 1)],
    ),
}


@pytest.mark.parametrize("name", STRUCTURE)
def test_cause_by_structure(name, reading_of, observed_of):
    text, expected = STRUCTURE[name]
    found = diagnose(observed_of(reading_of(text), engine="photon", state=EngineState.ON))
    assert [(f.cause, f.operator, f.operator_count) for f in found.findings] == expected


COMET = {
    "rows from a file": (
        "HashAggregate / CometColumnarExchange / HashAggregate / Scan csv",
        [("row-source", "Scan csv", 3)],
    ),
    "rows from a cache": (
        "HashAggregate / ColumnarToRow / InMemoryTableScan",
        [("cached-table", "InMemoryTableScan", 2)],
    ),
    "rows from a range": ("HashAggregate / Range", [("row-source", "Range", 2)]),
    "a udf over a file": (
        "Project / BatchEvalPython | [f(a#1)] / Scan csv",
        [("python-udf", "BatchEvalPython", 2), ("row-source", "Scan csv", 1)],
    ),
    "an operator it never has": (
        "Generate | explode(a#1) / Project | [soundex(b#2)] / CometColumnarToRow / CometScan parquet",
        [("unsupported-expression", "Project", 1), ("unsupported-operator", "Generate", 1)],
    ),
    "a common function it lacks": (
        "Project | [upper(a#1)] / CometColumnarToRow / CometScan parquet",
        [("unsupported-expression", "Project", 1)],
    ),
    "what only the parser knows as a function": (
        "Project | [timestampdiff(HOUR, a#1, b#2, Some(UTC))] / CometColumnarToRow / CometScan parquet",
        [("unsupported-expression", "Project", 1)],
    ),
    "what a write puts around a partition's column": (
        "Project | [empty2null(a#1) AS a#2] / CometColumnarToRow / CometScan parquet",
        [("unsupported-expression", "Project", 1)],
    ),
    "a function nobody knows": (
        "Project | [twist(a#1)] / CometColumnarToRow / CometScan parquet",
        [("scala-udf", "Project", 1)],
    ),
}


@pytest.mark.parametrize("name", COMET)
def test_cause_by_structure_under_comet(name, reading_of, observed_of):
    text, expected = COMET[name]
    found = diagnose(observed_of(reading_of(text), engine="comet", state=EngineState.ON))
    assert [(f.cause, f.operator, f.operator_count) for f in found.findings] == expected


def explained(*blocks: ExplanationBlock) -> Explanation:
    return Explanation(ExplanationVerdict.NOT_FULLY, blocks)


GENERATE = "Generate explode(sequence(cast(a#1 as date), b#2)), [c#3]"
SEQUENCE = ExplanationBlock(
    "sequence(cast(a#9 as date), b#8)", "expression", "Expression sequence does not support DateType", GENERATE
)
EXCHANGE = ExplanationBlock(
    "Exchange SinglePartition, EXECUTOR_BROADCAST, [plan_id=1]",
    "node",
    "",
    "Exchange SinglePartition, EXECUTOR_BROADCAST, [plan_id=7]",
)


def test_engine_and_structure_agree(reading_of, observed_of):
    text = on_top("HashAggregate", "Generate | explode(sequence(cast(a#1 as date), b#2)), [c#3]")
    (finding,) = diagnose(observed_of(reading_of(text, explanation=explained(SEQUENCE)))).findings
    assert (finding.cause, finding.operator, finding.functions[0]) == ("unsupported-expression", "Generate", "sequence")
    assert finding.witnesses == (Witness.STRUCTURE, Witness.ENGINE)
    assert "does not support DateType" in finding.engine_says


def test_an_exchange_beside_another_block_is_a_symptom(reading_of, observed_of):
    text = (
        "BroadcastHashJoin\n  Generate | explode(sequence(cast(a#1 as date), b#2)), [c#3]\n"
        "    ColumnarToRow\n      PhotonScan parquet\n"
        "  Exchange | SinglePartition, EXECUTOR_BROADCAST, [plan_id=7]\n    ColumnarToRow\n      PhotonScan parquet"
    )
    findings = diagnose(observed_of(reading_of(text, explanation=explained(SEQUENCE, EXCHANGE)))).findings
    assert [(f.cause, f.operator) for f in findings] == [("unsupported-expression", "Generate")]


WORDS = [
    (
        ("norm(a#1)", "expression", "The expression `scalaudf` is currently unimplemented"),
        "Project | [norm(a#1)]",
        "scala-udf",
    ),
    (("UDF()", "expression", ""), "Project | [a#1]", "scala-udf"),
    (("pivotfirst", "aggregate", "Partial"), "HashAggregate | functions=[pivotfirst(a#1)]", "unsupported-expression"),
    (("SortMergeJoin [a#1], [b#2]", "node", ""), "SortMergeJoin | [a#1], [b#2]", "unsupported-operator"),
    (("Sample 0.0, 0.01, false, 7", "node", ""), "Sample | 0.0, 0.01, false, 7", "unsupported-operator"),
    (("BatchEvalPython [f(a#1)]", "node", ""), "BatchEvalPython | [f(a#1)]", "python-udf"),
]


@pytest.mark.parametrize(("words", "operator", "cause"), WORDS)
def test_the_engines_words_name_the_cause(words, operator, cause, reading_of, observed_of):
    name, _, arguments = operator.partition(" | ")
    block = ExplanationBlock(*words, reference=f"{name} {arguments}")
    (finding,) = diagnose(observed_of(reading_of(on_top(operator), explanation=explained(block)))).findings
    assert (finding.cause, finding.operator) == (cause, name)
    assert Witness.ENGINE in finding.witnesses


def test_a_fully_supported_explanation_over_a_jvm_operator_is_a_contradiction(reading_of, observed_of):
    fully = Explanation(ExplanationVerdict.FULLY)
    (window,) = diagnose(observed_of(reading_of(on_top("Window"), explanation=fully))).findings
    (python,) = diagnose(observed_of(reading_of(on_top("BatchEvalPython"), explanation=fully))).findings
    assert window.disagreement is not None
    assert window.disagreement.id == "explanation-disagrees"
    assert python.disagreement is None


def test_live_reasons_refine_and_never_contradict(reading_of, observed_of):
    text = "HashAggregate / Project | [a#1] / CometColumnarToRow / CometScan parquet"
    masked = diagnose(observed_of(reading_of(text)))
    told = diagnose(observed_of(reading_of(text), engine_words=(("Project [a#1]", "regexp_extract is not supported"),)))
    assert [f.cause for f in masked.findings] == ["unexplained"]
    assert [(f.cause, f.operator, f.functions) for f in told.findings] == [
        ("unsupported-expression", "Project", ("regexp_extract",))
    ]


@pytest.mark.parametrize(
    ("says", "cause"),
    [("shop_reverse is not supported", "scala-udf"), ("regexp_extract is not supported", "unsupported-expression")],
)
def test_a_hive_function_stays_one_in_the_engines_words(says, cause, reading_of, observed_of):
    """Comet names it as any expression it does not have; a function of Spark's beside it is a reason of its own."""
    text = "Project | [HiveSimpleUDF#shop.Reverse(regexp_extract(a#1)) AS b#2] / CometColumnarToRow / CometScan parquet"
    (finding,) = diagnose(observed_of(reading_of(text), engine_words=(("Project [a#1]", says),))).findings
    assert (finding.cause, finding.engine_says) == (cause, says)
    assert (finding.disagreement is None) == (cause == "scala-udf")


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("AggregateInPandas", "pandas-udf"),
        ("FlatMapCoGroupsInPandas", "pandas-udf"),
        ("FlatMapGroupsInPandasWithState", "stateful-streaming"),
        ("MapGroups", "rdd-or-dataset-api"),
        ("StreamingSymmetricHashJoin", "stateful-streaming"),
        ("WindowInPandas", "pandas-udf"),
    ],
)
def test_a_bare_not_supported_hides_nothing(name, cause, reading_of, observed_of):
    """What an operator is by its name is the cause, and the engine's words stand beside it."""
    text = f"{name} | f(a#1) / CometColumnarToRow / CometScan parquet"
    words = ((f"{name} f(a#1)", f"{name} is not supported"),)
    (finding,) = diagnose(observed_of(reading_of(text), engine_words=words)).findings
    assert (finding.cause, finding.operator, finding.disagreement) == (cause, name, None)
    assert finding.witnesses == (Witness.STRUCTURE, Witness.ENGINE)


def test_rows_on_one_side_of_a_join_are_its_cause_unless_the_engine_says_otherwise(reading_of, observed_of):
    text = (
        "BroadcastHashJoin | Inner\n  BroadcastExchange\n    LocalTableScan | [k#1]\n"
        "  CometColumnarToRow\n    CometScan parquet"
    )
    (held_back,) = diagnose(observed_of(reading_of(text))).findings
    words = (("BroadcastHashJoin Inner", "Unsupported join type ExistenceJoin"),)
    (said,) = diagnose(observed_of(reading_of(text), engine_words=words)).findings
    assert (held_back.cause, held_back.operator) == ("row-source", "LocalTableScan")
    assert (said.cause, said.operator) == ("unsupported-operator", "BroadcastHashJoin")


def test_an_aggregate_that_waits_for_the_one_below_is_no_cause(reading_of, observed_of):
    """Comet 1's words for a final aggregate: the blame sits with what kept the partial one on the JVM."""
    text = (
        "HashAggregate | final / AQEShuffleRead / CometColumnarExchange / HashAggregate | partial / MapInPandas"
        " / CometColumnarToRow / CometScan parquet"
    )
    words = (
        ("HashAggregate final", "Comet aggregate that merges intermediate buffers requires a Comet child aggregate"),
        ("MapInPandas", "MapInPandas is not supported"),
    )
    found = diagnose(observed_of(reading_of(text), engine_words=words)).findings
    assert [finding.cause for finding in found] == ["pandas-udf"]


def test_comet_has_no_sort_aggregate(reading_of, observed_of):
    """With Comet's words for one of its two phases or for none: one cause."""
    text = (
        "SortAggregate | min / Sort / AQEShuffleRead / CometColumnarExchange / SortAggregate | partial_min / Sort"
        " / CometColumnarToRow / CometScan parquet"
    )
    for words in ((), (("SortAggregate", "SortAggregate is not supported"),)):
        found = diagnose(observed_of(reading_of(text), engine_words=words)).findings
        assert {finding.cause for finding in found} == {"unsupported-operator"}


@pytest.mark.parametrize(
    ("said", "cause", "functions"),
    [
        (["HashAggregate", "unsupported Spark aggregate function: collect_list"], EXPRESSION, ("collect_list",)),
        (["HashAggregate", "Unsupported aggregate expression(s)"], EXPRESSION, ()),
        (["HashAggregate", "Unsupported group expressions: soundex(name)"], EXPRESSION, ("soundex",)),
        (["HashAggregate", "Unsupported group by expressions: x"], EXPRESSION, ()),
        (["HashAggregate", "Distinct aggregate not supported for: bit_and(x)"], EXPRESSION, ("bit_and",)),
        (["HashAggregate", "Unsupported aggregation mode PartialMerge"], "unsupported-operator", ()),
        # The mode follows from what is said beside it, whichever comes first.
        (["HashAggregate", "Unsupported aggregation mode Final", "soundex is not supported"], EXPRESSION, ("soundex",)),
        (["HashAggregate", "soundex is not supported", "Unsupported aggregation mode Final"], EXPRESSION, ("soundex",)),
        (["Project", "unsupported arguments for GetArrayItem"], EXPRESSION, ("get_array_item",)),
        (["Project", "unsupported arguments for ElementAt"], EXPRESSION, ("element_at",)),
        (["Project", "Comet only supports regexp_replace with an offset of 1."], EXPRESSION, ("regexp_replace",)),
        (["Project", "Comet does not support Spark's BigDecimal rounding"], EXPRESSION, ()),
        (["Project", "ANSI mode not supported"], EXPRESSION, ()),
        (["Project", "Unsupported datatype IntervalType"], EXPRESSION, ()),
        (["Project", "Datetime pattern format is unsupported"], EXPRESSION, ()),
        (["Project", "Project is not enabled"], "unsupported-operator", ()),
        (["Sort", "Unsupported data type"], EXPRESSION, ()),
        (["SortMergeJoin", "Unsupported join type ExistenceJoin"], "unsupported-operator", ()),
        (["Scan orc", "Scan orc of a table is not supported"], "unsupported-operator", ()),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else None,
)
def test_what_comet_says_of_one_operator(said, cause, functions, reading_of, observed_of):
    operator, *sentences = said
    reading = reading_of(f"{operator} | [a#1] / CometColumnarToRow / CometScan parquet")
    (finding,) = diagnose(observed_of(reading, engine_words=tuple((operator, one) for one in sentences))).findings
    assert (finding.cause, finding.functions) == (cause, functions)


def test_functions_in_arguments():
    arguments = "keys=[a#1], functions=[partial_sum(x#2), merge_collect_list(y#3), percentile_approx('sum(z)', 0.5)]"
    assert functions_of(arguments) == ("sum", "collect_list", "percentile_approx")
    assert candidate_functions(arguments) == ("collect_list", "percentile_approx")


def test_a_function_name_with_letters_beyond_ascii_is_one_name():
    assert functions_of("größe(a#1), Été(b#2), Maß_e(c#3)") == ("größe", "Été", "maß_e")
