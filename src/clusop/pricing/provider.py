"""The price book: what a node, a DBU, a machine or an engine costs, or why that is not known."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.pricing.entry import UNIT_OF, PriceEntry, PriceKind
from clusop.pricing.key import (
    CLOUDS,
    ON_DEMAND,
    PRODUCTS,
    SPOT,
    TIERS,
    canonical_availability,
    canonical_cloud,
    canonical_product,
    capitals,
    folded,
    has_no_separate_engine_price,
    joined,
)
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.table import load_price_table
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clusop.pricing.entry import PriceSource
    from clusop.pricing.override import Overrides
    from clusop.pricing.table import PriceTable

__all__ = ["PriceBook"]

_ENGINE_WITH_PREMIUM = "photon"
_ENGINES_WITHOUT_PREMIUM = frozenset({"none", "comet", "gluten", "velox", "rapids"})
_LONGEST_NAME_COMPARED = 80
_NEARNESS = 0.75
_WHOLE = Range.of(1)


PIPELINE_OF_UNKNOWN_EDITION = "DLT_COMPUTE"


@dataclass(frozen=True, slots=True, eq=False)
class PriceBook:
    """Prices by cloud, node type, tier, product and engine. Every answer is a ``Price`` that names its entries, or an
    ``Unpriced`` that says what is missing. Clouds, node types and products are compared without regard to case.

    >>> PriceBook.default().node_dbu("aws", "i3.xlarge").value.low
    Fraction(1, 1)
    """

    sources: Mapping[str, PriceSource]
    _entry_of_id: Mapping[str, PriceEntry]
    _entry_of_key: Mapping[tuple[PriceKind, str], PriceEntry]

    @classmethod
    def default(cls) -> PriceBook:
        """The book of the table that ships with clusop."""
        return _default_book()

    @classmethod
    def of(cls, table: PriceTable) -> PriceBook:
        """A book of any table. Where a key has several entries, the one with the newest ``as_of`` is the price; the
        older ones are still found by id.
        """
        empty = cls(MappingProxyType({}), MappingProxyType({}), MappingProxyType({}))
        dated = sorted(table.entries, key=lambda entry: entry.as_of)
        return empty._with(dated, table.sources)

    def with_overrides(self, overrides: Overrides) -> PriceBook:
        """The book with a user's own entries in front of the table's. The replaced entries are still found by id."""
        return self._with(overrides.entries, overrides.sources)

    def node_dbu(self, cloud: str, node_type: str) -> Price | Unpriced:
        """DBUs a node uses in an hour without the engine's premium, in ``dbu/hour``."""
        known_cloud = canonical_cloud(cloud)
        if not known_cloud:
            return Unpriced(Reason("unknown-cloud"))
        if not folded(node_type):
            return Unpriced(Reason("unknown-shape"))
        entry = self._find(PriceKind.NODE_DBU, known_cloud, node_type)
        return _price(entry) if entry else Unpriced(Reason("unknown-node-type", f"{known_cloud} {node_type}"))

    def dbu_usd(self, cloud: str, tier: str, product: str) -> Price | Unpriced:
        """Dollars per DBU in ``usd/dbu``, a user's discount taken off. An empty ``tier`` gives the range over the tiers
        of that cloud, with the entries of each; ``DLT_COMPUTE``, a pipeline of unknown edition, the range over its
        editions.
        """
        known_cloud, known_product = canonical_cloud(cloud), canonical_product(product)
        if not known_cloud:
            return Unpriced(Reason("unknown-cloud"))
        editions = _editions(known_product)
        if not editions:
            return Unpriced(_unknown_product(known_product))
        wanted = capitals(tier)
        tiers = (wanted,) if wanted else TIERS
        prices = [
            self._discounted(entry, edition)
            for edition in editions
            for one in tiers
            if (entry := self._find(PriceKind.DBU_USD, known_cloud, one, edition))
        ]
        if not prices:
            named = " ".join(part for part in (known_cloud, wanted, known_product) if part)
            return Unpriced(Reason("unknown-dbu-price", named))
        return _span(prices)

    def vm_usd(self, cloud: str, node_type: str, availability: str) -> Price | Unpriced:
        """Dollars per machine-hour in ``usd/hour``. ``ON_DEMAND`` is the list price, ``SPOT`` the assumed share of it
        (or the user's own spot price); anything else (``""``, ``SPOT_WITH_FALLBACK``) spans both.
        """
        known_cloud = canonical_cloud(cloud)
        if not known_cloud:
            return Unpriced(Reason("unknown-cloud"))
        if not folded(node_type):
            return Unpriced(Reason("unknown-shape"))
        on_demand = self._find(PriceKind.VM_USD, known_cloud, node_type)
        spot = self._spot(known_cloud, node_type, on_demand)
        kind = canonical_availability(availability)
        wanted = {ON_DEMAND: (on_demand and _price(on_demand),), SPOT: (spot,)}.get(
            kind, (spot, on_demand and _price(on_demand))
        )
        prices = [price for price in wanted if price]
        # Half of a span is no span: with only a spot price of the user's, an unknown availability stays unpriced.
        if len(prices) < len(wanted):
            return Unpriced(Reason("unknown-vm-price", f"{known_cloud} {node_type}"))
        return _span(prices)

    def premium_multiplier(self, engine: str, cloud: str, product: str) -> Price | Unpriced:
        """How many times the DBUs are billed with the engine on, as a ``ratio``."""
        name = folded(engine)
        if name in _ENGINES_WITHOUT_PREMIUM:
            return Unpriced(Reason("no-premium"))
        known_cloud, known_product = canonical_cloud(cloud), canonical_product(product)
        if name != _ENGINE_WITH_PREMIUM:
            return Unpriced(Reason("unknown-multiplier", f"engine {name or 'not told'}"))
        if has_no_separate_engine_price(known_product):
            return Unpriced(Reason("serverless-no-premium"))
        if not known_cloud:
            return Unpriced(Reason("unknown-cloud"))
        editions = _editions(known_product)
        if not editions:
            return Unpriced(_unknown_product(known_product))
        found = [self._find(PriceKind.MULTIPLIER, known_cloud, edition) for edition in editions]
        prices = [_price(entry) for entry in found if entry]
        return _span(prices) if prices else Unpriced(Reason("unknown-multiplier", f"{known_cloud} {known_product}"))

    def entry(self, entry_id: str) -> PriceEntry | Unpriced:
        """The entry of an id, the table's or the user's."""
        return self._entry_of_id.get(entry_id) or Unpriced(Reason("unknown-price-entry", entry_id))

    def provenance(self, price: Price) -> tuple[PriceEntry, ...]:
        """The entries behind a price, each with its date and sources."""
        return tuple(self._entry_of_id[entry_id] for entry_id in price.entry_ids)

    def current(self, kind: PriceKind, key: str) -> PriceEntry | Unpriced:
        """The entry that is used for a key at present, whatever its spelling."""
        return self._find(kind, key) or Unpriced(Reason("unknown-price-entry", f"{kind.value} {key}"))

    def in_force(self, kind: PriceKind) -> tuple[PriceEntry, ...]:
        """The entries of a kind that are used at present, by their ids."""
        found = {entry.id: entry for (other, _), entry in self._entry_of_key.items() if other is kind}
        return tuple(found[entry_id] for entry_id in sorted(found))

    def clouds_of(self, node_type: str) -> tuple[str, ...]:
        """The clouds that know this node type, by its DBU rate or its machine price."""
        kinds = (PriceKind.NODE_DBU, PriceKind.VM_USD)
        return tuple(cloud for cloud in CLOUDS if any(self._find(kind, cloud, node_type) for kind in kinds))

    def near_node_types(self, node_type: str, cloud: str = "", limit: int = 5) -> tuple[str, ...]:
        """Keys (``AWS/i3.xlarge``) of node types spelled much like this one, the nearest first."""
        names = {
            folded(entry.key).partition("/")[2]: entry.key
            for entry in self._entry_of_key.values()
            if entry.kind is PriceKind.NODE_DBU and entry.key.startswith(canonical_cloud(cloud))
        }
        wanted = folded(node_type)[:_LONGEST_NAME_COMPARED]
        near = get_close_matches(wanted, names, n=limit, cutoff=_NEARNESS)
        # Azure's portal leaves out the "Standard_" that its API wants.
        near = [name for name in (f"standard_{wanted}",) if name in names] + near
        return tuple(names[name] for name in dict.fromkeys(near))[:limit]

    def _with(self, entries: Iterable[PriceEntry], sources: Mapping[str, PriceSource]) -> PriceBook:
        of_id, of_key = dict(self._entry_of_id), dict(self._entry_of_key)
        for entry in entries:
            of_id[entry.id] = entry
            for key in (entry.key, *entry.also):
                of_key[entry.kind, folded(key)] = entry
        return PriceBook(
            MappingProxyType({**self.sources, **sources}), MappingProxyType(of_id), MappingProxyType(of_key)
        )

    def _find(self, kind: PriceKind, *parts: str) -> PriceEntry | None:
        return self._entry_of_key.get((kind, folded(joined(*parts))))

    def _discounted(self, entry: PriceEntry, product: str) -> Price:
        discount = self._find(PriceKind.DISCOUNT, product)
        if entry.is_override or not discount:
            return _price(entry)
        return Price(entry.value * (_WHOLE - discount.value), entry.unit, (entry.id, discount.id))

    def _spot(self, cloud: str, node_type: str, on_demand: PriceEntry | None) -> Price | None:
        own = self._find(PriceKind.VM_USD, cloud, node_type, SPOT)
        if own:
            return _price(own)
        share = self._find(PriceKind.SPOT_SHARE, cloud)
        if not on_demand or not share:
            return None
        return Price(on_demand.value * share.value, on_demand.unit, (on_demand.id, share.id))


@cache
def _default_book() -> PriceBook:
    return PriceBook.of(load_price_table())


def _price(entry: PriceEntry) -> Price:
    return Price(entry.value, UNIT_OF[entry.kind], (entry.id,))


def _span(prices: list[Price]) -> Price:
    low = min(price.value.low for price in prices)
    high = max(price.value.high for price in prices)
    ids = dict.fromkeys(entry_id for price in prices for entry_id in price.entry_ids)
    return Price(Range(low, high), prices[0].unit, tuple(ids))


def _editions(product: str) -> tuple[str, ...]:
    """The products of the list behind a name: itself, or every edition of a pipeline that does not tell its own."""
    if product == PIPELINE_OF_UNKNOWN_EDITION:
        return tuple(name for name in PRODUCTS if name.startswith("DLT_"))
    return (product,) if product in PRODUCTS else ()


def _unknown_product(product: str) -> Reason:
    return Reason("unknown-product", f": no price list names {product}" if product else "")
