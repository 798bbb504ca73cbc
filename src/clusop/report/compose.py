"""From assessed inputs to the view model: what is listed, what is shown in full, the one sentence above it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from clusop import __version__
from clusop.analysis.assessment import Role, Verdict
from clusop.analysis.observed import Source
from clusop.report.amounts import plural
from clusop.report.application_text import application_view
from clusop.report.headline import Tally
from clusop.report.price_text import price_entry_views, used_price_ids
from clusop.report.query_text import VERDICT_WORDS, query_view
from clusop.report.ranking import VERDICT_ORDER, Rank, grouped, rank, ranked
from clusop.report.rows import row_view
from clusop.report.scrub import cut, one_line
from clusop.report.view import InputView, QueryView, ReportView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusop.analysis.assessment import QueryAssessment
    from clusop.pricing.provider import PriceBook
    from clusop.reasons import Reason
    from clusop.report.input_report import InputReport
    from clusop.report.view import RowView

__all__ = ["Composer", "Selection", "compose"]

_KIND_WORDS = {
    Source.EXPLAIN_TEXT.value: "explain text",
    Source.PLAN_INFO.value: "SparkPlanInfo",
    Source.QUERY_PROFILE.value: "query profile",
    Source.EVENT_LOG.value: "event log",
    Source.HISTORY_SERVER.value: "History Server",
    Source.LIVE.value: "live",
    "": "not recognised",
}
_PATH_CHARS = 300
_NAME_CHARS = 60
_WORTH_SHOWING = frozenset({Verdict.FALLBACK, Verdict.PARTIAL, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown. ``top`` queries of the whole report stand in full, at most ``rows`` lines in a table. Without
    ``everything`` executions that are no user's query, and commands, are counted, not listed. ``query_id`` is the one query
    the inputs were narrowed to.
    """

    top: int = 5
    rows: int = 30
    everything: bool = False
    query_id: str = ""


def compose(
    reports: Iterable[InputReport],
    book: PriceBook,
    selection: Selection | None = None,
    errors: Sequence[Reason] = (),
) -> ReportView:
    """The whole report. ``errors`` concern no single input."""
    composer = Composer(selection or Selection())
    for report in reports:
        composer.add(report)
    return composer.finished(book, errors)


