"""One problem: what left the engine, why, what it costs, how sure that is, what to do, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.analysis.records.money import NotPriced
from clusop.api.access import require
from clusop.api.pages.charts import DayValue, day_chart
from clusop.api.pages.evidence import evidence_view
from clusop.api.pages.figures import known_reason
from clusop.api.pages.shell import exclusions_of, look_of, page
from clusop.api.pages.template_words import at_most, dollars
from clusop.api.refused import RefusedError
from clusop.pricing.price import Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason, catalogue
from clusop.report.amounts import duration, plural
from clusop.report.money_text import EXPOSURE_LABEL, money_view
from clusop.service.problems.states import allowed
from clusop.service.views.exclusions import covering

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.analysis.records.money import WireFigure
    from clusop.api.pages.charts import Chart
    from clusop.api.pages.shell import Look
    from clusop.report.view import MoneyView
    from clusop.service.views.problem import ProblemView

from clusop.service.views.problem import one_problem

__all__ = ["found_problem", "router"]

PROJECTED = "projected per 30 days"
"""What was seen, carried on at its rate; lists and the overview show the last 30 days as they were."""
_NOT_FOUND = 404
_DONE = frozenset({"acknowledge", "snooze", "resolve", "reopen"})

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


def found_problem(request: Request, problem_id: int) -> ProblemView:
    """The problem, or the refusal that says there is none among those the caller may see."""
    look = look_of(request)
    with look.database.reading() as connection:
        return _found(look, connection, problem_id)


def _found(look: Look, connection: Connection, problem_id: int) -> ProblemView:
    found = one_problem(connection, problem_id, look.now_ms, look.policy, look.workspace)
    if found is None:
        raise RefusedError(_NOT_FOUND, Reason("unknown-problem"))
    return found


@router.get("/problems/{problem_id:int}")
def show(request: Request, problem_id: int) -> HTMLResponse:
    """One problem."""
    look = look_of(request)
    with look.database.reading() as connection:
        found = _found(look, connection, problem_id)
        excluded_by = covering(found.line, exclusions_of(look, connection))
    done = request.query_params.get("done", "")
    return page(
        request,
        "problem.html.j2",
        title=f"{', '.join(found.line.causes)}, problem {problem_id}",
        problem=found,
        line=found.line,
        entry=catalogue().get(found.line.cause),
        also=[(cause, catalogue().get(cause)) for cause in found.line.causes[1:]],
        evidence=evidence_view(found.evidence, PriceBook.default(), found.monthly.exposures)
        if found.evidence
        else None,
        monthly=_monthly(found),
        rate=found.monthly.rate,
        chart=_chart(found),
        excluded_by=excluded_by,
        buttons=allowed(found.line.state),
        may_change=look.may_change,
        done=done if done in _DONE else "",
        now_ms=look.now_ms,
    )


def _monthly(found: ProblemView) -> tuple[MoneyView, ...]:
    """30 days in dollars, as a card tells them; cash and capacity, billed and modeled each for itself. What has no price says
    why, in the words of the evidence.
    """
    month = found.monthly
    if not month.rate.runs:
        return ()
    views = [money_view(EXPOSURE_LABEL, figure, PROJECTED) for figure in month.exposures]
    for saving in month.savings:
        note = f"{PROJECTED}; capacity: the cluster stays up anyway" if saving.is_capacity else PROJECTED
        views.append(money_view("Avoidable", saving.per_30_days, note))
    figures = found.evidence.figures if found.evidence is not None else None
    if not month.exposures:
        views.insert(0, money_view(EXPOSURE_LABEL, _why(figures.exposure if figures else None)))
    if not month.savings:
        views.append(money_view("Avoidable", _why(figures.avoidable if figures else None)))
    return tuple(views)


def _why(figure: WireFigure | None) -> Unpriced:
    """Why the month has no figure; what would give one, where the evidence has a figure or is not kept."""
    return Unpriced(known_reason(figure.reason) if isinstance(figure, NotPriced) else Reason("no-price-told"))


def _chart(found: ProblemView) -> Chart:
    has_money = any(
        one.sums.exposure_high_microusd or one.sums.avoidable_high_microusd or one.sums.capacity_high_microusd
        for one in found.days
    )
    values = []
    for one in found.days:
        sums = one.sums
        runs = plural(sums.run_count, "run")
        if has_money and found.recent.exposure_high_microusd:
            low, high = sums.exposure_low_microusd, sums.exposure_high_microusd
            text = f"{dollars(low, high)} in {runs}"
        elif has_money:
            # A problem's compute is elastic or it is not: one of both is 0.
            low = sums.avoidable_low_microusd + sums.capacity_low_microusd
            high = sums.avoidable_high_microusd + sums.capacity_high_microusd
            text = f"{dollars(low, high)} in {runs}"
        else:
            low = high = sums.island_ms
            text = f"{at_most(sums.island_ms, is_upper_bound=found.line.is_upper_bound)} in {runs}"
        unpriced = sums.exposure_unpriced_runs if has_money else 0
        values.append(DayValue(one.day, low, high, text, f"{plural(unpriced, 'run')} not priced" if unpriced else ""))
    if not has_money:
        return day_chart("trend", "Task time outside the engine, a day", values, duration)
    what = EXPOSURE_LABEL if found.recent.exposure_high_microusd else "Avoidable"
    return day_chart("trend", f"{what}, a day", values, lambda value: dollars(value, value))
