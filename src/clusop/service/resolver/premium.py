"""Exposure of a billed line: what of its dollars is premium. The DBUs are billed, the multiplier is assumed: ``derived``."""

from __future__ import annotations

from fractions import Fraction

from clusop.analysis.economics.exact_text import number_text, range_text
from clusop.pricing.price import Price, Unpriced
from clusop.units import Range

__all__ = ["derived_inputs", "premium_part"]


def premium_part(usd: Fraction, premium: Price | Unpriced) -> Range | Unpriced:
    """Usd × (1 − 1/m): the billed quantity holds the multiplier already. What was taken back is no exposure."""
    if isinstance(premium, Unpriced):
        return premium
    whole = max(Fraction(0), usd)
    low, high = (whole * (1 - 1 / max(Fraction(1), m)) for m in (premium.value.low, premium.value.high))
    return Range(low, high)


def derived_inputs(usd: Fraction, premium: Price | Unpriced) -> dict[str, str]:
    """What the part is recomputed from: ``derived-exposure-1`` = usd·(1 − 1/m)."""
    if isinstance(premium, Unpriced):
        return {"no_exposure": premium.reason.id}
    return {
        "formula": "derived-exposure-1",
        "usd": number_text(usd),
        "m": range_text(premium.value),
        "price_ids": " ".join(premium.entry_ids),
    }
