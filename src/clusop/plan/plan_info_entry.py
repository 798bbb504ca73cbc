"""One node of SparkPlanInfo, taken out of its JSON: its name, its arguments, its metrics."""

from __future__ import annotations

from clusop.plan.json_text import clean_text
from clusop.plan.naming import MAX_ARGUMENT_CHARS, canonical_name, split_codegen_prefix
from clusop.plan.node import Metric

__all__ = ["CACHE_SCAN", "entry_metrics", "entry_name"]

CACHE_SCAN = "InMemoryTableScan"
_MAX_METRICS = 1_000
_MAX_NAME_CHARS = 256
_new_metric = tuple.__new__  # past the Python code of a NamedTuple's own
_MAX_ID = 2**63 - 1
"""Spark's accumulator ids are 64-bit integers."""
_MIN_ID = -_MAX_ID


def entry_name(node: dict[object, object]) -> tuple[str, str]:
    """The canonical name of a node and what its one-line text says besides."""
    named = clean_text(node.get("nodeName")).strip()
    simple = clean_text(node.get("simpleString")).strip()
    if simple.startswith("*"):
        _, simple = split_codegen_prefix(simple)
    told, arguments = canonical_name(simple)
    if told and told == named:
        # Nearly always, and a canonical name is its own.
        return told[:_MAX_NAME_CHARS], arguments
    name, of_name = canonical_name(named)
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
    # The busiest loop of all: a plan of 500 operators has thousands of metrics.
    for entry in listed[:_MAX_METRICS]:
        try:
            name, kind, number = entry["name"], entry["metricType"], entry["accumulatorId"]
        except (KeyError, TypeError):
            name, kind, number = _known_fields(entry)
        if type(number) is not int or not _MIN_ID <= number <= _MAX_ID:
            broken += 1
            continue
        if not (type(name) is str and name.isascii() and len(name) <= _MAX_NAME_CHARS):
            name = _label(name)
        if not (type(kind) is str and kind.isascii() and len(kind) <= _MAX_NAME_CHARS):
            kind = _label(kind)
        metrics.append(_new_metric(Metric, (name, kind, number, None)))
    return tuple(metrics), broken


def _known_fields(entry: object) -> tuple[object, object, object]:
    """What there is of the fields of an entry that lacks some, or is none."""
    if not isinstance(entry, dict):
        return None, None, None
    return entry.get("name"), entry.get("metricType"), entry.get("accumulatorId")


def _label(value: object) -> str:
    if isinstance(value, str) and value.isascii():
        return value[:_MAX_NAME_CHARS]
    return clean_text(value)[:_MAX_NAME_CHARS]
