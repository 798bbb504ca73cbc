"""What may be set: the entries of ``settings.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Declared", "Section", "Value", "declared", "sections"]

Value: TypeAlias = "str | int | bool"


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting. ``least`` and ``most`` bound a count, both included. A ``secret`` value is told to nobody."""

    key: str
    env: str
    type: str
    default: Value
    doc: str
    least: int | None = None
    most: int | None = None
    option: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the YAML file with a structure of its own."""

    key: str
    doc: str


@cache
def declared() -> Mapping[str, Declared]:
    """All settings there are, by key."""
    return MappingProxyType({entry["key"]: Declared(**entry) for entry in _document()["settings"]})


@cache
def sections() -> Mapping[str, Section]:
    """All sections there are, by key."""
    return MappingProxyType({entry["key"]: Section(**entry) for entry in _document()["sections"]})


@cache
def _document() -> Mapping[str, list[dict[str, Any]]]:  # Any: values of a JSON file of ours
    text = resources.files("clusop.service.settings").joinpath("settings.json").read_text(encoding="utf-8")
    document: Mapping[str, list[dict[str, Any]]] = json.loads(text)
    return document
