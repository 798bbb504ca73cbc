"""The price table that ships with clusop: reading ``price_table.json`` into entries and sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from clusop.errors import BugError
from clusop.pricing.entry import PriceEntry, PriceKind, PriceSource
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMAT", "PriceTable", "load_price_table", "parse_price_table"]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Entries in the order of the file, and the sources they name, by id."""

    entries: tuple[PriceEntry, ...]
    sources: Mapping[str, PriceSource]


@cache
def load_price_table() -> PriceTable:
    """The table of this release. The only place that reads ``price_table.json``."""
    text = resources.files("clusop.pricing").joinpath("price_table.json").read_text(encoding="utf-8")
    return parse_price_table(json.loads(text))


def parse_price_table(document: Mapping[str, Any]) -> PriceTable:  # Any: decoded JSON
    """Entries and sources of a decoded table. It is our own data, held to its schema by tests: a fault is a bug."""
    if document["format"] != FORMAT:
        message = f"price table of format {document['format']}; this release reads {FORMAT}"
        raise BugError(message)
    sources = {name: PriceSource(name, **source) for name, source in document["sources"].items()}
    return PriceTable(
        entries=tuple(_entry(raw) for raw in document["entries"]),
        sources=MappingProxyType(sources),
    )


def _entry(raw: Mapping[str, Any]) -> PriceEntry:  # Any: decoded JSON
    value = raw["value"]
    return PriceEntry(
        id=raw["id"],
        kind=PriceKind(raw["kind"]),
        key=raw["key"],
        value=Range.of(value) if isinstance(value, str) else Range.of(*value),
        unit=raw["unit"],
        as_of=raw["as_of"],
        source=tuple(raw["source"]),
        note=raw["note"],
        also=tuple(raw.get("also", ())),
    )