class Composer:
    """Makes a report of inputs that come one after the other.

    An input may be forgotten once it was added: what is kept of it is its lines, and in full only the ``top`` queries so far.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._inputs: list[InputView] = []
        self._single: list[tuple[Rank, str, RowView]] = []
        self._in_full: list[tuple[Rank, int, QueryView]] = []
        self._spare: tuple[int, QueryView] | None = None
        self._price_ids: dict[str, None] = {}
        self._tally = Tally()

    def add(self, report: InputReport) -> None:
        """Take one more input into the report."""
        place = len(self._inputs)
        self._tally.add(report)
        queries = ranked(report.queries)
        listed = [query for query in queries if self._is_listed(report, query)]
        groups = grouped(listed)
        for order, group in enumerate(groups[: max(self._selection.top, 1)], 1):
            self._keep_in_full(place, order, group)
        shown = groups if self._selection.everything else groups[: self._selection.rows]
        rows = tuple(row_view(group, f"i{place + 1}-q{order}") for order, group in enumerate(shown, 1))
        if report.application is None and rows:
            self._single.append((rank(listed[0]), cut(_name(report.path), _NAME_CHARS), rows[0]))
        self._price_ids.update(dict.fromkeys(used_price_ids(report)))
        self._inputs.append(
            InputView(
                path=cut(report.path, _PATH_CHARS),
                name=cut(_name(report.path), _PATH_CHARS),
                kind=_kind(report),
                summary=_summary(report, queries),
                counts=_counts(queries),
                app=application_view(report.application) if report.application is not None else None,
                rows=rows,
                unlisted=_unlisted(queries, listed, sum(len(group) for group in groups[len(shown) :])),
                queries=(),
                errors=tuple(one_line(reason.sentence) for reason in report.errors),
                remarks=tuple(one_line(reason.sentence) for reason in report.remarks),
            )
        )

    def finished(self, book: PriceBook, errors: Sequence[Reason] = ()) -> ReportView:
        """The report of all inputs added. ``errors`` concern no single input."""
        in_full = [(place, view) for _, place, view in self._in_full]
        if not in_full and self._spare is not None and self._selection.top:
            in_full = [self._spare]
        anchors = {view.anchor for _, view in in_full}
        inputs = tuple(
            replace(
                view,
                rows=tuple(_linked(row, anchors) for row in view.rows),
                queries=tuple(query for its_place, query in in_full if its_place == place),
            )
            for place, view in enumerate(self._inputs)
        )
        singles = sorted(self._single, key=itemgetter(0))
        return ReportView(
            headline=self._tally.sentence(chosen=bool(self._selection.query_id)),
            tone=_tone(inputs),
            overview=tuple((name, _linked(row, anchors)) for _, name, row in singles) if len(singles) > 1 else (),
            inputs=inputs,
            prices=price_entry_views(self._price_ids, book),
            errors=tuple(one_line(reason.sentence) for reason in errors),
            version=__version__,
        )

    def _is_listed(self, report: InputReport, query: QueryAssessment) -> bool:
        if self._selection.everything or report.application is None:
            return True
        if query.role is Role.USER:
            return query.verdict is not Verdict.COMMAND
        return query.role is Role.COMMAND and query.verdict in _WORTH_SHOWING

    def _keep_in_full(self, place: int, order: int, group: Sequence[QueryAssessment]) -> None:
        first = group[0]
        anchor = f"i{place + 1}-q{order}"
        same_as = tuple(query.observed.query_id for query in group[1:])
        if self._selection.everything or first.verdict in _WORTH_SHOWING:
            self._in_full.append((rank(first), place, query_view(first, anchor, same_as)))
            self._in_full.sort(key=itemgetter(0))
            del self._in_full[self._selection.top :]
        elif self._spare is None:
            # Where nothing left the engine the largest query speaks for all of them.
            self._spare = (place, query_view(first, anchor, same_as))


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or path


def _kind(report: InputReport) -> str:
    """What an input is. Without a kind it was refused, unless it is a directory whose files are inputs of their own."""
    if not report.kind and not report.errors:
        return "directory"
    return _KIND_WORDS.get(report.kind, report.kind)


def _linked(row: RowView, anchors: set[str]) -> RowView:
    return row if row.anchor in anchors else replace(row, anchor="")


def _counts(queries: Sequence[QueryAssessment]) -> tuple[tuple[str, str, int], ...]:
    """Queries by verdict, worst first: (wire word, word, how many). The table format's own are not counted."""
    counted = Counter(query.verdict for query in queries if query.role is not Role.INTERNAL)
    return tuple(
        (verdict.value, VERDICT_WORDS[verdict], counted[verdict])
        for verdict in sorted(counted, key=VERDICT_ORDER.__getitem__)
    )


def _summary(report: InputReport, queries: Sequence[QueryAssessment]) -> str:
    if report.application is None:
        return ""
    if not queries:
        return "No SQL execution in this log."
    counts = [f"{many:,} {word}" for _, word, many in _counts(queries)]
    internal = sum(query.role is Role.INTERNAL for query in queries)
    counts += [f"{internal:,} internal"] if internal else []
    return f"{plural(len(queries), 'SQL execution')}: {', '.join(counts)}."


def _unlisted(queries: Sequence[QueryAssessment], listed: Sequence[QueryAssessment], beyond: int) -> str:
    parts = [f"{plural(beyond, 'query', 'queries')} with less to tell"] if beyond else []
    hidden = len(queries) - len(listed)
    internal = sum(query.role is Role.INTERNAL for query in queries) if hidden else 0
    if hidden > internal:
        parts.append(plural(hidden - internal, "command"))
    if internal:
        parts.append(f"{plural(internal, 'internal execution')} of the table format")
    return f"Not listed: {', '.join(parts)}; --all lists them." if parts else ""


def _tone(inputs: Sequence[InputView]) -> str:
    """The worst verdict of all, for the colour of the headline."""
    seen = {verdict for view in inputs for verdict, _, _ in view.counts}
    return next((verdict.value for verdict in VERDICT_ORDER if verdict.value in seen), Verdict.UNKNOWN.value)
