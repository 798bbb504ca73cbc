"""Random plans as trees of printed operators: what the fuzzed texts and SparkPlanInfos are made from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

__all__ = ["ODD", "Grown", "grown_plan", "operator_names", "random_name", "random_words"]

_DIALECTS = Path(__file__).resolve().parent.parent / "src" / "clusop" / "plan" / "dialects"

_LEAVES = (
    "LocalTableScan", "PhotonScan parquet shop.sales", "FileScan csv", "Scan parquet", "Scan csv ",
    "BatchScan shop.t", "HiveTableScan", "InMemoryTableScan", "Range (0, 10, step=1, splits=2)", "Scan ExistingRDD",
    "Scan JDBCRelation(t)", "CometScan parquet", "ReusedExchange", "CometNativeScan parquet", "MicroBatchScan",
    "*(1) Scan OneRowRelation", "EmptyRelation", "LogicalRelation", "PhotonJsonScan",
)  # fmt: skip
_UNARY = (
    "Project", "Filter", "Sort", "Window", "Generate", "Expand", "HashAggregate", "ObjectHashAggregate",
    "SortAggregate", "Coalesce", "CollectLimit", "TakeOrderedAndProject", "GlobalLimit", "LocalLimit", "Exchange",
    "BroadcastExchange", "ColumnarToRow", "RowToColumnar", "PhotonResultStage", "PhotonProject", "PhotonFilter",
    "PhotonGroupingAgg", "PhotonShuffleMapStage", "PhotonShuffleExchangeSink", "PhotonShuffleExchangeSource",
    "PhotonRowToColumnar", "PhotonArrowBatchSink", "PhotonWriteStage", "PhotonSomethingNew", "CometProject",
    "CometFilter", "CometHashAggregate", "CometColumnarExchange", "CometExchange", "CometColumnarToRow",
    "CometSparkRowToColumnar", "BatchEvalPython", "ArrowEvalPython", "FlatMapGroupsInPandas", "MapInPandas",
    "MapInArrow", "WindowInPandas", "AQEShuffleRead", "ShuffleQueryStage", "BroadcastQueryStage", "ResultQueryStage",
    "TableCacheQueryStage", "DeserializeToObject", "MapElements", "SerializeFromObject", "StateStoreSave",
    "StateStoreRestore", "FlatMapGroupsWithState", "Execute InsertIntoHadoopFsRelationCommand", "WriteFiles",
    "AppendData", "AtomicReplaceTableAsSelect", "CommandResult", "SubqueryBroadcast", "ExternalRDD",
    "VeryOddOperator", "RunningWindowFunction",
)  # fmt: skip
_NARY = (
    "SortMergeJoin", "BroadcastHashJoin", "ShuffledHashJoin", "BroadcastNestedLoopJoin", "CartesianProduct", "Union",
    "PhotonUnion", "PhotonBroadcastHashJoin", "PhotonShuffledHashJoin", "CometBroadcastHashJoin",
    "CometSortMergeJoin", "FlatMapCoGroupsInPandas",
)  # fmt: skip
_WORDS = (
    "[a#1]", "[a#1, b#2L]", "(isnotnull(a#1) AND (a#1 > 10))", "keys=[k#3], functions=[partial_sum(x#4)]",
    "hashpartitioning(k#3, 200)", "ENSURE_REQUIREMENTS, [plan_id=17]",
    "SinglePartition, EXECUTOR_BROADCAST, [id=#77]", "[soundex(a#1) AS s#9]", "[UDF(a#1) AS u#5]",
    "[net(price#3)#8], [pythonUDF0#12], 200", "explode(sequence(a#1, b#2)), [c#3], false, [d#4]", "isFinalPlan=true",
    "isFinalPlan=false",
    "Batched: true, DataFilters: [isnotnull(a#1)], Format: Parquet, Location: InMemoryFileIndex(1 paths)[s3://b/t]",
    "Format: CSV, ReadSchema: struct<a:int,b:string>", "21", "[a#1 ASC NULLS FIRST], true, 0",
    "Inner, BuildRight, false, true",
    "[row_number() windowspecdefinition(k#3, specifiedwindowframe(RowFrame, unboundedpreceding$(), currentrow$())) AS rn#7]",
    "[collect_list(a#1, 0, 0)#3]", "Arguments: x", "(a#1 = Subquery scalar-subquery#5, [id=#50])",
    "[st_area(g#1) AS area#2]", "cast(a#1 as decimal(38,18))",
    "[from_json(StructField(a,IntegerType,true), v#3, Some(UTC)) AS j#6]", "transform(a#1, lambdafunction(x#2))", "",
    "[id=#12]", "[codegen id : 3]", "(2)", "'quoted \"both\" ways'", '{"a":1}', "… more fields",
    "[... 12 more fields]", "com.acme.Net$$Lambda$12",
)  # fmt: skip
ODD = (
    "\u00a0", "\u0130", "\u1c80", "\u2028", "\u0085", "\x1c", "\x0b", "\x0c", "\t", "\r", "\r\n", "\u0663", "\u00b2",
    "\U0001d7d9", "\U0001f525", "\u00df", "\u01c5", "\ufeff", "\u200b", "\u2013", "\u3000", "\x00", "\x1b[1m", "\x7f",
    "\u0345", "e\u0301", "99999999999999999999", "-1", "0x1F", "1_000", "\uff10", "\u0660\u0661", "\u00aa", "\u2160",
    "\u017f", "\u212a",
)  # fmt: skip
"""Where the two languages' ideas of space, digit, letter, case and length differ."""


