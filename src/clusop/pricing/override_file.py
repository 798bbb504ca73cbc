"""Reading a user's prices: the text of a price file, a decoded document, or ``--price`` options."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.pricing.override_reading import OverrideReading
from clusop.pricing.override_rules import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.pricing.override import Overrides

__all__ = ["parse_override_text", "parse_overrides", "parse_price_options"]


def parse_override_text(text: str, where: str) -> Overrides:
    """The prices in the text of a price file; ``where`` names the file in messages. Raises ``InputError`` for what is no
    JSON and :class:`clusop.pricing.override.OverridesError`, with every fault, for prices that cannot be used.
    """
    repeated: dict[str, None] = {}

    def pairs(given: list[tuple[str, object]]) -> dict[str, object]:
        unique = dict(given)
        if len(unique) < len(given):
            names = [name for name, _ in given]
            repeated.update(dict.fromkeys(name for name in unique if names.count(name) > 1))
        return unique

    try:
        # Numbers stay as written: a binary float would no longer be the price that was typed.
        document = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=str, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        told = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        remedy = 'Write it as {"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "0.12"}}; docs/prices.md shows more.'
        raise InputError(where, f"this is no JSON{told}", remedy) from error
    reading = OverrideReading(where)
    for name in repeated:
        reading.refuse(where, f"{quoted(name)} is given twice", "Keep one of them.")
    reading.document(document)
    return reading.done()


def parse_overrides(document: object, where: str) -> Overrides:
    """The prices of a decoded document: sections by kind, ``entries`` in the form of the table, or both. Raises
    :class:`clusop.pricing.override.OverridesError` with every fault.
    """
    reading = OverrideReading(where)
    reading.document(document)
    return reading.done()


def parse_price_options(options: Sequence[str], where: str = "--price") -> Overrides:
    """The prices of options ``KIND/KEY=VALUE``, as in ``dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=0.12`` or, for a range,
    ``vm_usd/AWS/i3.xlarge=0.18..0.22``. Raises :class:`clusop.pricing.override.OverridesError` with every fault.
    """
    reading = OverrideReading(where, source_id="user-options")
    for option in options:
        name, equals, value = option.partition("=")
        kind, slash, key = name.strip().partition("/")
        if equals and slash:
            ends = [end.strip() for end in value.split("..")] if ".." in value else value.strip()
            reading.price(f"{where} {quoted(name.strip())}", kind, key, ends)
        else:
            form = "Write KIND/KEY=VALUE, as in dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=0.12."
            reading.refuse(where, f"{quoted(option)} is no price", form)
    return reading.done()
