from __future__ import annotations

import pytest
from readings import problem_ids, shape

from clusop.plan.node import Link
from clusop.plan.reading import Phase
from clusop.plan.text import read_explain_text

STATIC = """== Physical Plan ==
*(2) SortMergeJoin [k#1L], [k#7L], Inner
:- *(1) Sort [k#1L ASC NULLS FIRST], false, 0
:  +- Exchange hashpartitioning(k#1L, 8), ENSURE_REQUIREMENTS, [plan_id=31]
:     +- *(3) Project [k#1L]
:        +- FileScan csv [k#1L] Batched: false, DataFilters: [], Format: CSV, ReadSchema: struct<k:bigint>
+- *(1) Sort [k#7L ASC NULLS FIRST], false, 0
   +- LocalTableScan [k#7L]
"""


def test_simple_mode_without_adaptive_execution() -> None:
    reading = read_explain_text(STATIC)
    assert shape(reading) == (
        "SortMergeJoin\n  Sort\n    Exchange\n      Project\n        Scan csv\n  Sort\n    LocalTableScan"
    )
    assert reading.phase is Phase.STATIC
    assert reading.problems == ()
    assert reading.plan is not None
    numbers = [None if o.codegen is None else reading.plan.codegens[o.codegen].number for o in reading.plan.operators]
    assert numbers == [2, 1, None, 3, None, 1, None]
    assert reading.plan.operators[4].arguments.startswith("[k#1L] Batched: false")


