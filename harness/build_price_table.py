"""Build ``src/clusop/pricing/price_table.json`` from the price facts. Run it again when the facts change.

The facts are three CSV files (see docs/prices.md). The output is our own format: one entry a line, sorted, decimals as
text, each entry with its date and its sources, so that a change of a price is one line of a diff.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.pricing.entry import UNIT_OF, PriceEntry, PriceKind, PriceSource
from clusop.pricing.key import CLOUDS, PREMIUM_PRODUCTS, PRODUCTS, canonical_product, entry_id, folded, joined
from clusop.pricing.table import FORMAT
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["build", "main"]

_ROOT = Path(__file__).resolve().parent.parent
_LAKEMETER, _OVERWATCH, _NVIDIA = "lakemeter-2026-04", "overwatch-2024-07", "nvidia-tools"
_LIST, _SPOT = "list-prices-2026-04", "assumption-spot"
_SOURCE_OF_COLUMN = {"lakemeter_2026-04": _LAKEMETER, "overwatch_2024-07": _OVERWATCH, "nvidia": _NVIDIA}
_SOURCES = (
    PriceSource(
        _LAKEMETER,
        "Databricks Labs Lakemeter, price catalogue",
        "DBU per hour and node type of three clouds, without Photon; multipliers of Photon by cloud and product",
        "2026-04",
    ),
    PriceSource(
        _OVERWATCH,
        "Databricks Labs Overwatch, price catalogue and cost rules",
        "DBU per hour and on-demand Linux machine price by node type; Photon at 2.9 for automated and 2.0 for "
        "interactive compute on every cloud. The region of the machine prices is not stated: AWS equals us-east-1, "
        "Azure is like eastus",
        "2024-07",
    ),
    PriceSource(
        _NVIDIA,
        "NVIDIA RAPIDS tools, catalogue of Azure node types",
        "DBU per hour of Azure node types. The catalogue carries no date; the oldest date of the facts is taken",
        "2024-07",
    ),
    PriceSource(
        _LIST,
        "Databricks list prices",
        "Snapshot of system.billing.list_prices: USD per DBU by cloud, tier and product, before any discount",
        "2026-04-10",
    ),
    PriceSource(
        _SPOT,
        "Assumption of clusop: what a spot machine costs",
        "Declared, not measured: spot prices change by the hour and the zone, and the clouds advertise up to about nine "
        "tenths off. Low confidence; give your own with spot_share or a /SPOT price",
        "2026-11-22",
    ),
)
_AS_OF = {source.id: source.as_of for source in _SOURCES}
# An interval of trust around a rounded figure: sources that print cents agree with one that prints more, if it rounds so.
_CENT, _MICRO = Decimal("0.01"), Decimal("0.000001")
_BOTH_DISKS = re.compile(r"\s*\(-lssd\)\Z")
_BETA = re.compile(r"\s*\(beta\)\Z")
_NUMBER = re.compile(r"(\d+)")


def build(facts: Path) -> str:
    """The text of the price table for the facts in that directory."""
    entries = [
        *_node_rates(_rows(facts / "merged_instance_dbu.csv")),
        *_list_prices(_rows(facts / "merged_list_price_usd.csv")),
        *_machine_prices(_rows(facts / "vm_on_demand_usd.csv")),
        *_multipliers(),
        *_spot_shares(),
    ]
    ids = [entry.id for entry in entries]
    keys = [(entry.kind, folded(key)) for entry in entries for key in (entry.key, *entry.also)]
    _refuse("two entries with one id", when=len(set(ids)) < len(ids))
    _refuse("two entries for one key, up to case", when=len(set(keys)) < len(keys))
    order = list(PriceKind)
    entries.sort(key=lambda entry: (order.index(entry.kind), _natural(entry.key)))
    return _text(entries)


def _node_rates(rows: list[dict[str, str]]) -> Iterable[PriceEntry]:
    taken = {folded(joined(row["cloud"], row["instance_type"])) for row in rows}
    for row in rows:
        told = dict(part.split("=") for part in row["sources"].split("|"))
        rates = {_SOURCE_OF_COLUMN[column]: Decimal(rate) for column, rate in told.items()}
        size = f"{_plain(Decimal(row['vcpus']))} vCPU, {_plain(Decimal(row['memory_gb']))} GB"
        value, note = _agreed(rates)
        name, others, spelling = _spellings(row["cloud"], row["instance_type"], taken)
        text = "; ".join(part for part in (size, note, spelling) if part)
        entry = _entry(PriceKind.NODE_DBU, joined(row["cloud"], name), value, tuple(rates), text)
        yield replace(entry, also=others)


def _list_prices(rows: list[dict[str, str]]) -> Iterable[PriceEntry]:
    prices = {(row["cloud"], row["tier"], row["sku_product"]): row for row in rows}
    products = set()
    for (cloud, tier, sku), row in prices.items():
        product = canonical_product(sku)
        if product not in PRODUCTS:
            continue
        products.add(product)
        span = (row["min_usd"], row["max_usd"])
        if product != sku:
            base = prices[cloud, tier, product]
            differs = span != (base["min_usd"], base["max_usd"])
            _refuse(f"{sku} costs another price per DBU than {product}", when=differs)
            continue
        _refuse(f"{sku} is not sold by the DBU", when=row["usage_unit"] != "DBU")
        low, high = (Decimal(end) for end in span)
        note = f"differs by region: {row['n_regional_values']} prices" if low != high else "the same in every region"
        yield _entry(PriceKind.DBU_USD, joined(cloud, tier, product), (low, high), (_LIST,), note)
    lacking = set(PRODUCTS) - products
    _refuse(f"products without a list price: {', '.join(sorted(lacking))}", when=bool(lacking))


def _machine_prices(rows: list[dict[str, str]]) -> Iterable[PriceEntry]:
    taken = {folded(joined(row["cloud"], row["instance_type"])) for row in rows}
    for row in rows:
        price = Decimal(row["on_demand_usd_per_hour"])
        name, others, spelling = _spellings(row["cloud"], row["instance_type"], taken)
        note = "; ".join(part for part in ("on demand, Linux, region not stated", spelling) if part)
        entry = _entry(PriceKind.VM_USD, joined(row["cloud"], name), (price, price), (_OVERWATCH,), note)
        yield replace(entry, also=others)


def _multipliers() -> Iterable[PriceEntry]:
    """Lakemeter: jobs and pipelines 2.9 on AWS, 2.5 on Azure and GCP. Overwatch: 2.9 on all. Both: all-purpose 2.0."""
    for cloud in CLOUDS:
        for product in PREMIUM_PRODUCTS:
            lakemeter = Decimal("2.9" if cloud == "AWS" else "2.5")
            told = (Decimal(2), Decimal(2)) if product == "ALL_PURPOSE_COMPUTE" else (lakemeter, Decimal("2.9"))
            value, note = _agreed(dict(zip((_LAKEMETER, _OVERWATCH), told, strict=True)))
            text = "; ".join(part for part in ("times the DBUs of the same nodes without Photon", note) if part)
            yield _entry(PriceKind.MULTIPLIER, joined(cloud, product), value, (_LAKEMETER, _OVERWATCH), text)


def _spot_shares() -> Iterable[PriceEntry]:
    for cloud in CLOUDS:
        note = "assumption, low confidence: spot price as a share of the on-demand price"
        yield _entry(PriceKind.SPOT_SHARE, cloud, (Decimal("0.1"), Decimal(1)), (_SPOT,), note)


def _agreed(rates: dict[str, Decimal]) -> tuple[tuple[Decimal, Decimal], str]:
    """One figure where all sources agree to the cent (the one with the most digits), else the range and who says what."""
    if len({rate.quantize(_CENT, ROUND_HALF_UP) for rate in rates.values()}) == 1:
        finest = max(rates.values(), key=lambda rate: len(rate.as_tuple().digits)).quantize(_MICRO, ROUND_HALF_UP)
        return (finest, finest), ""
    told = ", ".join(f"{source} {_plain(rate)}" for source, rate in rates.items())
    return (min(rates.values()), max(rates.values())), f"sources disagree: {told}"


def _spellings(cloud: str, name: str, taken: set[str]) -> tuple[str, tuple[str, ...], str]:
    """The node type as a cluster would name it, other names of the same rate, and a note where the source wrote else."""
    if _BOTH_DISKS.search(name):
        clean = _BOTH_DISKS.sub("", name)
        return clean, (joined(cloud, f"{clean}-lssd"),), "with or without local SSD"
    if _BETA.search(name):
        return _BETA.sub("", name), (), "listed as beta"
    hyphened = joined(cloud, name.replace("_", "-"))
    if cloud == "GCP" and "_" in name and folded(hyphened) not in taken:
        return name, (hyphened,), ""
    return name, (), ""


def _entry(
    kind: PriceKind,
    key: str,
    value: tuple[Decimal, Decimal],
    source: tuple[str, ...],
    note: str,
) -> PriceEntry:
    as_of = max(_AS_OF[one] for one in source)
    return PriceEntry(entry_id(kind, key), kind, key, Range.of(*value), UNIT_OF[kind], as_of, source, note)


def _text(entries: Sequence[PriceEntry]) -> str:
    def dump(shape: object) -> str:
        return json.dumps(shape, ensure_ascii=False)

    sources = ",\n".join(f"    {dump(source.id)}: {dump(source.to_json())}" for source in _SOURCES)
    lines = ",\n".join(f"    {dump(entry.to_json())}" for entry in entries)
    head = f'{{\n  "format": {FORMAT},\n  "currency": "USD",\n'
    return f'{head}  "sources": {{\n{sources}\n  }},\n  "entries": [\n{lines}\n  ]\n}}\n'


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _natural(key: str) -> list[tuple[int, str]]:
    """Sorts ``r5.2xlarge`` before ``r5.12xlarge``."""
    return [(int(part), "") if part.isdigit() else (0, part.lower()) for part in _NUMBER.split(key)]


def _refuse(message: str, *, when: bool) -> None:
    if when:
        sys.exit(f"the facts are not as expected: {message}")


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description="Build the price table from the price facts.")
    parser.add_argument("--facts", type=Path, default=_ROOT.parent / "shared" / "data" / "prices")
    parser.add_argument("--out", type=Path, default=_ROOT / "src" / "clusop" / "pricing" / "price_table.json")
    given = parser.parse_args()
    text = build(given.facts)
    given.out.write_text(text, encoding="utf-8", newline="\n")
    print(f"{given.out.name}: {text.count(chr(10))} lines")


if __name__ == "__main__":
    main()
