"""The ranked table: one line per query, queries that are the same as one line with their sums."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Verdict
from clusop.plan.dialect import PLAIN_SPARK
from clusop.pricing.price import Unpriced
from clusop.report.amounts import duration, money, plural, share
from clusop.report.finding_text import cause_at
from clusop.report.money_text import total_of
from clusop.report.query_text import ROLE_WORDS, VERDICT_WORDS, leading_finding, title_of
from clusop.report.scrub import cut, one_line
from clusop.report.view import RowView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.assessment import QueryAssessment

__all__ = ["row_view"]

_ID_CHARS = 40


def row_view(group: Sequence[QueryAssessment], anchor: str = "") -> RowView:
    """The line of queries that are the same; ``anchor`` names the place where the first of them is shown in full."""
    first = group[0]
    exposure = total_of(query.cost.exposure for query in group)
    run_ms = [query.time.run_ms for query in group if query.time.run_ms is not None]
    return RowView(
        ids=tuple(cut(query.observed.query_id, _ID_CHARS) for query in group),
        verdict=first.verdict,
        verdict_word=VERDICT_WORDS[first.verdict],
        role=ROLE_WORDS[first.role],
        cause=_cause(first),
        off_engine=_off_engine(group),
        run_time=duration(sum(run_ms, Fraction(0))) if run_ms else "",
        exposure="" if isinstance(exposure, Unpriced) else money(exposure),
        exposure_missing=one_line(exposure.reason.sentence) if isinstance(exposure, Unpriced) else "",
        action=first.proposal.action.value,
        description=title_of(first) or _instead_of_words(first),
        anchor=anchor,
    )


def _instead_of_words(query: QueryAssessment) -> str:
    """What stands where a query has neither a cause nor a description."""
    if query.verdict is Verdict.NATIVE and query.native_operator_count:
        return f"all {plural(query.native_operator_count, 'operator')} on the engine"
    return ""


def _cause(query: QueryAssessment) -> str:
    finding = leading_finding(query)
    if finding is not None:
        more = len({(each.cause, each.operator) for each in query.findings}) - 1
        return cause_at(finding) + (f" and {more} more" if more else "")
    if query.verdict is not Verdict.NATIVE and query.verdict_reasons:
        return one_line(query.verdict_reasons[0].sentence)
    return ""


def _off_engine(group: Sequence[QueryAssessment]) -> str:
    known = [
        query
        for query in group
        if query.time.island_ms is not None and query.time.run_ms and query.dialect.id != PLAIN_SPARK
    ]
    run_ms = sum((query.time.run_ms or Fraction(0) for query in known), Fraction(0))
    if not run_ms:
        return ""
    island_ms = sum((query.time.island_ms or Fraction(0) for query in known), Fraction(0))
    is_upper_bound = any(island.is_upper_bound for query in known for island in query.islands)
    return share(island_ms / run_ms, is_upper_bound=is_upper_bound)
