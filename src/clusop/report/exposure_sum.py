"""The premium paid off the engine by many queries together: the sum over unrounded values, and what is missing in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Verdict
from clusop.analysis.figure import ModeledFigure
from clusop.pricing.price import Unpriced
from clusop.report.amounts import money, plural
from clusop.report.money_text import EXPOSURE_LABEL, lack_of, money_view
from clusop.report.view import MoneyView
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.analysis.assessment import QueryAssessment

__all__ = ["ExposureSum"]

_MAY_HAVE_LEFT = frozenset({Verdict.FALLBACK, Verdict.PARTIAL, Verdict.UNKNOWN})
_ZERO = Range(Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class ExposureSum:
    """Dollars of ``priced_count`` queries; ``unpriced_count`` more left the engine, or may have, at a price not known.

    ``lack`` is why the first of those has no figure, else why there was nothing to pay.
    """

    usd: Range = _ZERO
    priced_count: int = 0
    unpriced_count: int = 0
    lack: Unpriced | None = None

    def plus(self, query: QueryAssessment) -> ExposureSum:
        """With one more query."""
        figure = query.cost.exposure
        if not isinstance(figure, Unpriced):
            return replace(self, usd=self.usd + figure.usd, priced_count=self.priced_count + 1)
        if lack_of(figure) == "none":
            # That some query ran no task says nothing of the others.
            is_weak = self.lack is None or (self.lack.reason.id == "no-tasks" and not self.unpriced_count)
            return replace(self, lack=figure if is_weak else self.lack)
        if query.verdict not in _MAY_HAVE_LEFT:
            return self
        first = figure if not self.unpriced_count else self.lack
        return replace(self, unpriced_count=self.unpriced_count + 1, lack=first)

    def view(self) -> MoneyView | None:
        """The line of an application's bill; ``None`` where nothing can be said."""
        if self.priced_count:
            missing = f"; {plural(self.unpriced_count, 'query', 'queries')} not priced" if self.unpriced_count else ""
            note = f"over {plural(self.priced_count, 'query', 'queries')}{missing}"
            return MoneyView(EXPOSURE_LABEL, money(self.usd), ModeledFigure.basis, note)
        return money_view(EXPOSURE_LABEL, self.lack) if self.lack is not None else None
