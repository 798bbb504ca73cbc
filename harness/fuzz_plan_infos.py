"""Fuzzed SparkPlanInfo JSON: grown plans as Spark writes them into events, then JSON's own oddities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fuzz_trees import ODD, Grown, grown_plan

if TYPE_CHECKING:
    from random import Random

__all__ = ["damaged_json", "plan_info_text"]

_METRICS = (
    ("number of output rows", "sum"), ("duration", "timing"), ("exclusive time", "nsTiming"),
    ("shuffle bytes written", "size"), ("peak memory", "size"), ("avg hash probe", "average"), ("", ""),
    ("time in ns", "nsTiming"),
)  # fmt: skip
_VALUES = (
    "null", "true", "-0", "1e3", "1.0", "12345678901234567890", "NaN", "-Infinity", "1E400", '""', "[]", "{}",
    '"\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', "0.1e-7", "01", "+1", "'a'", '"\\x"', "nul", "[1,]",
    '{"a":1,"a":2}', "9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648",
)  # fmt: skip


def _node(grown: Grown, chance: Random, number: list[int]) -> dict[str, Any]:
    """A SparkPlanInfo of a tree, built from its leaves up without recursion."""
    order: list[Grown] = []
    stack = [grown]
    while stack:
        one = stack.pop()
        order.append(one)
        stack += [*one.children, *one.inner, *(copy for _, copy in one.copies)]
    made: dict[int, dict[str, Any]] = {}
    for one in reversed(order):
        below = [made[id(child)] for child in (*one.children, *(copy for _, copy in one.copies[:1]), *one.inner)]
        metrics = []
        for _ in range(chance.choice((0, 1, 2, 3))):
            number[0] += chance.choice((1, 1, 1, 0))
            name, kind = chance.choice(_METRICS)
            metrics.append({"name": name, "accumulatorId": number[0], "metricType": kind})
        words = f"{one.name} {one.words}".rstrip()
        node: dict[str, Any] = {
            "nodeName": one.name,
            "simpleString": words,
            "children": below,
            "metadata": {},
            "metrics": metrics,
        }
        if chance.random() < 0.08:
            node["metadata"] = {"Location": "InMemoryFileIndex", "ReadSchema": "struct<a:int>", "Format": "Parquet"}
        if chance.random() < 0.06:
            node["nodeName"] = f"WholeStageCodegen ({chance.randrange(5)})"
            node["children"] = (
                [{**node, "nodeName": "InputAdapter", "children": below}] if chance.random() < 0.5 else below
            )
        if chance.random() < 0.03:
            node[chance.choice(("children", "metrics", "nodeName", "simpleString", "metadata"))] = chance.choice(
                (None, 1, "x", [], {}, [None], [[]])
            )
        made[id(one)] = node
    return made[id(grown)]


def damaged_json(text: str, chance: Random) -> str:
    """``text`` after a few accidents: a value replaced, a piece cut, doubled or inserted."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(6):
            case 0:
                text = text[:at]
            case 1:
                colon = text.find(":", at)
                end = min((found for found in (text.find(",", colon), text.find("}", colon)) if found > 0), default=-1)
                if 0 <= colon < end:
                    text = text[: colon + 1] + chance.choice(_VALUES) + text[end:]
            case 2:
                text = text[:at] + chance.choice((*ODD, ",", "}", "]", "{", '"', "\\", *_VALUES)) + text[at:]
            case 3:
                text = text[:at] + text[at + chance.randint(1, 6) :]
            case 4:
                end = min(len(text), at + chance.randint(1, 40))
                text = text[:end] + text[at:end] + text[end:]
            case _:
                text = chance.choice((" ", "\n", "\ufeff", "\u00a0")) + text
    return text


def plan_info_text(chance: Random) -> str:
    """One input; one in three damaged as JSON."""
    info = _node(grown_plan(chance, chance.choice((1, 3, 6, 10, 20))), chance, [0])
    if chance.random() < 0.3:
        info = {
            "Event": "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart",
            "executionId": 1,
            "sparkPlanInfo": info,
        }
    text = json.dumps(info, ensure_ascii=chance.random() < 0.5, separators=chance.choice(((",", ":"), (", ", ": "))))
    return damaged_json(text, chance) if chance.random() < 0.35 else text
