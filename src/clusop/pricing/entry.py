"""Entries of a price table: one dated, sourced rate each, and the sources they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from clusop.units import Range

__all__ = ["UNIT_OF", "PriceEntry", "PriceKind", "PriceSource", "exact_text", "range_json"]

_NO_OTHER_PRIMES = 1


class PriceKind(str, Enum):
    """What an entry prices. The value is the word of the price table, of price files and of ``--price`` options."""

    NODE_DBU = "node_dbu"
    DBU_USD = "dbu_usd"
    VM_USD = "vm_usd"
    MULTIPLIER = "multiplier"
    SPOT_SHARE = "spot_share"
    DISCOUNT = "discount"


UNIT_OF: Mapping[PriceKind, str] = MappingProxyType(
    {
        PriceKind.NODE_DBU: "dbu/hour",
        PriceKind.DBU_USD: "usd/dbu",
        PriceKind.VM_USD: "usd/hour",
        PriceKind.MULTIPLIER: "ratio",
        PriceKind.SPOT_SHARE: "ratio",
        PriceKind.DISCOUNT: "ratio",
    }
)


@dataclass(frozen=True, slots=True)
class PriceSource:
    """Where rates were read. ``as_of`` is an ISO date or month, ``""`` where a user's file gives none."""

    id: str
    title: str
    what: str
    as_of: str

    def to_json(self) -> dict[str, str]:
        """The form of a price table's ``sources``."""
        return {"title": self.title, "what": self.what, "as_of": self.as_of}


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """One rate. ``key`` says of what, in the grammar of :mod:`clusop.pricing.key` (``AWS/i3.xlarge``); ``also`` are other
    spellings of that key. ``value`` is a range where sources or regions differ. ``source`` names sources by id.
    ``is_override`` marks what a user gave: it is what is paid, so no discount applies to it.
    """

    id: str
    kind: PriceKind
    key: str
    value: Range
    unit: str
    as_of: str
    source: tuple[str, ...]
    note: str = ""
    also: tuple[str, ...] = ()
    is_override: bool = False

    def to_json(self) -> dict[str, object]:
        """The form of a price table's ``entries``."""
        low, high = exact_text(self.value.low), exact_text(self.value.high)
        shape: dict[str, object] = {
            "id": self.id,
            "kind": self.kind.value,
            "key": self.key,
            "value": low if self.value.is_exact else [low, high],
            "unit": self.unit,
            "as_of": self.as_of,
            "source": list(self.source),
            "note": self.note,
        }
        return {**shape, "also": list(self.also)} if self.also else shape


def exact_text(number: Fraction) -> str:
    """The number in decimal where it has a finite one, else as ``numerator/denominator``; exact either way.

    >>> from fractions import Fraction
    >>> exact_text(Fraction(77, 50)), exact_text(Fraction(1, 3)), exact_text(Fraction(2))
    ('1.54', '1/3', '2')
    """
    rest, places = number.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != _NO_OTHER_PRIMES:
        return f"{number.numerator}/{number.denominator}"
    if places == 0:
        return str(number.numerator)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def range_json(value: Range) -> dict[str, str]:
    """Both ends as exact text."""
    return {"low": exact_text(value.low), "high": exact_text(value.high)}
