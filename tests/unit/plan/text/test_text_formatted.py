from __future__ import annotations

import pytest
from readings import problem_ids, shape

from clusop.plan.node import Link
from clusop.plan.reading import Phase
from clusop.plan.text import read_explain_text

FORMATTED = """== Physical Plan ==
AdaptiveSparkPlan (12)
+- == Final Plan ==
   * BroadcastHashJoin Inner BuildRight (7)
   :- * Filter (3)
   :  +- * ColumnarToRow (2)
   :     +- Scan parquet shop.sales (1)
   +- BroadcastQueryStage (6), Statistics(sizeInBytes=1024.0 KiB, rowCount=3)
      +- BroadcastExchange (5)
         +- LocalTableScan (4)
+- == Initial Plan ==
   BroadcastHashJoin Inner BuildRight (11)
   :- Filter (9)
   :  +- Scan parquet shop.sales (8)
   +- BroadcastExchange (10)
      +- LocalTableScan (4)


(1) Scan parquet shop.sales
Output [2]: [k#1, v#2]
Batched: true
PartitionFilters: [dynamicpruningexpression(k#1 IN dynamicpruning#50)]
ReadSchema: struct<k:int,v:string>

(2) ColumnarToRow [codegen id : 2]
Input [2]: [k#1, v#2]

(3) Filter [codegen id : 2]
Input [2]: [k#1, v#2]
Condition : (k#1 > Subquery scalar-subquery#60, [id=#61])

(4) LocalTableScan
Output [1]: [k#7]

(5) BroadcastExchange
Input [1]: [k#7]

(6) BroadcastQueryStage
Output [1]: [k#7]

(7) BroadcastHashJoin [codegen id : 2]
Left keys [1]: [k#1]
Right keys [1]: [k#7]

(8) Scan parquet shop.sales
Output [2]: [k#1, v#2]

(9) Filter
Condition : (k#1 > Subquery scalar-subquery#60, [id=#61])

(10) BroadcastExchange
Input [1]: [k#7]

(11) BroadcastHashJoin
Left keys [1]: [k#1]

(12) AdaptiveSparkPlan
Output [1]: [k#1]
Arguments: isFinalPlan=true

===== Subqueries =====

Subquery:1 Hosting operator id = 1 Hosting Expression = k#1 IN dynamicpruning#50
AdaptiveSparkPlan (15)
+- == Final Plan ==
   BroadcastQueryStage (14), Statistics(sizeInBytes=1024.0 KiB, rowCount=3)
   +- ReusedExchange (13)
+- == Initial Plan ==
   BroadcastExchange (16)
   +- LocalTableScan (17)


(13) ReusedExchange [Reuses operator id: 5]
Output [1]: [k#7]

(14) BroadcastQueryStage
Output [1]: [k#7]

(15) AdaptiveSparkPlan
Arguments: isFinalPlan=true

(16) BroadcastExchange
Input [1]: [k#7]

(17) LocalTableScan
Output [1]: [k#7]

Subquery:2 Hosting operator id = 3 Hosting Expression = Subquery scalar-subquery#60, [id=#61]
* HashAggregate (19)
+- LocalTableScan (18)


(18) LocalTableScan
Output [1]: [m#8]

(19) HashAggregate [codegen id : 1]
Input [1]: [m#8]

Subquery:3 Hosting operator id = 9 Hosting Expression = Subquery scalar-subquery#60, [id=#61]
* HashAggregate (19)
+- LocalTableScan (18)

Subquery:4 Hosting operator id = 7 Hosting Expression = ReusedSubquery Subquery scalar-subquery#60, [id=#61]


===== Adaptively Optimized Out Exchanges =====

Subplan:1
Exchange (21)
+- LocalTableScan (20)


(20) LocalTableScan
Output [1]: [z#1]

(21) Exchange
Input [1]: [z#1]
"""


def test_formatted_mode_reads_the_judged_copy_with_details_and_subqueries() -> None:
    reading = read_explain_text(FORMATTED)
    assert (
        shape(reading)
        == """AdaptiveSparkPlan
  BroadcastHashJoin
    Filter
      ColumnarToRow
        Scan parquet
          ?SubqueryBroadcast
            AdaptiveSparkPlan
              BroadcastQueryStage
                ReusedExchange
      ?Subquery
        HashAggregate
          LocalTableScan
    BroadcastQueryStage
      BroadcastExchange
        LocalTableScan
    ?ReusedSubquery"""
    )
    assert (reading.phase, reading.problems) == (Phase.FINAL, ())
    assert reading.plan is not None
    by_number = {operator.number: operator for operator in reading.plan.operators if operator.number is not None}
    assert "Condition : (k#1 > Subquery" in by_number[3].arguments
    assert by_number[1].arguments.startswith("shop.sales; Output [2]")
    assert by_number[7].arguments.startswith("Inner BuildRight; Left keys")
    assert by_number[6].arguments.startswith("Statistics(sizeInBytes=1024.0 KiB")
    assert 9 not in by_number
    codegens = [
        (o.name, reading.plan.codegens[o.codegen].number) for o in reading.plan.operators if o.codegen is not None
    ]
    assert codegens == [("BroadcastHashJoin", 2), ("Filter", 2), ("ColumnarToRow", 2), ("HashAggregate", 1)]
    assert len(reading.plan.codegens) == 2


