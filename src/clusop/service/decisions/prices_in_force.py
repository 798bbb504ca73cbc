"""The prices of a decision: negotiated before list less discount, DBU rates learned from the bill before the table's."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.economics.exact_text import range_text
from clusop.pricing.key import PRODUCTS, TIERS, canonical_cloud, canonical_product, capitals
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.provider import PIPELINE_OF_UNKNOWN_EDITION
from clusop.service.resolver.learned import read_learned
from clusop.service.resolver.negotiated import read_negotiated
from clusop.service.resolver.settings import ResolverSettings
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from clusop.analysis.cluster import Cluster
    from clusop.pricing.provider import PriceBook

__all__ = ["ClusterPrices", "PricesInForce", "prices_in_force"]

_PHOTON = "_(PHOTON)"
_SAME = Price(Range.of(1), "ratio", ())


@dataclass(frozen=True, slots=True)
class PricesInForce:
    """``learned`` are DBUs per node and hour as billed, by node type (small letters), SKU and engine; ``negotiated`` dollars per
    DBU by cloud and SKU. ``settings`` hold the price table and the discounts.
    """

    settings: ResolverSettings = field(default_factory=ResolverSettings)
    learned: Mapping[tuple[str, str, bool], Range] = field(default_factory=lambda: MappingProxyType({}))
    negotiated: Mapping[tuple[str, str], Price] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, cluster: Cluster) -> ClusterPrices:
        """The price list of one cluster: which SKUs it is billed as follows its product and tier."""
        return ClusterPrices(self, cluster)


def prices_in_force(connection: Connection, settings: ResolverSettings) -> PricesInForce:
    """As the settings say, and as the last run over the bill learned."""
    return PricesInForce(settings, read_learned(connection), read_negotiated(connection))


@dataclass(frozen=True, slots=True)
class ClusterPrices:
    """A price list (:class:`clusop.analysis.economics.PriceSource`) for one cluster. Every price names its entries, own ones as
    ``learned:…``, ``account:…`` and ``discount:…``.
    """

    force: PricesInForce
    cluster: Cluster

    def node_dbu(self, cloud: str, node_type: str) -> Price | Unpriced:
        """DBU per hour without premium: learned without the engine, or with it and then ÷ m; else the table's."""
        plain = self._learned(node_type, is_photon=False)
        if plain is not None:
            return plain
        photon = self._learned(node_type, is_photon=True)
        premium = self._book.premium_multiplier("photon", cloud, self.cluster.product)
        if photon is None or not isinstance(premium, Price):
            return self._book.node_dbu(cloud, node_type)
        low, high = photon.value.low / premium.value.high, photon.value.high / premium.value.low
        return Price(Range(low, high), photon.unit, (*photon.entry_ids, *premium.entry_ids))

    def dbu_usd(self, cloud: str, tier: str, product: str) -> Price | Unpriced:
        """Dollars per DBU of the SKU without the engine; an empty ``tier`` gives the range over all tiers."""
        prices = [
            price for name in _products(product) for one in _tiers(tier) if (price := self._usd(cloud, one, name))
        ]
        return _span(prices) if prices else self._book.dbu_usd(cloud, tier, product)

    def vm_usd(self, cloud: str, node_type: str, availability: str) -> Price | Unpriced:
        """The table's: the bill of Databricks knows no machines."""
        return self._book.vm_usd(cloud, node_type, availability)

    def premium_multiplier(self, engine: str, cloud: str, product: str) -> Price | Unpriced:
        """What the engine multiplies the plain DBU dollars with: m of the table, or as learned with and without it; times what
        the engine's own SKU costs more or less, where prices or discounts are not the same for both.
        """
        listed = self._book.premium_multiplier(engine, cloud, product)
        if isinstance(listed, Unpriced):
            return listed
        base = self._learned_multiplier() or listed
        factor = _span(
            [
                self._factor(cloud, tier, name)
                for name in _products(product)
                for tier in _tiers(self.cluster.tier)
                if self._usd(cloud, tier, name) is not None
            ]
            or [_SAME]
        )
        ids = dict.fromkeys((*base.entry_ids, *factor.entry_ids))
        return Price(base.value * factor.value, base.unit, tuple(ids))

    @property
    def _book(self) -> PriceBook:
        return self.force.settings.book

    def _learned_multiplier(self) -> Price | None:
        """Billed DBUs with the engine ÷ without it, where both were learned of every node type of the cluster."""
        found: list[Price] = []
        types = {self.cluster.driver_node_type or self.cluster.worker_node_type, self.cluster.worker_node_type}
        if self.cluster.is_single_node:
            types = {self.cluster.driver_node_type or self.cluster.worker_node_type}
        for node_type in sorted(types):
            plain, photon = (self._learned(node_type, is_photon=is_photon) for is_photon in (False, True))
            if plain is None or photon is None:
                return None
            ratio = Range(photon.value.low / plain.value.high, photon.value.high / plain.value.low)
            found.append(Price(ratio, "ratio", (*photon.entry_ids, *plain.entry_ids)))
        return _span(found)

    def _learned(self, node_type: str, *, is_photon: bool) -> Price | None:
        tiers, products = _tiers(self.cluster.tier), _products(self.cluster.product)
        prices = [
            Price(rate, "dbu/hour", (f"learned:{node}/{sku}={range_text(rate)}",))
            for (node, sku, with_photon), rate in self.force.learned.items()
            if node == node_type.lower()
            and with_photon is is_photon
            and rate.low > 0
            and any(canonical_product(sku) in {name, f"{tier}_{name}"} for tier in tiers for name in products)
        ]
        return _span(prices) if prices else None

    def _usd(self, cloud: str, tier: str, product: str) -> Price | None:
        """Dollars per DBU without the engine; the engine's own SKU tells it too where only that was billed."""
        plain, photon = self._negotiated(cloud, tier, product)
        own = plain or photon
        if own is not None:
            return own
        listed = self._book.dbu_usd(cloud, tier, product)
        if isinstance(listed, Unpriced):
            return None
        paid, ids = self._paid_share(f"{tier}_{product}")
        return Price(listed.value * paid, listed.unit, (*listed.entry_ids, *ids))

    def _factor(self, cloud: str, tier: str, product: str) -> Price:
        """What a DBU of the engine's SKU costs, as a multiple of one without it."""
        plain, photon = self._negotiated(cloud, tier, product)
        if plain is not None and photon is not None:
            ratio, ids = photon.value.low / plain.value.low, (*photon.entry_ids, *plain.entry_ids)
        elif plain is not None or photon is not None:
            return _SAME
        else:
            with_engine, own_ids = self._paid_share(f"{tier}_{product}{_PHOTON}")
            without, ids = self._paid_share(f"{tier}_{product}")
            ratio, ids = with_engine / without, (*own_ids, *ids)
        return _SAME if ratio == 1 else Price(Range.of(ratio), "ratio", ids)

    def _negotiated(self, cloud: str, tier: str, product: str) -> tuple[Price | None, Price | None]:
        known = canonical_cloud(cloud)
        sku = f"{tier}_{product}"
        return self.force.negotiated.get((known, sku)), self.force.negotiated.get((known, f"{sku}{_PHOTON}"))

    def _paid_share(self, sku: str) -> tuple[Fraction, tuple[str, ...]]:
        """What is paid of the list price of a SKU, and the discount behind it."""
        discount = self.force.settings.discount_of(sku)
        if discount is None:
            return Fraction(1), ()
        return 1 - discount.ratio, (f"discount:{discount.sku}={discount.ratio}",)


def _tiers(tier: str) -> tuple[str, ...]:
    wanted = capitals(tier)
    return (wanted,) if wanted else TIERS


def _products(product: str) -> tuple[str, ...]:
    """Those of the list behind a name; a pipeline that does not tell its edition is any of them."""
    name = canonical_product(product)
    if name == PIPELINE_OF_UNKNOWN_EDITION:
        return tuple(one for one in PRODUCTS if one.startswith("DLT_"))
    return (name,)


def _span(prices: Iterable[Price]) -> Price:
    listed = list(prices)
    low = min(price.value.low for price in listed)
    high = max(price.value.high for price in listed)
    ids = dict.fromkeys(entry_id for price in listed for entry_id in price.entry_ids)
    return Price(Range(low, high), listed[0].unit, tuple(ids))
