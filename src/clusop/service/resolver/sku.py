"""What a SKU's name tells: ``PREMIUM_JOBS_COMPUTE_(PHOTON)`` is jobs compute of the premium tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.pricing.key import TIERS, canonical_product
from clusop.pricing.price import Price, Unpriced
from clusop.reasons import Reason

if TYPE_CHECKING:
    from clusop.pricing.provider import PriceBook

__all__ = ["premium_of", "product_of"]


def product_of(sku: str) -> str:
    """The product in the words of the price list, without tier and variant."""
    name = canonical_product(sku)
    tier, _, rest = name.partition("_")
    return rest if tier in TIERS else name


def premium_of(book: PriceBook, cloud: str, sku: str, *, is_photon: bool) -> Price | Unpriced:
    """How many times the DBUs of this SKU are billed because of Photon; ``no-premium`` where it is none of Photon's."""
    if not is_photon:
        return Unpriced(Reason("no-premium"))
    return book.premium_multiplier("photon", cloud, product_of(sku))
