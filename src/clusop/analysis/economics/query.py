"""What one query cost, what of that was premium for nothing, and what a repair would save."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import QueryCost
from clusop.analysis.cluster import Uptime
from clusop.analysis.economics.exposure import exposure
from clusop.analysis.economics.fix import fix_saving
from clusop.analysis.economics.terms import cost_figure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Exact, Range

if TYPE_CHECKING:
    from clusop.analysis.economics.attribution import WorkHours
    from clusop.analysis.economics.rates import Rates

__all__ = ["query_cost", "share_of", "unpriced_query_cost"]


def share_of(off_engine_ms: Exact, run_ms: Exact, *, is_upper_bound: bool = False) -> Range | Unpriced:
    """J: ``off_engine_ms`` as a share of ``run_ms``, 0..1; from 0 on where it is an upper bound."""
    if run_ms <= 0:
        return Unpriced(Reason("no-time-no-price"))
    share = min(Fraction(1), max(Fraction(0), Fraction(off_engine_ms) / run_ms))
    return Range(Fraction(0) if is_upper_bound else share, share)


def query_cost(
    hours: WorkHours | Unpriced,
    rates: Rates,
    island_share: Range | Unpriced,
    uptime: Uptime,
    *,
    is_failed: bool = False,
) -> QueryCost:
    """The money of one query (DESIGN §6).

    ``hours`` come from :meth:`Ledger.hours_of`; ``island_share`` is J of the query by its islands, ``Unpriced`` with
    ``no-island`` for a query without one, or with the reason why its time is not known. Attributed counts lost run time, for
    it is billed; exposure and avoidable rest on successful tasks only, and on none of a failed query.
    """
    if isinstance(hours, Unpriced):
        return unpriced_query_cost(hours.reason)
    share = Unpriced(Reason("failed-run")) if is_failed else island_share
    return QueryCost(
        attributed=cost_figure("attributed-1", rates, hours.total),
        exposure=exposure(rates, hours.run, share),
        avoidable=fix_saving(rates, hours.run, share, uptime),
        avoidable_is_capacity=uptime is Uptime.FIXED,
    )


def unpriced_query_cost(reason: Reason) -> QueryCost:
    """A query without dollars: a plan alone (``no-query-shape``), a profile (``serverless-no-premium``), no times."""
    gap = Unpriced(reason)
    return QueryCost(attributed=gap, exposure=gap, avoidable=gap)
