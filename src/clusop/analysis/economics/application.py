"""An application's bill in classes that add up: attributed, non-SQL and failed, unobserved, unused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.assessment import ApplicationCost
from clusop.analysis.economics.terms import cost_figure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason

if TYPE_CHECKING:
    from clusop.analysis.economics.attribution import ClassHours, Ledger
    from clusop.analysis.economics.rates import Rates

__all__ = ["application_cost"]


def application_cost(ledger: Ledger, classes: ClassHours | Unpriced, rates: Rates) -> ApplicationCost:
    """The bill of the cluster's life (DESIGN §6, "Sums"), DBU and VM dollars apart in each figure's inputs.

    ``classes`` come from :meth:`Ledger.classes`. Node-hours add up exactly, node class by node class, and dollars are linear
    in them: so the low ends add up to the total's low end and the high ends to its high end, for DBU and VM alike. Where the
    source does not tell when stages ran, the total stands and its classes are not known.
    """
    nobody_seen = any(ledger.busy_ns) and not any(ledger.room_ns)
    if not ledger.cluster.epochs or nobody_seen:
        gap = Unpriced(Reason("no-timeline"))
        return ApplicationCost(gap, gap, gap, gap, gap)
    total = cost_figure("total-1", rates, ledger.total)
    if isinstance(classes, Unpriced):
        return ApplicationCost(total, classes, classes, classes, classes)
    return ApplicationCost(
        total=total,
        attributed=cost_figure("attributed-1", rates, classes.attributed),
        non_sql_and_failed=cost_figure("non-sql-and-failed-1", rates, classes.non_sql_and_failed),
        unobserved=cost_figure("unobserved-1", rates, classes.unobserved),
        unused=cost_figure("unused-1", rates, classes.unused),
    )
