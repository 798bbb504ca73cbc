"""One node of a profile's graph, taken out of its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.plan.json_text import clean_text
from clusop.plan.naming import MAX_ARGUMENT_CHARS
from clusop.plan.node import Metric
from clusop.plan.profile.tags import bare_tag, node_name, tag_table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ProfileNode", "integer", "node_id", "profile_node"]

_MAX_METRICS = 1_000
_MAX_VALUES = 1_000
_MAX_STAGES = 10_000
_MAX_NAME_CHARS = 256
_MAX_INTEGER_CHARS = 30


@dataclass(frozen=True, slots=True)
class ProfileNode:
    """A node: who it is, what it says of itself, and in which group (stage or codegen scope) the profile draws it.

    ``child_tag`` tells which child of its parent it is (``Left``, ``Final``, ``Initial`` …); ``is_reuse``, ``is_codegen`` and
    ``is_exchange_sink`` come from the tag.
    """

    id: str
    name: str
    arguments: str
    metrics: tuple[Metric, ...]
    flagged_native: bool | None
    stage_ids: tuple[int, ...]
    group: str
    child_tag: str
    is_reuse: bool
    is_codegen: bool
    is_exchange_sink: bool


def integer(value: object) -> int | None:
    """A whole number, written as one or as text (exports differ)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and len(value) <= _MAX_INTEGER_CHARS and value.strip().removeprefix("-").isdecimal():
        return int(value)
    return None


def node_id(value: object) -> str:
    """An id as text, or nothing where it has none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return clean_text(value)


def profile_node(entry: Mapping[object, object]) -> ProfileNode:
    """Take one node out of its JSON. Whatever is not as expected is left out."""
    metadata = _metadata(entry.get("metadata", entry.get("metaData")))
    first = {key: values[0] for key, (_, values) in metadata.items() if values}
    tag = clean_text(entry.get("tag"))
    bare = bare_tag(tag)
    table = tag_table()
    flag = first.get("IS_PHOTON", "").lower()
    name = node_name(tag, clean_text(entry.get("name")), first, native=flag == "true")
    return ProfileNode(
        id=node_id(entry.get("id")),
        name=name,
        arguments=_arguments(metadata),
        metrics=_metrics(entry.get("metrics")),
        flagged_native={"true": True, "false": False}.get(flag),
        stage_ids=_stage_ids(entry.get("stageLinks")),
        group=node_id(entry.get("subgraphParent")),
        child_tag=first.get("CHILD_TAG", ""),
        is_reuse=bare in table.reuses or name.startswith("Reused"),
        is_codegen=bare in table.codegens or name == "WholeStageCodegen",
        is_exchange_sink=bare in table.exchange_sinks or name.endswith("ShuffleExchangeSink"),
    )


def _metadata(listed: object) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Label and values by key."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
            continue
        many = entry.get("values")
        values = [clean_text(value) for value in many[:_MAX_VALUES]] if isinstance(many, list) else []
        single = entry.get("value")
        if isinstance(single, bool):
            values.insert(0, "true" if single else "false")
        elif isinstance(single, str):
            values.insert(0, clean_text(single))
        found.setdefault(
            clean_text(entry["key"]), (clean_text(entry.get("label")), tuple(value for value in values if value))
        )
    return found


def _arguments(metadata: Mapping[str, tuple[str, tuple[str, ...]]]) -> str:
    """``Label: value, value; Label: …`` of what tells about the operator's work, bounded."""
    without = tag_table().arguments_without
    parts: list[str] = []
    room = MAX_ARGUMENT_CHARS
    for key, (label, values) in metadata.items():
        if key in without or not values or room <= 0:
            continue
        parts.append(f"{label or key}: {', '.join(values)}"[:room])
        room -= len(parts[-1]) + 2
    return "; ".join(parts)[:MAX_ARGUMENT_CHARS]


def _metrics(listed: object) -> tuple[Metric, ...]:
    table = tag_table()
    found: list[Metric] = []
    for entry in listed[:_MAX_METRICS] if isinstance(listed, list) else ():
        if not isinstance(entry, dict):
            continue
        value = integer(entry.get("value"))
        # A merged shuffle says "Sink - Exclusive time" and "Source - Exclusive time"; the key tells that both are the same.
        name = table.metric_names_by_key.get(clean_text(entry.get("key"))) or clean_text(entry.get("label")).lower()
        if not name or value is None:
            continue
        kind = clean_text(entry.get("metricType"))
        found.append(
            Metric(name[:_MAX_NAME_CHARS], table.metric_kinds.get(kind, kind.lower()[:_MAX_NAME_CHARS]), value=value)
        )
    return tuple(found)


def _stage_ids(listed: object) -> tuple[int, ...]:
    if not isinstance(listed, list):
        return ()
    found = (integer(entry) for entry in listed[:_MAX_STAGES])
    return tuple(dict.fromkeys(number for number in found if number is not None and number >= 0))
