"""Price entries in words: what was priced, at what rate, as of when, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.figure import Figure
from clusop.pricing.price import Unpriced
from clusop.report.amounts import number
from clusop.report.scrub import cut
from clusop.report.view import PriceEntryView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.pricing.entry import PriceEntry
    from clusop.pricing.provider import PriceBook
    from clusop.report.input_report import InputReport

__all__ = ["price_entry_views", "used_price_ids"]

_KIND_WORDS = {
    "node_dbu": "DBU per hour of",
    "dbu_usd": "price per DBU of",
    "vm_usd": "machine-hour of",
    "multiplier": "premium multiplier of",
    "spot_share": "spot share assumed of",
    "discount": "discount on",
}
_CHARS = 200


def price_entry_views(price_ids: Iterable[str], book: PriceBook) -> tuple[PriceEntryView, ...]:
    """The entries with these ids, in this order; an id the book does not know is shown without a date."""
    return tuple(_view(price_id, book) for price_id in price_ids)


def _view(price_id: str, book: PriceBook) -> PriceEntryView:
    entry = book.entry(price_id)
    if isinstance(entry, Unpriced):
        return PriceEntryView(price_id, entry.reason.sentence, "", "", "")
    titles = [book.sources[name].title if name in book.sources else name for name in entry.source]
    return PriceEntryView(
        id=entry.id,
        what=f"{_KIND_WORDS.get(entry.kind.value, entry.kind.value)} {cut(entry.key, _CHARS)}",
        value=_value(entry),
        checked_on=entry.as_of,
        source=cut(", ".join(titles), _CHARS),
    )


def _value(entry: PriceEntry) -> str:
    low, high = number(str(entry.value.low)), number(str(entry.value.high))
    return f"{low if low == high else f'{low} to {high}'} {entry.unit}"


def used_price_ids(report: InputReport) -> Iterable[str]:
    """The ids of the price entries behind every figure of an input, with repetitions."""
    figures: list[object] = []
    if report.application is not None:
        cost = report.application.cost
        figures += [cost.total, cost.attributed, cost.non_sql_and_failed, cost.unobserved, cost.unused]
        figures += [proposal.saving for proposal in report.application.proposals]
    for query in report.queries:
        figures += [query.cost.attributed, query.cost.exposure, query.cost.avoidable, query.proposal.saving]
    for figure in figures:
        if isinstance(figure, Figure):
            yield from figure.price_ids
