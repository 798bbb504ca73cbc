"""What a price a person gives may look like: the rules of keys and values, each with its sentence."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.pricing.entry import PriceKind
from clusop.pricing.key import (
    CLOUDS,
    ON_DEMAND,
    PREMIUM_PRODUCTS,
    PRODUCTS,
    SPOT,
    TIERS,
    canonical_product,
    has_no_separate_engine_price,
    joined,
)
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["KEY_FORM", "RuleError", "key_of", "quoted", "range_of", "suggestion"]

# Digits are bounded: a rational of 10**999999 would be computed exactly, and for hours.
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?\Z")
_NODE_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\Z")
_LONGEST_QUOTE = 60
_ENDS_OF_A_RANGE = 2

KEY_FORM: Mapping[PriceKind, str] = MappingProxyType(
    {
        PriceKind.NODE_DBU: "CLOUD/NODE_TYPE, as in AWS/i3.xlarge",
        PriceKind.DBU_USD: "CLOUD/TIER/PRODUCT, as in AWS/PREMIUM/JOBS_COMPUTE",
        PriceKind.VM_USD: "CLOUD/NODE_TYPE or CLOUD/NODE_TYPE/SPOT, as in AWS/i3.xlarge",
        PriceKind.MULTIPLIER: "CLOUD/PRODUCT, as in AWS/JOBS_COMPUTE",
        PriceKind.SPOT_SHARE: "CLOUD, as in AWS",
        PriceKind.DISCOUNT: "PRODUCT, as in JOBS_COMPUTE",
    }
)
_PARTS: Mapping[PriceKind, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        PriceKind.NODE_DBU: (("cloud", "node type"),),
        PriceKind.DBU_USD: (("cloud", "tier", "product"),),
        PriceKind.VM_USD: (("cloud", "node type"), ("cloud", "node type", "availability")),
        PriceKind.MULTIPLIER: (("cloud", "product with a premium"),),
        PriceKind.SPOT_SHARE: (("cloud",),),
        PriceKind.DISCOUNT: (("product",),),
    }
)
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cloud": CLOUDS,
        "tier": TIERS,
        "product": PRODUCTS,
        "product with a premium": PREMIUM_PRODUCTS,
        "availability": (ON_DEMAND, SPOT),
    }
)
# Lowest and highest value allowed, and what to write instead. The upper ends only catch a lost decimal point.
_BOUNDS: Mapping[PriceKind, tuple[int, int, str]] = MappingProxyType(
    {
        PriceKind.NODE_DBU: (0, 10_000, "Give DBUs per hour, above 0"),
        PriceKind.DBU_USD: (0, 1_000, "Give dollars per DBU, 0 or more"),
        PriceKind.VM_USD: (0, 100_000, "Give dollars per machine-hour, 0 or more"),
        PriceKind.MULTIPLIER: (1, 100, "Give how many times the DBUs are billed with the engine on, 1 or more"),
        PriceKind.SPOT_SHARE: (0, 1, "Give a share of the on-demand price between 0 and 1, such as 0.3"),
        PriceKind.DISCOUNT: (0, 1, "Give a share between 0 and 1; 0.25 takes a quarter off"),
    }
)


class RuleError(Exception):
    """A key or a value breaks a rule: ``what`` is the fault, ``remedy`` what to write."""

    def __init__(self, *, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy


def key_of(kind: PriceKind, text: str) -> str:
    """The canonical key, or a ``RuleError``. Words are put in capitals, node types stay as written."""
    parts = [part.strip() for part in text.split("/")]
    for names in _PARTS[kind]:
        if len(names) == len(parts):
            checked = [_part(name, part) for name, part in zip(names, parts, strict=True)]
            return joined(*(part for part in checked if part != ON_DEMAND))
    raise RuleError(
        what=f"the key {quoted(text)} has {len(parts)} {'part' if len(parts) == 1 else 'parts'}",
        remedy=f"A {kind.value} key is {KEY_FORM[kind]}.",
    )


def range_of(kind: PriceKind, value: object) -> Range:
    """The exact range of a number or of ``[low, high]``, or a ``RuleError``."""
    if isinstance(value, list | tuple):
        if len(value) != _ENDS_OF_A_RANGE:
            raise RuleError(
                what=f"the range {quoted(value)} has {len(value)} ends", remedy="Give one number or [low, high]."
            )
        low, high = (_number(kind, end) for end in value)
        if low > high:
            raise RuleError(
                what=f"the range {quoted(value)} starts above its end", remedy="Write the lower number first."
            )
        return Range(low, high)
    number = _number(kind, value)
    return Range(number, number)


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """`` Did you mean …?`` where a word is near one allowed, else nothing."""
    near = get_close_matches(word[:_LONGEST_QUOTE], list(allowed), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def quoted(value: object) -> str:
    """What the person wrote, in quotes, cut to a length that fits a sentence, without control characters."""
    text = value if isinstance(value, str) else _as_json(value)
    cut = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return json.dumps(cut, ensure_ascii=False) if isinstance(value, str) else cut


def _part(name: str, text: str) -> str:
    if name == "node type":
        if _NODE_TYPE.match(text):
            return text
        raise RuleError(what=f"{quoted(text)} is no node type", remedy="Write it as the cloud does, as in i3.xlarge.")
    word = canonical_product(text) if name.startswith("product") else text.upper()
    allowed = _WORDS[name]
    if word in allowed:
        return word
    if name == "product with a premium" and word in PRODUCTS:
        why = "includes the engine" if has_no_separate_engine_price(word) else "never runs with the engine"
        raise RuleError(
            what=f"{word} {why}, it has no multiplier", remedy=f"Multipliers exist for {', '.join(allowed)}."
        )
    label = name.partition(" ")[0]
    raise RuleError(
        what=f"the {label} {quoted(text)} is not known",
        remedy=f"Allowed are {', '.join(allowed)}.{suggestion(word, allowed)}",
    )


def _number(kind: PriceKind, value: object) -> Fraction:
    lowest, highest, remedy = _BOUNDS[kind]
    text = _written(value)
    if text is None:
        raise RuleError(what=f"{quoted(value)} is {_type_name(value)}, no number", remedy=f'{remedy}, as in "0.15".')
    if text.startswith("-") and _DECIMAL.match(text[1:]):
        raise RuleError(what=f"{quoted(value)} is negative", remedy=f"{remedy}.")
    if not _DECIMAL.match(text):
        raise RuleError(what=f"{quoted(value)} is no decimal number", remedy=f'{remedy}, written plainly as in "0.15".')
    number = Fraction(text)
    if number < lowest or number > highest:
        where = f"below {lowest}" if number < lowest else f"above {highest}"
        raise RuleError(what=f"{quoted(value)} is {where}", remedy=f"{remedy}.")
    if (kind is PriceKind.NODE_DBU and number == 0) or (kind is PriceKind.DISCOUNT and number == 1):
        raise RuleError(what=f"{quoted(value)} would make everything free", remedy=f"{remedy}.")
    return number


def _written(value: object) -> str | None:
    """A number as it was written; ``None`` for what is none."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float):
        # The shortest text of a binary float is what was written; nothing is computed with the float itself.
        return repr(value)
    number = Decimal(value)
    # Plain digits, unless writing them out would fill the memory.
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) < _LONGEST_QUOTE else str(number)


def _type_name(value: object) -> str:
    names = {bool: "true or false", dict: "an object", list: "a list", type(None): "null"}
    return names.get(type(value), "something else")


def _as_json(value: object) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # Python refuses to print very long integers; a Decimal prints them all.
        return str(Decimal(value)) if isinstance(value, int) else str(value)
    return json.dumps(value, ensure_ascii=False, default=str)
