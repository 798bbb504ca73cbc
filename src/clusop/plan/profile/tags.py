"""The canonical name of a profile's node: from its tag, its metadata and, where neither helps, its title."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from clusop.plan.naming import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TagTable", "bare_tag", "node_name", "tag_table"]

_MAX_NAME_CHARS = 256
_WORD = re.compile(r"[A-Za-z0-9]+")
_TITLE = re.compile(r"\s*((?:[A-Z][A-Za-z]*\s+){0,5}[A-Z][A-Za-z]*)(?=\s|$)")
"""A title's leading plain words; what follows can be a table's name."""
_COMMAND = re.compile(r"\b[A-Z]\w*Command\b")
_FORMAT = re.compile(r"[A-Za-z_]\w*")
_GENERIC_WORD = re.compile(r"^UNKNOWN_")
_UNNAMED = "Unknown"
_DELTA_FORMAT = "parquet"
"""Delta's data files are Parquet, and plans name the scan after the files."""


@dataclass(frozen=True)
class TagTable:
    """What ``tags.json`` tells."""

    generic_prefix: re.Pattern[str]
    suffix: str
    words: dict[str, str]
    names: dict[str, str]
    scans: frozenset[str]
    commands: frozenset[str]
    codegens: frozenset[str]
    exchange_sinks: frozenset[str]
    reuses: frozenset[str]
    metric_kinds: dict[str, str]
    metric_names_by_key: dict[str, str]
    arguments_without: frozenset[str]


@cache
def tag_table() -> TagTable:
    """The table of tags. The only place that reads ``tags.json``."""
    text = resources.files("clusop.plan.profile").joinpath("tags.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    return TagTable(
        generic_prefix=re.compile(loaded["generic_prefix"]),
        suffix=loaded["suffix"],
        words=loaded["words"],
        names=loaded["names"],
        scans=frozenset(loaded["scans"]),
        commands=frozenset(loaded["commands"]),
        codegens=frozenset(loaded["codegens"]),
        exchange_sinks=frozenset(loaded["exchange_sinks"]),
        reuses=frozenset(loaded["reuses"]),
        metric_kinds=loaded["metric_kinds"],
        metric_names_by_key=loaded["metric_names_by_key"],
        arguments_without=frozenset(loaded["arguments_without"]),
    )


def bare_tag(tag: str) -> str:
    """A tag without its ending: ``HASH_AGGREGATE`` for ``HASH_AGGREGATE_EXEC``."""
    return tag.strip().removesuffix(tag_table().suffix)


def node_name(tag: str, title: str, metadata: Mapping[str, str], *, native: bool) -> str:
    """The canonical name of a node.

    ``tag`` is the profile's (``PHOTON_GROUPING_AGG_EXEC``, ``UNKNOWN_SPARK_PLAN.CollectLimit``), ``title`` what its picture
    shows (``Grouping Aggregate``), ``metadata`` the first value of each metadata key, ``native`` whether IS_PHOTON is true.
    Unknown tags become camel case; a node without any name is ``Unknown``.
    """
    table = tag_table()
    told = table.generic_prefix.sub("", tag.strip(), count=1)
    if told != tag.strip():
        return _cut(canonical_name(told)[0]) or _from_title(title, metadata, native=native)
    bare = bare_tag(told)
    if bare in table.scans:
        return _scan_name(metadata, native=native)
    if bare in table.commands:
        command = _COMMAND.search(title)
        return _cut(f"Execute {command.group() if command is not None else 'Command'}")
    if bare in table.names:
        return table.names[bare]
    name = _camel(_GENERIC_WORD.sub("", bare))
    return _cut(name) or _from_title(title, metadata, native=native)


def _scan_name(metadata: Mapping[str, str], *, native: bool) -> str:
    head = "PhotonScan" if native else "Scan"
    form = _FORMAT.match(metadata.get("SCAN_RELATION_DESC", "").strip())
    if form is not None:
        return _cut(f"{head} {form.group()}")
    if metadata.get("IS_DELTA", "").lower() == "true":
        return f"{head} {_DELTA_FORMAT}"
    relation = _FORMAT.match(metadata.get("SCAN_RELATION_NAME", "").strip())
    return _cut(f"{head} {relation.group()}") if relation is not None and not native else head


def _camel(words: str) -> str:
    special = tag_table().words
    return "".join(special.get(word, word.capitalize()) for word in _WORD.findall(words))


def _from_title(title: str, metadata: Mapping[str, str], *, native: bool) -> str:
    words = _TITLE.match(title[:_MAX_NAME_CHARS])
    if words is None:
        return _UNNAMED
    if words.group().split()[0] == "Scan":
        return _scan_name(metadata, native=native)
    name = "".join(words.group().split())
    return name if not native or name.startswith("Photon") else _cut(f"Photon{name}")


def _cut(name: str) -> str:
    return name[:_MAX_NAME_CHARS]