ADAPTIVE = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan={final}
+- == {first} Plan ==
   *(2) HashAggregate(keys=[], functions=[count(1)])
   +- AQEShuffleRead coalesced
      +- ShuffleQueryStage 0
         +- Exchange SinglePartition
            +- LocalTableScan [a#1]
+- == Initial Plan ==
   HashAggregate(keys=[], functions=[count(1)])
   +- Exchange SinglePartition
      +- LocalTableScan [a#1]
"""
FINAL_SHAPE = """AdaptiveSparkPlan
  HashAggregate
    AQEShuffleRead
      ShuffleQueryStage
        Exchange
          LocalTableScan"""
INITIAL_SHAPE = "AdaptiveSparkPlan\n  HashAggregate\n    Exchange\n      LocalTableScan"


@pytest.mark.parametrize(
    ("final", "first", "tree", "phase"),
    [("true", "Final", FINAL_SHAPE, Phase.FINAL), ("false", "Current", INITIAL_SHAPE, Phase.INITIAL)],
)
def test_of_an_adaptive_plans_copies_one_is_judged(final: str, first: str, tree: str, phase: Phase) -> None:
    reading = read_explain_text(ADAPTIVE.format(final=final, first=first))
    assert shape(reading) == tree
    assert (reading.phase, reading.problems) == (phase, ())


def test_a_current_plan_alone_is_said_to_be_current() -> None:
    text = ADAPTIVE.format(final="false", first="Current").partition("+- == Initial")[0]
    assert read_explain_text(text).phase is Phase.CURRENT


@pytest.mark.parametrize(("said", "phase"), [("true", Phase.FINAL), ("false", Phase.INITIAL)])
def test_an_adaptive_plan_without_marker_lines(said: str, phase: Phase) -> None:
    reading = read_explain_text(
        f"== Physical Plan ==\nAdaptiveSparkPlan isFinalPlan={said}\n+- ColumnarToRow\n"
        f"   +- PhotonResultStage\n      +- PhotonScan parquet t[a#1]\n"
    )
    assert shape(reading) == "AdaptiveSparkPlan\n  ColumnarToRow\n    PhotonResultStage\n      PhotonScan parquet"
    assert (reading.phase, reading.problems) == (phase, ())


def test_three_levels_of_adaptive_subqueries_whose_indentation_does_not_accumulate() -> None:
    text = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=true
+- == Final Plan ==
   *(1) Filter (a#1 > Subquery subquery#20, [id=#200])
   :  +- Subquery subquery#20, [id=#200]
   :     +- AdaptiveSparkPlan isFinalPlan=true
         +- == Final Plan ==
            *(2) Project [b#2]
            +- *(2) Filter (b#2 > Subquery subquery#10, [id=#100])
               :  +- Subquery subquery#10, [id=#100]
               :     +- AdaptiveSparkPlan isFinalPlan=true
            +- == Final Plan ==
               *(3) HashAggregate(keys=[], functions=[min(c#3)])
               +- LocalTableScan [c#3]
            +- == Initial Plan ==
               HashAggregate(keys=[], functions=[min(c#3)])
               +- LocalTableScan [c#3]
               +- *(2) ColumnarToRow
                  +- FileScan parquet [b#2] Batched: true
         +- == Initial Plan ==
            Project [b#2]
            +- Filter (b#2 > Subquery subquery#10, [id=#100])
               :  +- Subquery subquery#10, [id=#100]
               :     +- AdaptiveSparkPlan isFinalPlan=true
            +- == Final Plan ==
               HashAggregate(keys=[], functions=[min(c#3)])
               +- LocalTableScan [c#3]
               +- FileScan parquet [b#2] Batched: true
   +- LocalTableScan [a#1]
+- == Initial Plan ==
   Filter (a#1 > Subquery subquery#20, [id=#200])
   +- LocalTableScan [a#1]
"""
    reading = read_explain_text(text)
    assert (
        shape(reading)
        == """AdaptiveSparkPlan
  Filter
    LocalTableScan
    ?Subquery
      AdaptiveSparkPlan
        Project
          Filter
            ColumnarToRow
              Scan parquet
            ?Subquery
              AdaptiveSparkPlan
                HashAggregate
                  LocalTableScan"""
    )
    assert (reading.phase, reading.problems) == (Phase.FINAL, ())


def test_a_subquery_printed_twice_counts_once_and_a_reused_one_is_a_leaf() -> None:
    text = """== Physical Plan ==
*(1) Project [a#1, ReusedSubquery Subquery scalar-subquery#9, [id=#90] AS m#5]
:  +- ReusedSubquery Subquery scalar-subquery#9, [id=#90]
+- PhotonScan parquet t[a#1] DataFilters: [], PartitionFilters: [a#1 > 3]
      :- Subquery scalar-subquery#9, [id=#90]
      :  +- ColumnarToRow
      :     +- PhotonScan parquet u[m#4]
      +- Subquery scalar-subquery#9, [id=#90]
         +- ColumnarToRow
            +- PhotonScan parquet u[m#4]
"""
    reading = read_explain_text(text)
    assert (
        shape(reading)
        == """Project
  PhotonScan parquet
    ?Subquery
      ColumnarToRow
        PhotonScan parquet
  ?ReusedSubquery"""
    )
    assert reading.problems == ()


def test_a_cached_plan_hangs_on_the_scan_that_reads_it() -> None:
    text = """== Physical Plan ==
*(1) Filter isnotnull(k#1)
+- InMemoryTableScan [k#1], [isnotnull(k#1)]
      +- InMemoryRelation [k#1, s#2], StorageLevel(disk, memory, deserialized, 1 replicas)
            +- *(1) Project [k#1]
               +- LocalTableScan [k#1]
"""
    reading = read_explain_text(text)
    assert shape(reading) == "Filter\n  InMemoryTableScan\n    =Project\n      LocalTableScan"
    assert reading.plan is not None
    outer, cached = reading.plan.operators[0].codegen, reading.plan.operators[2].codegen
    assert outer != cached, "codegen numbers start anew in a cached plan"


def test_a_reused_exchange_is_a_leaf_whatever_its_line_holds() -> None:
    text = """== Physical Plan ==
*(2) BroadcastHashJoin [k#1], [k#2], Inner, BuildRight, false
:- LocalTableScan [k#1]
+- ReusedExchange [k#2, w#3], BroadcastExchange HashedRelationBroadcastMode(List(input[0, int, false]),false), [plan_id=7]
"""
    reading = read_explain_text(text)
    assert shape(reading) == "BroadcastHashJoin\n  LocalTableScan\n  ReusedExchange"
    assert reading.plan is not None
    assert "BroadcastExchange" in reading.plan.operators[2].arguments


def test_a_command_keeps_its_logical_plan_as_children() -> None:
    text = """== Physical Plan ==
Execute CreateViewCommand
   +- CreateViewCommand `v`, select * from a, false, true, LocalTempView, true
         +- Filter (id#1 > scalar-subquery#3 [])
            :  +- Aggregate [max(id#2) AS m#4]
            :     +- Relation [id#2] parquet
            +- Relation [id#1] parquet
"""
    reading = read_explain_text(text)
    assert (
        shape(reading)
        == """Execute CreateViewCommand
  CreateViewCommand
    Filter
      Aggregate
        Relation
      Relation"""
    )
    assert reading.plan is not None
    assert {operator.link for operator in reading.plan.operators} == {Link.CHILD}
    assert reading.problems == ()


def test_a_write_runs_the_plan_below_it() -> None:
    text = """== Physical Plan ==
Execute InsertIntoHadoopFsRelationCommand file:/out, false, Parquet, [path=/out], Overwrite, [k]
+- WriteFiles
   +- AdaptiveSparkPlan isFinalPlan=true
      +- == Final Plan ==
         *(1) ColumnarToRow
         +- FileScan parquet [k#1] Batched: true
      +- == Initial Plan ==
         FileScan parquet [k#1] Batched: true
"""
    reading = read_explain_text(text)
    assert shape(reading).split() == [
        "Execute", "InsertIntoHadoopFsRelationCommand", "WriteFiles", "AdaptiveSparkPlan", "ColumnarToRow", "Scan", "parquet",
    ]  # fmt: skip
    assert reading.phase is Phase.FINAL


def test_codegen_scopes_are_no_operators() -> None:
    text = "== Physical Plan ==\nWholeStageCodegen (1)\n+- Project [a#1]\n   +- InputAdapter\n      +- LocalTableScan [a#1]\n"
    assert shape(read_explain_text(text)) == "Project\n  LocalTableScan"


def test_extended_mode_has_logical_plans_before_the_physical_one() -> None:
    text = """== Parsed Logical Plan ==
'Project ['a]
+- 'UnresolvedRelation [t], [], false

== Analyzed Logical Plan ==
a: bigint
Sort [a#1L ASC NULLS FIRST], true
+- Relation [a#1L] parquet

== Optimized Logical Plan ==
Join Inner, Statistics(sizeInBytes=4.8 KiB)
:- Filter isnotnull(a#1L), Statistics(sizeInBytes=4.8 KiB)
:  +- Relation [a#1L] parquet
+- Relation [b#2L] parquet

"""
    reading = read_explain_text(text + STATIC)
    assert shape(reading) == shape(read_explain_text(STATIC))
    assert reading.problems == ()
    assert problem_ids(read_explain_text(text)) == {"logical-only"}


def test_the_last_physical_plan_with_a_tree_is_taken() -> None:
    other = "== Physical Plan ==\nLocalTableScan [z#9]\n\n"
    assert shape(read_explain_text(STATIC + "\nand the other one:\n" + other)) == "LocalTableScan"
    assert shape(read_explain_text(other + STATIC)).startswith("SortMergeJoin")
    assert shape(read_explain_text(other + "== Physical Plan ==\n\n")) == "LocalTableScan"


@pytest.mark.parametrize(
    "heading", ["== Executed Plan ==", "== executed plan ==", "### Physical Plan", "Physical Plan:"]
)
def test_other_headings_of_the_same_thing(heading: str) -> None:
    reading = read_explain_text(STATIC.replace("== Physical Plan ==", heading))
    assert shape(reading).startswith("SortMergeJoin")
    assert reading.problems == ()


def test_codegen_mode_shows_compiled_stages_only() -> None:
    text = """Found 2 WholeStageCodegen subtrees.
== Subtree 1 / 2 (maxMethodCodeSize:164; maxConstantPoolSize:174(0.27% used); numInnerClasses:0) ==
*(1) Project [a#1]
+- LocalTableScan [a#1]

Generated code:
/* 001 */ public Object generate(Object[] references) {
/* 002 */   return new GeneratedIteratorForCodegenStage1(references);
+- NotAnOperator [a#1]

== Subtree 2 / 2 (maxMethodCodeSize:164; maxConstantPoolSize:174(0.27% used); numInnerClasses:0) ==
*(2) HashAggregate(keys=[], functions=[count(1)])
+- Exchange SinglePartition
   +- *(1) Project [a#1]
      +- LocalTableScan [a#1]

Generated code:
/* 001 */ public Object generate(Object[] references) {
"""
    reading = read_explain_text(text)
    assert shape(reading) == "HashAggregate\n  Exchange\n    Project\n      LocalTableScan"
    assert problem_ids(reading) == {"truncated-plan"}


def test_words_inside_arguments_are_no_operators() -> None:
    text = """== Physical Plan ==
*(1) Filter (name#1 = == Photon Explanation == The query is fully supported by Photon. +- ColumnarToRow)
+- *(1) Project [partial_bloom_filter_agg(x#2), Subquery AS ColumnarToRow#3]
   +- LocalTableScan [name#1]
"""
    reading = read_explain_text(text)
    assert shape(reading) == "Filter\n  Project\n    LocalTableScan"
    assert reading.explanation.verdict.value == "absent"
    assert reading.problems == ()


def test_brackets_cut_by_dots_do_not_swallow_the_next_line() -> None:
    text = """== Physical Plan ==
ColumnarToRow
+- FileScan parquet [a#1] Location: Index(1 paths)[s3://bucket/stor..., ReadSchema: struct<a:int,b:doub...

The job took 3 minutes.
"""
    reading = read_explain_text(text)
    assert shape(reading) == "ColumnarToRow\n  Scan parquet"
    assert reading.problems == ()
    assert reading.plan is not None
    assert "minutes" not in reading.plan.operators[1].arguments


def test_gluten_marks_and_kilobyte_names_keep_the_operators_name() -> None:
    text = (
        f"== Physical Plan ==\nVeloxColumnarToRow\n"
        f"+- ^(2) FilterExecTransformer (a#1 > 3)\n   +- LocalTableScan {'x' * 9000}\n"
    )
    reading = read_explain_text(text)
    assert shape(reading) == "VeloxColumnarToRow\n  FilterExecTransformer\n    LocalTableScan"
    assert reading.plan is not None
    assert len(reading.plan.operators[2].arguments) <= 4096
