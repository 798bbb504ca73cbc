"""Named, typed parameters of statements: all that a statement takes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Parameter", "big", "date", "text", "wire"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``:name`` of a statement. ``value`` is its text, whatever the type."""

    name: str
    value: str
    type: Literal["STRING", "BIGINT", "DATE"]


def text(name: str, value: str) -> Parameter:
    """Text."""
    return Parameter(name, value, "STRING")


def big(name: str, value: int) -> Parameter:
    """A 64-bit integer."""
    return Parameter(name, str(value), "BIGINT")


def date(name: str, value: str) -> Parameter:
    """A day as ``2026-11-29``."""
    return Parameter(name, value, "DATE")


def wire(parameters: tuple[Parameter, ...]) -> list[dict[str, str]]:
    """As the API takes them."""
    return [{"name": one.name, "value": one.value, "type": one.type} for one in parameters]