@cache
def operator_names() -> tuple[str, ...]:
    """Every name the dialects know, so that each entry of theirs is tried."""
    names: set[str] = set()
    for file in sorted(_DIALECTS.glob("*.json")):
        dialect = json.loads(file.read_text(encoding="utf-8"))
        names |= {name for listed in dialect.get("names", {}).values() for name in listed}
        names |= set(dialect.get("native", {}).get("known", ()))
    return tuple(sorted(names))


@dataclass
class Grown:
    """One operator to be printed, with what hangs on it."""

    name: str
    words: str = ""
    children: list[Grown] = field(default_factory=list)
    inner: list[Grown] = field(default_factory=list)
    """Subqueries."""
    copies: list[tuple[str, Grown]] = field(default_factory=list)
    """Plans below ``== Final Plan ==`` and its kind."""


def random_words(chance: Random) -> str:
    """The rest of an operator's line."""
    words = " ".join(chance.choice(_WORDS) for _ in range(chance.choice((0, 1, 1, 2, 3))))
    if chance.random() < 0.06:
        at = chance.randrange(len(words) + 1)
        words = words[:at] + chance.choice(ODD) + words[at:]
    return words


def random_name(chance: Random, usual: tuple[str, ...]) -> str:
    """A name that suits the place, now and then any name the dialects know, or one nobody knows."""
    draw = chance.random()
    if draw < 0.80:
        return chance.choice(usual)
    if draw < 0.97:
        return chance.choice(operator_names())
    return chance.choice(
        (
            "",
            "lower",
            "Photon",
            "Comet",
            "Photon1",
            "A",
            "Ünion",
            "Scan\u00a0csv",
            "Execute",
            "X" * 300,
            "a b",
            chance.choice(ODD),
        )
    )


def grown_plan(chance: Random, budget: int) -> Grown:
    """A plan of about ``budget`` operators."""
    left = [budget]

    def grow(depth: int) -> Grown:
        left[0] -= 1
        draw = chance.random()
        if left[0] <= 0 or depth > 40 or draw < 0.12:
            return Grown(random_name(chance, _LEAVES), random_words(chance), inner=subqueries(depth, 0.05))
        if draw < 0.24:
            return adaptive(depth)
        if draw < 0.40:
            below = [grow(depth + 1) for _ in range(chance.choice((2, 2, 2, 3)))]
            return Grown(random_name(chance, _NARY), random_words(chance), below, subqueries(depth, 0.05))
        return Grown(random_name(chance, _UNARY), random_words(chance), [grow(depth + 1)], subqueries(depth, 0.06))

    def subqueries(depth: int, likely: float) -> list[Grown]:
        if left[0] <= 0 or chance.random() >= likely:
            return []
        number = chance.randrange(1, 6)
        kind = chance.choice(
            (
                "Subquery subquery",
                "Subquery scalar-subquery",
                "SubqueryBroadcast dynamicpruning",
                "ReusedSubquery Subquery subquery",
            )
        )
        return [Grown(f"{kind}#{number}, [id=#{number}]", "", [grow(depth + 2)])]

    def adaptive(depth: int) -> Grown:
        titles = chance.choice((("Initial",), ("Final", "Initial"), ("Current", "Initial"), ("Final",), ()))
        if not titles:
            return Grown(
                "AdaptiveSparkPlan", chance.choice(("isFinalPlan=false", "isFinalPlan=true", "")), [grow(depth + 1)]
            )
        words = f"isFinalPlan={'true' if 'Final' in titles else 'false'}"
        return Grown("AdaptiveSparkPlan", words, copies=[(title, grow(depth + 1)) for title in titles])

    return grow(0)
