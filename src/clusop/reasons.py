"""Reasons: every refusal, doubt and cause clusop can utter, as values with an id and a sentence.

The catalogue is ``reasons.json``: one entry each, kebab-case ids that never change. ``kind`` is ``cause`` (why an operator
left the engine; has ``instead``, ``before``, ``after``, and such ``by_operator``), ``verdict``, ``parse``, ``time``, ``price``,
``proposal``, ``input``, ``agent`` or ``service``. A sentence may hold one ``{detail}``, filled from the reason's own detail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.errors import BugError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Advice", "CatalogueEntry", "Reason", "catalogue"]


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do instead, and an example of it, if there is one."""

    instead: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One entry of ``reasons.json``. ``by_operator`` is advice for operators by which it differs."""

    id: str
    kind: str
    sentence: str
    instead: str = ""
    before: str = ""
    after: str = ""
    by_operator: Mapping[str, Advice] = field(default_factory=dict, hash=False)

    def advice(self, operator: str) -> Advice:
        """What to do where ``operator`` left the engine."""
        return self.by_operator.get(operator) or Advice(self.instead, self.before, self.after)


@cache
def catalogue() -> Mapping[str, CatalogueEntry]:
    """All reasons there are, by id. The only place that reads ``reasons.json``."""
    text = resources.files("clusop").joinpath("reasons.json").read_text(encoding="utf-8")
    entries = [_entry(**entry) for entry in json.loads(text)["reasons"]]
    return MappingProxyType({entry.id: entry for entry in entries})


def _entry(*, by_operator: Mapping[str, Mapping[str, str]] = MappingProxyType({}), **texts: str) -> CatalogueEntry:
    advice = {operator: Advice(**told) for operator, told in by_operator.items()}
    return CatalogueEntry(**texts, by_operator=MappingProxyType(advice))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so, or is not known. ``id`` must stand in the catalogue; ``detail`` fills its sentence."""

    id: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.id not in catalogue():
            message = f"reason {self.id!r} is not in reasons.json"
            raise BugError(message)

    @property
    def entry(self) -> CatalogueEntry:
        """The catalogue's entry."""
        return catalogue()[self.id]

    @property
    def sentence(self) -> str:
        """The reason as one sentence for a person."""
        return self.entry.sentence.replace("{detail}", self.detail)

    def to_json(self) -> dict[str, str]:
        """The wire form: ``{"reason": id, "sentence": …}``."""
        return {"reason": self.id, "sentence": self.sentence}
