"""What the economics ask of a price list; ``clusop.pricing`` answers it, a test may answer it with plain numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from clusop.pricing.price import Price, Unpriced

__all__ = ["PriceSource"]


class PriceSource(Protocol):
    """A price list. Every question has a :class:`~clusop.pricing.price.Price` or a reason for an answer."""

    def node_dbu(self, cloud: str, node_type: str) -> Price | Unpriced:
        """DBU per hour of one node without premium (``dbu/hour``)."""
        ...

    def dbu_usd(self, cloud: str, tier: str, product: str) -> Price | Unpriced:
        """Dollars per DBU (``usd/dbu``); an empty ``tier`` gives the range over all tiers."""
        ...

    def vm_usd(self, cloud: str, node_type: str, availability: str) -> Price | Unpriced:
        """Dollars per hour of one VM (``usd/hour``), ``ON_DEMAND`` or ``SPOT``."""
        ...

    def premium_multiplier(self, engine: str, cloud: str, product: str) -> Price | Unpriced:
        """What the engine multiplies the DBU quantity with (``ratio``), or ``no-premium``."""
        ...
