"""One node of SparkPlanInfo, taken out of its JSON: its name, its arguments, its metrics."""

from __future__ import annotations

from clusop.plan.json_text import clean_text
from clusop.plan.naming import MAX_ARGUMENT_CHARS, canonical_name, split_codegen_prefix
from clusop.plan.node import Metric

__all__ = ["CACHE_SCAN", "entry_metrics", "entry_name"]

CACHE_SCAN = "InMemoryTableScan"
_MAX_METRICS = 1_000
_MAX_NAME_CHARS = 256
_MAX_ID = 2**63 - 1
"""Spark's accumulator ids are 64-bit integers."""


def entry_name(node: dict[object, object]) -> tuple[str, str]:
    """The canonical name of a node and what its one-line text says besides."""
    named = clean_text(node.get("nodeName")).strip()
    _, simple = split_codegen_prefix(clean_text(node.get("simpleString")).strip())
    name, of_name = canonical_name(named)
    told, arguments = (name, of_name) if named == simple else canonical_name(simple)
    if not name:
        return told[:_MAX_NAME_CHARS], arguments
    if not simple:
        return name[:_MAX_NAME_CHARS], of_name
    return name[:_MAX_NAME_CHARS], arguments if told == name else simple[:MAX_ARGUMENT_CHARS]


def entry_metrics(listed: object) -> tuple[tuple[Metric, ...], int]:
    """The metrics of a node and how many entries could not be read."""
    if listed is None:
        return (), 0
    if not isinstance(listed, list):
        return (), 1
    metrics: list[Metric] = []
    broken = 0
    for entry in listed[:_MAX_METRICS]:
        number = entry.get("accumulatorId") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and type(number) is int and -_MAX_ID <= number <= _MAX_ID:
            metrics.append(Metric(_label(entry.get("name")), _label(entry.get("metricType")), number))
        else:
            broken += 1
    return tuple(metrics), broken


def _label(value: object) -> str:
    if isinstance(value, str) and value.isascii():
        return value[:_MAX_NAME_CHARS]
    return clean_text(value)[:_MAX_NAME_CHARS]
