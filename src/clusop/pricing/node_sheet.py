"""All that is known of one node type in one cloud: its rates, and what an hour costs by product and tier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.pricing.key import CLOUDS, ON_DEMAND, PREMIUM_PRODUCTS, SPOT, TIERS, canonical_cloud, folded
from clusop.pricing.price import Price, Unpriced
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.pricing.provider import PriceBook

__all__ = ["HourRow", "NodeSheet", "node_sheets"]

_ENGINE = "photon"
_PRODUCTS = (*PREMIUM_PRODUCTS, "JOBS_LIGHT_COMPUTE")
_USD_PER_HOUR = "usd/hour"


@dataclass(frozen=True, slots=True)
class HourRow:
    """An hour of one node, sold as one product in one tier. ``*_dbu`` are DBU dollars per hour, ``*_all`` add the machine
    on demand; ``photon_*`` with the engine on. ``break_even`` is the speed-up from which the engine pays for itself on
    a busy cluster that ends with its work: s* = (m·d + v)/(d + v), DESIGN §6.
    """

    product: str
    tier: str
    dbu_usd: Price | Unpriced
    plain_dbu: Price | Unpriced
    plain_all: Price | Unpriced
    multiplier: Price | Unpriced
    photon_dbu: Price | Unpriced
    photon_all: Price | Unpriced
    break_even: Price | Unpriced


@dataclass(frozen=True, slots=True)
class NodeSheet:
    """One node type in one cloud."""

    cloud: str
    node_type: str
    node_dbu: Price | Unpriced
    vm_on_demand: Price | Unpriced
    vm_spot: Price | Unpriced
    rows: tuple[HourRow, ...]

    def prices(self) -> tuple[Price, ...]:
        """Every price on the sheet."""
        fields = ("dbu_usd", "multiplier")
        rates = [self.node_dbu, self.vm_on_demand, self.vm_spot]
        rates += [getattr(row, name) for row in self.rows for name in fields]
        return tuple(rate for rate in rates if isinstance(rate, Price))


def node_sheets(book: PriceBook, node_type: str, cloud: str = "") -> tuple[NodeSheet, ...]:
    """A sheet for each cloud that knows the node type; none where it is unknown. ``cloud`` asks for one cloud only."""
    wanted = (canonical_cloud(cloud),) if cloud else CLOUDS
    return tuple(_sheet(book, one, node_type) for one in book.clouds_of(node_type) if one in wanted)


def _sheet(book: PriceBook, cloud: str, node_type: str) -> NodeSheet:
    node_dbu = book.node_dbu(cloud, node_type)
    machine = book.vm_usd(cloud, node_type, ON_DEMAND)
    rows = [
        _row(book, cloud, (tier, product), (node_dbu, machine))
        for product in _PRODUCTS
        for tier in TIERS
        if isinstance(book.dbu_usd(cloud, tier, product), Price)
    ]
    spelled = next((_spelling(book, rate) for rate in (node_dbu, machine) if isinstance(rate, Price)), node_type)
    spot = book.vm_usd(cloud, node_type, SPOT)
    shown = spelled if folded(spelled) == folded(node_type) else node_type.strip()
    return NodeSheet(cloud, shown, node_dbu, machine, spot, tuple(rows))


def _row(
    book: PriceBook,
    cloud: str,
    sold_as: tuple[str, str],
    node: tuple[Price | Unpriced, Price | Unpriced],
) -> HourRow:
    (tier, product), (node_dbu, machine) = sold_as, node
    dbu_usd = book.dbu_usd(cloud, tier, product)
    multiplier = book.premium_multiplier(_ENGINE, cloud, product)
    plain = _of(lambda rate, usd: rate * usd, _USD_PER_HOUR, node_dbu, dbu_usd)
    photon = _of(lambda usd, times: usd * times, _USD_PER_HOUR, plain, multiplier)
    return HourRow(
        product=product,
        tier=tier,
        dbu_usd=dbu_usd,
        plain_dbu=plain,
        plain_all=_of(lambda usd, vm: usd + vm, _USD_PER_HOUR, plain, machine),
        multiplier=multiplier,
        photon_dbu=photon,
        photon_all=_of(lambda usd, vm: usd + vm, _USD_PER_HOUR, photon, machine),
        break_even=_of(_break_even, "ratio", plain, multiplier, machine),
    )


def _of(formula: Callable[..., Range], unit: str, *inputs: Price | Unpriced) -> Price | Unpriced:
    """The formula over prices, with the entries of all; the first lack of a price where there is one."""
    prices = []
    for one in inputs:
        if isinstance(one, Unpriced):
            return one
        prices.append(one)
    ids = dict.fromkeys(entry_id for price in prices for entry_id in price.entry_ids)
    return Price(formula(*(price.value for price in prices)), unit, tuple(ids))


def _break_even(plain: Range, times: Range, machine: Range) -> Range:
    # It rises with m and d and falls with v, so each end takes one end of every input.
    low_whole, high_whole = plain.low + machine.high, plain.high + machine.low
    low = (times.low * plain.low + machine.high) / low_whole if low_whole else times.low
    high = (times.high * plain.high + machine.low) / high_whole if high_whole else times.high
    return Range(low, high)


def _spelling(book: PriceBook, price: Price) -> str:
    return book.provenance(price)[0].key.split("/")[1]