def test_final_or_not_is_in_the_details_where_no_marker_says_so() -> None:
    text = (
        "== Physical Plan ==\nAdaptiveSparkPlan (2)\n+- LocalTableScan (1)\n\n\n"
        "(1) LocalTableScan\nOutput [1]: [a#1]\n\n(2) AdaptiveSparkPlan\nArguments: isFinalPlan={}\n"
    )
    assert read_explain_text(text.format("true")).phase is Phase.FINAL
    assert read_explain_text(text.format("false")).phase is Phase.INITIAL


def test_a_tree_inside_a_detail_block_is_an_argument() -> None:
    text = """== Physical Plan ==
InMemoryTableScan (1)
   +- InMemoryRelation (2)
         +- * Project (4)
            +- LocalTableScan (3)


(1) InMemoryTableScan
Arguments: [k#1]

(2) InMemoryRelation
Arguments: [k#1], CachedRDDBuilder(StorageLevel(disk, memory, deserialized, 1 replicas),AdaptiveSparkPlan isFinalPlan=true
+- == Final Plan ==
   *(2) Filter (s#2 > 3)
   +- Exchange SinglePartition
+- == Initial Plan ==
   Filter (s#2 > 3)
,None)

(3) LocalTableScan
Output [1]: [k#1]

(4) Project [codegen id : 1]
Input [1]: [k#1]
"""
    reading = read_explain_text(text)
    assert shape(reading) == "InMemoryTableScan\n  =Project\n    LocalTableScan"
    assert (reading.phase, reading.problems) == (Phase.STATIC, ())


def test_a_missing_detail_block_is_told() -> None:
    text = "== Physical Plan ==\n* Project (2)\n+- LocalTableScan (1)\n\n\n(1) LocalTableScan\nOutput [1]: [a#1]\n"
    reading = read_explain_text(text)
    assert shape(reading) == "Project\n  LocalTableScan"
    assert [reason.sentence for reason in reading.problems] == [
        "The detail block of an operator is missing (1 operator)."
    ]


def test_a_subquery_without_known_host_is_kept_and_told() -> None:
    text = FORMATTED.replace("operator id = 3 ", "operator id = 77 ")
    reading = read_explain_text(text)
    assert problem_ids(reading) == {"truncated-plan"}
    assert reading.plan is not None
    hung = [o for o in reading.plan.operators if o.link is Link.SUBQUERY and "scalar-subquery#60" in o.arguments]
    assert hung


def test_a_subquery_that_names_itself_as_host_ends_nothing() -> None:
    text = (
        "== Physical Plan ==\nLocalTableScan (1)\n\n\n(1) LocalTableScan\nOutput: []\n\n"
        "Subquery:1 Hosting operator id = 2 Hosting Expression = Subquery s#1, [id=#2]\nProject (2)\n+- LocalTableScan (3)\n"
    )
    reading = read_explain_text(text)
    assert shape(reading) == "LocalTableScan\n  ?Subquery\n    Project\n      LocalTableScan"


def test_detail_blocks_without_their_tree_are_operators_nothing_connects() -> None:
    text = FORMATTED[FORMATTED.index("(2) ColumnarToRow") : FORMATTED.index("(5) BroadcastExchange")]
    reading = read_explain_text(text)
    assert shape(reading) == "ColumnarToRow\nFilter\nLocalTableScan"
    assert {"truncated-top", "truncated-plan", "missing-header"} <= problem_ids(reading)


@pytest.mark.parametrize("line", ["(3) AND isnotnull(v#2))", "(12) OR (a#1 = 2)"])
def test_a_wrapped_argument_that_begins_like_a_detail_block(line: str) -> None:
    text = f"== Physical Plan ==\nFilter ((a#1 > 2) AND (b#2 =\n{line}\n+- LocalTableScan [a#1]\n"
    reading = read_explain_text(text)
    assert shape(reading) == "Filter\n  LocalTableScan"
    assert problem_ids(reading) == {"wrapped-lines"}
