"""Shapes of wire values: one declaration each, from which the reader and the JSON Schema both come.

A shape reads a decoded JSON value into the value code works with, or raises :class:`ShapeError` with the place and the fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "MAX_INTEGER",
    "Choice",
    "Flag",
    "Listing",
    "Members",
    "Nullable",
    "Number",
    "Pair",
    "Record",
    "Shape",
    "ShapeError",
    "Text",
    "Whole",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAX_INTEGER = 2**63 - 1
"""Databases and the JVM hold no more."""


class ShapeError(ValueError):
    """The value at ``where`` has not the shape it should have."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} {what}")
        self.where = where


class Shape(Protocol[T_co]):
    """What a value may look like."""

    def read(self, value: object, where: str) -> T_co:
        """The value, or :class:`ShapeError`. ``where`` is its path in the record."""
        ...

    def schema(self) -> dict[str, object]:
        """The same as JSON Schema 2020-12."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string that matches ``pattern`` as a whole; the pattern bounds its length."""

    pattern: str

    def read(self, value: object, where: str) -> str:
        """The string."""
        if not isinstance(value, str) or re.fullmatch(self.pattern, value, re.ASCII) is None:
            raise ShapeError(where, "is no text of its form")
        return value

    def schema(self) -> dict[str, object]:
        """By pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of words."""

    words: tuple[str, ...]

    def read(self, value: object, where: str) -> str:
        """The word."""
        if not isinstance(value, str) or value not in self.words:
            raise ShapeError(where, "is none of the words it may be")
        return value

    def schema(self) -> dict[str, object]:
        """By enumeration."""
        return {"const": self.words[0]} if len(self.words) == 1 else {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer from ``least`` to ``most``. ``true`` is none, nor is ``1.0``."""

    least: int = 0
    most: int = MAX_INTEGER

    def read(self, value: object, where: str) -> int:
        """The integer."""
        if type(value) is not int or not self.least <= value <= self.most:
            raise ShapeError(where, f"is no integer from {self.least} to {self.most}")
        return value

    def schema(self) -> dict[str, object]:
        """By type and bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Number:
    """A number from 0 to 1: a ratio or a score."""

    def read(self, value: object, where: str) -> float:
        """The number."""
        if type(value) not in (int, float) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ShapeError(where, "is no number from 0 to 1")
        return float(value)

    def schema(self) -> dict[str, object]:
        """By type and bounds."""
        return {"type": "number", "minimum": 0, "maximum": 1}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: object, where: str) -> bool:
        """The flag."""
        if not isinstance(value, bool):
            raise ShapeError(where, "is neither true nor false")
        return value

    def schema(self) -> dict[str, object]:
        """By type."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Nullable(Generic[T]):
    """A value or ``null``: not known."""

    of: Shape[T]

    def read(self, value: object, where: str) -> T | None:
        """The value or ``None``."""
        return None if value is None else self.of.read(value, where)

    def schema(self) -> dict[str, object]:
        """Either."""
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list of at most ``most`` values of one shape."""

    of: Shape[T]
    most: int
    least: int = 0

    def read(self, value: object, where: str) -> tuple[T, ...]:
        """The values."""
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise ShapeError(where, f"is no list of {self.least} to {self.most} values")
        return tuple(self.of.read(item, f"{where}[{number}]") for number, item in enumerate(value))

    def schema(self) -> dict[str, object]:
        """By items and length."""
        return {"type": "array", "items": self.of.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Pair:
    """The smallest and the greatest of a count, in order."""

    def read(self, value: object, where: str) -> tuple[int, int]:
        """Both ends."""
        ends = Listing(Whole(), 2, 2).read(value, where)
        if ends[0] > ends[1]:
            raise ShapeError(where, "has its ends in the wrong order")
        return ends[0], ends[1]

    def schema(self) -> dict[str, object]:
        """Two counts; that they are in order no schema can say."""
        return Listing(Whole(), 2, 2).schema()


@dataclass(frozen=True, slots=True)
class Members(Generic[T]):
    """An object of any names that match ``name``, at most ``most``, with values of one shape."""

    name: str
    of: Shape[T]
    most: int

    def read(self, value: object, where: str) -> Mapping[str, T]:
        """The members, in the order of their names."""
        if not isinstance(value, dict) or len(value) > self.most:
            raise ShapeError(where, f"is no object of at most {self.most} members")
        known = Text(self.name)
        return MappingProxyType(
            {
                known.read(name, f"a name in {where}"): self.of.read(value[name], f"{where}.{name[:64]}")
                for name in sorted(value)
            }
        )

    def schema(self) -> dict[str, object]:
        """By names and values."""
        names = {"pattern": f"^(?:{self.name})$"}
        return {
            "type": "object",
            "propertyNames": names,
            "additionalProperties": self.of.schema(),
            "maxProperties": self.most,
        }


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """An object with named fields, read into ``make``. Fields of no known name are tolerated and left out: later releases
    may add some. ``optional`` names fields that may be missing; ``make`` then takes its own default. ``rule`` may say what
    is wrong with the whole.
    """

    make: Callable[..., T]
    fields: Mapping[str, Shape[object]]
    optional: frozenset[str] = frozenset()
    rule: Callable[[T], str] | None = None

    def read(self, value: object, where: str) -> T:
        """The value that ``make`` makes of the fields."""
        if not isinstance(value, dict):
            raise ShapeError(where, "is no object")
        found: dict[str, object] = {}
        for name, shape in self.fields.items():
            if name in value:
                found[name] = shape.read(value[name], f"{where}.{name}")
            elif name not in self.optional:
                raise ShapeError(f"{where}.{name}", "is missing")
        made = self.make(**found)
        fault = self.rule(made) if self.rule is not None else ""
        if fault:
            raise ShapeError(where, fault)
        return made

    def schema(self) -> dict[str, object]:
        """By its fields; more are allowed."""
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in self.fields.items()},
            "required": [name for name in self.fields if name not in self.optional],
            "additionalProperties": True,
        }
