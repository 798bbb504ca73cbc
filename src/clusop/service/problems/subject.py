"""What owner rules and exclusions look at: the names and tags of one problem."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping

__all__ = ["NAME_FIELDS", "ProblemRow", "Subject", "subject_of", "tags_of"]

ProblemRow: TypeAlias = "Mapping[str, object] | RowMapping"
"""A row of ``problems`` by its columns' names."""
NAME_FIELDS = ("workload", "task_key", "cluster", "compute")
"""The names of a problem that a glob may be about."""


@dataclass(frozen=True, slots=True)
class Subject:
    """``tags`` are the values of allow-listed keys that the problem's newest signal told."""

    workspace: str = ""
    workload: str = ""
    task_key: str = ""
    cluster: str = ""
    compute: str = ""
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def subject_of(row: ProblemRow) -> Subject:
    """The names and tags in a row of ``problems`` ."""
    names = {name: str(row[name]) for name in ("workspace", *NAME_FIELDS)}
    return Subject(**names, tags=tags_of(str(row["tags"])))


def tags_of(told: str) -> Mapping[str, str]:
    """Tags from their JSON; none where it holds none."""
    try:
        found = json.loads(told)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return MappingProxyType({})
    return MappingProxyType({str(key): value for key, value in found.items() if isinstance(value, str)})
