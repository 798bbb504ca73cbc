"""What the resolver is told: which workspace, which warehouse, whose schema, in which currency, with which discounts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.pricing.provider import PriceBook
from clusop.service.databricks.address import is_safe
from clusop.service.databricks.statements import Own
from clusop.service.settings.near import near

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Discount", "ResolverSettings", "check_days_are_kept", "read_resolver_settings"]

_DAYS, _MOST_DAYS = 35, 400
_NAMES = ("host", "profile", "warehouse", "catalog", "schema", "currency")
_MAX_DISCOUNTS = 1000
# With a scheme anything that is a host; without one a name of several parts, which no typing error has by chance.
_HOST = re.compile(
    r"(?:https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)(?::[0-9]{1,5})?(?:/.*)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Discount:
    """``ratio`` of the list price is not paid for SKUs that match the glob ``sku``."""

    sku: str
    ratio: Fraction


@dataclass(frozen=True, slots=True)
class ResolverSettings:
    """``days`` back from now the bill is read again at each run: corrections come late. ``book`` gives the multipliers and,
    where the customer's bill taught none, DBU rates.
    """

    host: str = ""
    profile: str = ""
    warehouse: str = ""
    own: Own | None = None
    currency: str = "USD"
    days: int = _DAYS
    discounts: tuple[Discount, ...] = ()
    book: PriceBook = field(default_factory=PriceBook.default)

    def discount_of(self, sku: str) -> Discount | None:
        """The first discount that matches, capitals or not."""
        name = sku.upper()
        return next((one for one in self.discounts if fnmatchcase(name, one.sku.upper())), None)


def read_resolver_settings(databricks: object, discounts: object) -> ResolverSettings:
    """From the sections ``databricks`` and ``discounts`` of the settings' file. Raises ``InputError``.

    ``databricks``: host, profile, warehouse, catalog and schema (both or neither), currency, days.
    ``discounts``: a list of ``{sku: glob, ratio: "0.2"}``, the first match counts.
    """
    section = _mapping(databricks, "databricks")
    for key in section:
        if key not in (*_NAMES, "days"):
            raise InputError(f"databricks.{key[:60]}", "it is not known", near(key, (*_NAMES, "days"), "Known are"))
    told = {name: _text(section.get(name), f"databricks.{name}") for name in _NAMES}
    if bool(told["catalog"]) != bool(told["schema"]):
        raise InputError("databricks", "of catalog and schema only one is told", "Give both, or neither.")
    # One without a scheme is https to the SDK.
    if "://" in told["host"] and not is_safe(told["host"]):
        raise InputError(
            "databricks.host", f"{told['host'][:120]!r} is no https address", "Give https://…: a token travels there."
        )
    if told["host"] and not _HOST.fullmatch(told["host"]):
        raise InputError(
            "databricks.host",
            f"{told['host'][:120]!r} is no address of a workspace",
            "Give it like https://adb-1234567890123456.7.azuredatabricks.net.",
        )
    return ResolverSettings(
        host=told["host"],
        profile=told["profile"],
        warehouse=told["warehouse"],
        own=Own(told["catalog"], told["schema"]) if told["catalog"] else None,
        currency=(told["currency"] or "USD").upper(),
        days=_days(section.get("days")),
        discounts=_discounts(discounts),
    )


def check_days_are_kept(days: int, retain_days: int, where: str = "databricks.days") -> None:
    """Raise ``InputError`` where the bill would be read for days whose records are gone: what agents saw then would turn into
    work that nobody saw.
    """
    # The day that just goes is not whole any more.
    if days >= retain_days:
        raise InputError(
            where,
            f"the bill is to be read for {days} days, and records are kept for retain_days = {retain_days}",
            f"Give at most {retain_days - 1}, or raise retain_days to {days + 1}.",
        )


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(where, f"{value!r} holds no named entries"[:120], "Write key: value, indented below it.")
    return {str(key): entry for key, entry in value.items()}


def _text(value: object, where: str) -> str:
    if value is None:
        return ""
    # YAML reads an id of digits only as a number.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(where, f"{value!r} is no text"[:120], "Put it in quotes.")
    return str(value).strip()


def _days(value: object) -> int:
    if value is None:
        return _DAYS
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_DAYS:
        raise InputError("databricks.days", f"{value!r} is no number of days"[:120], f"Give 1 to {_MOST_DAYS}.")
    return value


def _discounts(value: object) -> tuple[Discount, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > _MAX_DISCOUNTS:
        raise InputError(
            "discounts", "this is no list", "Begin each discount with a dash: - {sku: 'PREMIUM_*', ratio: 0.2}"
        )
    return tuple(_discount(entry, f"discounts[{number}]") for number, entry in enumerate(value))


def _discount(value: object, where: str) -> Discount:
    entry = _mapping(value, where)
    if set(entry) != {"sku", "ratio"}:
        raise InputError(
            where, "a discount has sku and ratio, and nothing else", "Write {sku: 'PREMIUM_*', ratio: 0.2}"
        )
    sku = _text(entry["sku"], f"{where}.sku")
    told = str(entry["ratio"]).strip()
    try:
        # A float of YAML is taken as it was written: 0.2 is one fifth.
        ratio = Fraction(told)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{where}.ratio", f"{told[:60]!r} is no number", "Give 0.2 for a fifth off.") from None
    if not sku or not 0 <= ratio < 1:
        raise InputError(
            where, f"{told[:60]!r} off {sku[:60]!r} is no discount", "Give a glob and a ratio from 0 to below 1."
        )
    return Discount(sku, ratio)
