"""Prices for a person and for a machine: tables and JSON of node sheets and of checked price files. Reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from clusop.pricing.entry import PriceEntry, PriceKind, range_json
from clusop.pricing.key import ON_DEMAND, SPOT
from clusop.pricing.price import Price, Unpriced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from clusop.pricing.node_sheet import HourRow, NodeSheet
    from clusop.pricing.override import Overrides
    from clusop.pricing.provider import PriceBook
    from clusop.units import Range

__all__ = ["Replacement", "check_json", "check_view", "replacements", "sheet_json", "sheet_view"]

_WIDE = 108
_UNUSUAL = 10
_LEGEND = (
    "$/h: DBU dollars of one node for one hour; the machine is billed on top. pays from: on a busy cluster that ends with "
    "its work, Photon pays once it makes the work that many times faster (machine on demand)."
)


@dataclass(frozen=True, slots=True)
class Replacement:
    """One price a user gave and what it takes the place of. ``near`` are node types spelled much like a new one."""

    entry: PriceEntry
    before: PriceEntry | Price | Unpriced
    near: tuple[str, ...] = ()

    @property
    def factor(self) -> float | None:
        """New over old, both in the middle of their range; ``None`` where there was none."""
        if isinstance(self.before, Unpriced):
            return None
        old = self.before.value.low + self.before.value.high
        return float((self.entry.value.low + self.entry.value.high) / old) if old else None

    @property
    def remark(self) -> str:
        """What a person should look at twice, or nothing."""
        if self.entry.kind is PriceKind.DISCOUNT:
            return f"off the list price of {self.entry.key}, in every cloud and tier"
        if isinstance(self.before, Unpriced):
            near = f"; near {', '.join(self.near)}" if self.near else ""
            return f"new, the table has none{near}"
        if self.factor is not None and not 1 / _UNUSUAL < self.factor < _UNUSUAL:
            return f"{self.factor:.3g} times the former price: is the decimal point right?"
        return ""


def replacements(book: PriceBook, overrides: Overrides) -> tuple[Replacement, ...]:
    """What each price of the user takes the place of in this book."""
    return tuple(_replacement(book, entry) for entry in overrides.entries)


def sheet_view(book: PriceBook, sheet: NodeSheet, width: int) -> RenderableType:
    """A node sheet for a terminal of that width."""
    heading = Text.assemble((sheet.node_type, "bold"), " on ", (sheet.cloud, "bold"))
    rates = Text.assemble(
        _rate(sheet.node_dbu, "{} DBU/h without Photon"),
        " · ",
        _rate(sheet.vm_on_demand, "machine ${}/h on demand"),
        *([", ", _rate(sheet.vm_spot, "${} on spot")] if isinstance(sheet.vm_spot, Price) else []),
    )
    parts: list[RenderableType] = [heading, rates]
    if sheet.rows and isinstance(sheet.node_dbu, Price):
        parts += [_hours(sheet.rows, wide=width >= _WIDE), Text(_LEGEND, style="dim")]
    parts += [Text(), *_provenance(book, _entries(book, [sheet]), wide=width >= _WIDE)]
    return Group(*parts)


def sheet_json(book: PriceBook, node_type: str, sheets: Sequence[NodeSheet]) -> dict[str, object]:
    """Node sheets as one JSON document; numbers are exact text."""
    entries = _entries(book, sheets)
    return {
        "node_type": node_type,
        "clouds": [
            {
                "cloud": sheet.cloud,
                "node_type": sheet.node_type,
                "node_dbu": _price_json(sheet.node_dbu),
                "vm_on_demand_usd": _price_json(sheet.vm_on_demand),
                "vm_spot_usd": _price_json(sheet.vm_spot),
                "hours": [_row_json(row) for row in sheet.rows],
            }
            for sheet in sheets
        ],
        "entries": [entry.to_json() for entry in entries],
        "sources": _sources_json(book, entries),
    }


def check_view(where: str, found: Sequence[Replacement], width: int) -> RenderableType:
    """The prices of a checked file for a terminal of that width."""
    if not found:
        return Text(f"{where} is in order and overrides nothing.")
    count = f"{len(found)} price{'s' if len(found) > 1 else ''}"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("kind", "of", "yours", "instead of", *(("remark",) if width >= _WIDE else ())):
        table.add_column(name, overflow="fold", justify="right" if name in ("yours", "instead of") else "left")
    for one in found:
        cells = [one.entry.kind.value, one.entry.key, _figure(one.entry.value), _before(one)]
        table.add_row(*(Text(cell) for cell in cells), *((Text(one.remark, style="yellow"),) if width >= _WIDE else ()))
    remarks = [f"{one.entry.key}: {one.remark}" for one in found if one.remark] if width < _WIDE else []
    return Group(Text(f"{where} is in order: {count}."), table, *(Text(line, style="yellow") for line in remarks))


def check_json(where: str, overrides: Overrides, found: Sequence[Replacement]) -> dict[str, object]:
    """The prices of a checked file as JSON."""
    return {
        "where": where,
        "ok": True,
        "overrides": [
            {**one.entry.to_json(), "instead_of": _before_json(one.before), "remark": one.remark} for one in found
        ],
        "sources": {name: source.to_json() for name, source in overrides.sources.items()},
    }


def _hours(rows: Sequence[HourRow], *, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=not wide)
    columns = [("product", "left"), ("tier", "left"), ("$/DBU", "right"), ("$/h", "right")]
    columns += [("+ machine", "right")] if wide else []
    columns += [("Photon ×" if wide else "×", "right"), ("Photon $/h", "right")]
    columns += [("+ machine", "right")] if wide else []
    for name, side in (*columns, ("pays from", "right")):
        table.add_column(name, justify="left" if side == "left" else "right", no_wrap=True)
    previous = ""
    for row in rows:
        prices = [row.dbu_usd, row.plain_dbu, *([row.plain_all] if wide else [])]
        prices += [row.multiplier, row.photon_dbu, *([row.photon_all] if wide else [])]
        name = row.product.removesuffix("_COMPUTE")
        faster = Text(f"{_figure(row.break_even.value, 2)}×") if isinstance(row.break_even, Price) else _dash()
        table.add_row(
            Text(name if name != previous else ""),
            Text(row.tier),
            *(_cell(one) for one in prices),
            faster,
        )
        previous = name
    return table


def _provenance(book: PriceBook, entries: Sequence[PriceEntry], *, wide: bool) -> list[RenderableType]:
    names = list(dict.fromkeys(name for entry in entries for name in entry.source))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("price entry", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    # An entry's id starts with what it is (dbu-, vm-, usd-, photon-, spot-), so a narrow table does without the unit.
    for column in (*(("unit",) if wide else ()), "as of", "source", *(("note",) if wide else ())):
        table.add_column(column, overflow="fold")
    for entry in entries:
        numbers = ", ".join(str(names.index(name) + 1) for name in entry.source)
        cells = [entry.id, _figure(entry.value), *([entry.unit] if wide else []), entry.as_of or "not told", numbers]
        table.add_row(*(Text(cell) for cell in cells), *((Text(entry.note, style="dim"),) if wide else ()))
    lines: list[RenderableType] = [table]
    if not wide:
        lines += [
            Text(f"{entry.id}: {entry.note}", style="dim")
            for entry in entries
            if not entry.value.is_exact and entry.note
        ]
    for number, name in enumerate(names, start=1):
        source = book.sources[name]
        lines.append(Text(f"{number}  {source.title} ({source.as_of or 'no date given'})"))
    return lines


def _replacement(book: PriceBook, entry: PriceEntry) -> Replacement:
    before: PriceEntry | Price | Unpriced = book.current(entry.kind, entry.key)
    near: tuple[str, ...] = ()
    if entry.kind in (PriceKind.VM_USD, PriceKind.NODE_DBU) and isinstance(before, Unpriced):
        cloud, node_type, *which = entry.key.split("/")
        # A spot price of one's own takes the place of the assumed share of the on-demand price.
        before = book.vm_usd(cloud, node_type, SPOT) if which == [SPOT] else before
        near = () if book.clouds_of(node_type) else book.near_node_types(node_type, cloud, limit=2)
    return Replacement(entry, before, near)


def _entries(book: PriceBook, sheets: Iterable[NodeSheet]) -> list[PriceEntry]:
    found = {entry.id: entry for sheet in sheets for price in sheet.prices() for entry in book.provenance(price)}
    return list(found.values())


def _rate(price: Price | Unpriced, form: str) -> str:
    return form.format(_figure(price.value)) if isinstance(price, Price) else price.reason.sentence


def _before(one: Replacement) -> str:
    if isinstance(one.before, Unpriced):
        return "list price" if one.entry.kind is PriceKind.DISCOUNT else "nothing"
    return _figure(one.before.value)


def _before_json(before: PriceEntry | Price | Unpriced) -> object:
    if isinstance(before, PriceEntry):
        return before.to_json()
    return _price_json(before)


def _price_json(price: Price | Unpriced) -> dict[str, object]:
    if isinstance(price, Unpriced):
        return {**price.to_json()}
    return {**range_json(price.value), "unit": price.unit, "price_ids": list(price.entry_ids)}


def _row_json(row: HourRow) -> dict[str, object]:
    return {
        "product": row.product,
        "tier": row.tier,
        "dbu_usd": _price_json(row.dbu_usd),
        "multiplier": _price_json(row.multiplier),
        "usd_per_hour": _price_json(row.plain_dbu),
        "usd_per_hour_with_vm": _price_json(row.plain_all),
        "photon_usd_per_hour": _price_json(row.photon_dbu),
        "photon_usd_per_hour_with_vm": _price_json(row.photon_all),
        "break_even_ratio": _price_json(row.break_even),
        "availability": ON_DEMAND,
    }


def _sources_json(book: PriceBook, entries: Sequence[PriceEntry]) -> dict[str, object]:
    return {name: book.sources[name].to_json() for entry in entries for name in entry.source}


def _figure(value: Range, places: int = 4) -> str:
    low, high = (f"{float(end):.{places}f}".rstrip("0").rstrip(".") for end in (value.low, value.high))
    return low if low == high else f"{low}–{high}"


def _usd(value: Range) -> str:
    """Dollars in cents, below a dollar in tenths of cents; the exact figure is in the JSON."""
    places = 3 if value.high < 1 else 2
    whole, small = zip(*(f"{float(end):.{places}f}".split(".") for end in (value.low, value.high)), strict=True)
    low, high = (f"{dollars}.{part[:2]}{part[2:].rstrip('0')}" for dollars, part in zip(whole, small, strict=True))
    return low if low == high else f"{low}–{high}"


def _cell(price: Price | Unpriced) -> Text:
    if isinstance(price, Unpriced):
        return _dash()
    return Text(_figure(price.value) if price.unit == "ratio" else _usd(price.value))


def _dash() -> Text:
    return Text("–", style="dim")
