"""One node of SparkPlanInfo, taken out of its JSON: its name, its arguments, its metrics."""

from __future__ import annotations

from clusop.plan.json_text import clean_text
from clusop.plan.naming import MAX_ARGUMENT_CHARS, canonical_name, split_codegen_prefix
from clusop.plan.node import Metric

__all__ = ["CACHE_SCAN", "entry_metrics", "entry_name"]

CACHE_SCAN = "InMemoryTableScan"
_MAX_METRICS = 1_000
_MAX_NAME_CHARS = 256


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
        if not isinstance(entry, dict) or not isinstance(number, int) or isinstance(number, bool):
            broken += 1
            continue
        name, kind = clean_text(entry.get("name")), clean_text(entry.get("metricType"))
        metrics.append(Metric(name[:_MAX_NAME_CHARS], kind[:_MAX_NAME_CHARS], number))
    return tuple(metrics), broken
