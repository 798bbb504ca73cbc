"""One hour of the bill with its lines, as it is to stand in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.economics.exact_text import number_text, range_text
from clusop.pricing.price import Unpriced
from clusop.service.resolver.premium import derived_inputs, premium_part
from clusop.service.resolver.rounding import whole_parts
from clusop.service.resolver.sku import premium_of
from clusop.units import MS_PER_HOUR, usd_to_microusd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.pricing.price import Price
    from clusop.pricing.provider import PriceBook
    from clusop.service.resolver.bill import BillHour, BillKey
    from clusop.service.resolver.sharing import Part
    from clusop.units import Range

__all__ = ["Draft", "DraftLine", "Expectation", "draft_of"]

SETTLED_MS = 48 * MS_PER_HOUR
"""A bill younger than this is provisional: records come within 12 hours, corrections later."""
_NEAR = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line. Dollars are micro-USD, ``None`` while the hour has no price."""

    kind: str
    problem_id: int | None
    dbu: str
    microusd: int | None
    derived_low_microusd: int | None
    derived_high_microusd: int | None
    inputs: str


@dataclass(frozen=True, slots=True)
class Draft:
    """``modeled_dbu`` and ``is_provisional`` may change without a new version; everything else is one."""

    key: BillKey
    dbu: str
    microusd: int | None
    unpriced_reason: str
    basis: str
    currency: str
    price_ids: str
    modeled_dbu: str
    is_provisional: bool
    lines: tuple[DraftLine, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What all SKUs of the cluster's hour together are held against. ``modeled`` is of the seen share ``seen``."""

    billed_dbu: Fraction
    modeled: Range | None
    seen: Fraction
    age_ms: int

    @property
    def is_provisional(self) -> bool:
        """Until it is 48 h old and, where clusop can tell, within a tenth of what was expected."""
        if self.age_ms < SETTLED_MS:
            return True
        if self.modeled is None or not self.seen:
            return False
        billed = self.billed_dbu * self.seen
        return not self.modeled.low * (1 - _NEAR) <= billed <= self.modeled.high * (1 + _NEAR)


def draft_of(hour: BillHour, parts: Sequence[Part], expectation: Expectation, book: PriceBook, currency: str) -> Draft:
    """The hour and its lines. Dollars are rounded once, for the hour; the lines add up to that, micro-dollar by micro-dollar."""
    usd = hour.usd
    premium = premium_of(book, hour.key.cloud, hour.key.sku, is_photon=hour.key.is_photon)
    shares = [part.share for part in parts]
    total = None if isinstance(usd, Unpriced) else usd_to_microusd(usd)
    amounts: Sequence[int | None] = [None] * len(parts) if total is None else whole_parts(total, shares)
    modeled = expectation.modeled
    return Draft(
        key=hour.key,
        dbu=number_text(hour.quantity),
        microusd=total,
        unpriced_reason=usd.reason.id if isinstance(usd, Unpriced) else "",
        basis="" if total is None else hour.basis,
        currency=currency,
        price_ids=json.dumps(list(hour.price_ids) if total is not None else []),
        modeled_dbu="" if modeled is None else range_text(modeled),
        is_provisional=expectation.is_provisional,
        lines=tuple(
            _line(part, amount, hour.quantity, usd, premium) for part, amount in zip(parts, amounts, strict=True)
        ),
    )


def _line(
    part: Part, amount: int | None, quantity: Fraction, usd: Fraction | Unpriced, premium: Price | Unpriced
) -> DraftLine:
    inputs = {"share": number_text(part.share)}
    low = high = None
    if part.problem_id is not None and not isinstance(usd, Unpriced):
        own = usd * part.share
        inputs |= derived_inputs(own, premium)
        exposure = premium_part(own, premium)
        if not isinstance(exposure, Unpriced):
            low, high = usd_to_microusd(exposure.low), usd_to_microusd(exposure.high)
    return DraftLine(
        kind=part.line,
        problem_id=part.problem_id,
        dbu=number_text(quantity * part.share),
        microusd=amount,
        derived_low_microusd=low,
        derived_high_microusd=high,
        inputs=json.dumps(inputs, sort_keys=True),
    )
