"""The overview of the fleet, a team or a workspace: what it burns, where, what the dollars rest on, and what to look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.charts import DayValue, day_chart
from clusop.api.pages.shell import look_of, page, recent_of
from clusop.api.pages.template_words import at_most, dollars
from clusop.report.amounts import duration, plural
from clusop.service.views.agents import agent_summary
from clusop.service.views.days import window
from clusop.service.views.overview import Overview, Part, overview
from clusop.service.views.problems import ProblemsAsked, problem_page

if TYPE_CHECKING:
    from clusop.api.pages.charts import Chart
    from clusop.service.views.overview import ShareLine
    from clusop.service.views.sums import Sums

__all__ = ["router"]

_WINDOWS = (30, 90)
_FIRST = 8
_CHARS = 200
_NO_TEAM = "-"
_TO_LOOK_AT = "to-look-at"

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/")
def show(request: Request) -> HTMLResponse:
    """The overview over 30 days, or 90 where asked; of all, or of a team or workspace."""
    look = look_of(request)
    days = 90 if request.query_params.get("days") == "90" else 30
    span = window(look.now_ms, days)
    part = _part(request, look.workspace)
    with look.database.reading() as connection:
        recent = recent_of(look, connection, span)
        seen = look.kept.ask(
            connection,
            ("overview", span, part),
            lambda: overview(connection, span, recent, part),
        )
        # Agents have no team.
        place = part.place if part.team is None else None
        agents = (
            None
            if place is None
            else look.kept.ask(
                connection,
                ("agents", look.now_ms // 60_000, place),
                lambda: agent_summary(connection, look.now_ms, place),
            )
        )
        unanswered = ProblemsAsked(_TO_LOOK_AT, workspace=part.workspace, team=part.team, visible=part.visible)
        first = problem_page(connection, unanswered, recent, span)
    # What of the address stays as one goes on.
    asked = {"team": _NO_TEAM if part.team == "" else part.team or "", "workspace": part.workspace}
    return page(
        request,
        "overview.html.j2",
        title="Overview",
        refreshes=True,
        seen=seen,
        headline=_headline(seen, days),
        part=part,
        asked=asked,
        here=asked | ({} if days == _WINDOWS[0] else {"days": str(days)}),
        days=days,
        windows=_WINDOWS,
        charts=_charts(seen),
        splits=_splits(seen),
        agents=agents,
        first=first.problems[:_FIRST],
        problem_count=first.total,
        now_ms=look.now_ms,
        is_empty=part.is_whole and not seen.states and not (agents and agents.seen_count),
    )


def _part(request: Request, visible: str) -> Part:
    team = asked_text(request, "team", _CHARS)
    named = None if not team else "" if team == _NO_TEAM else team
    return Part(visible, asked_text(request, "workspace", _CHARS), named)


def _splits(seen: Overview) -> list[tuple[str, tuple[ShareLine, ...]]]:
    """By what the sums are told apart: not by that of which only one is looked at."""
    found = []
    if seen.part.team is None:
        found.append(("team", seen.teams))
    if not seen.part.workspace:
        found.append(("workspace", seen.workspaces))
    return found


def _headline(seen: Overview, days: int) -> str:
    total = seen.total
    if not seen.states:
        return "No signal has arrived yet" if seen.part.is_whole else "No problem of it is known"
    if not total.run_count:
        return f"Nothing left its engine in the last {days} days"
    if total.exposure_high_microusd:
        amount = dollars(total.exposure_low_microusd, total.exposure_high_microusd)
        return f"{amount} of premium bought nothing in the last {days} days"
    if total.avoidable_high_microusd:
        amount = dollars(total.avoidable_low_microusd, total.avoidable_high_microusd)
        return f"{amount} could have been avoided in the last {days} days"
    time_ms = at_most(total.island_ms, is_upper_bound=seen.is_upper_bound)
    return f"{time_ms} of task time ran outside the engine in the last {days} days"


def _charts(seen: Overview) -> list[Chart]:
    charts = [
        _money_chart("exposure", "Premium paid off the engine, a day", seen, "exposure"),
        _money_chart("avoidable", "Avoidable cash, a day", seen, "avoidable"),
    ]
    if all(chart.is_empty for chart in charts):
        values = [
            DayValue(
                one.day,
                one.sums.island_ms,
                one.sums.island_ms,
                at_most(one.sums.island_ms, is_upper_bound=seen.is_upper_bound),
            )
            for one in seen.days
        ]
        return [day_chart("time", "Task time outside the engine, a day", values, duration)]
    return charts


def _money_chart(name: str, title: str, seen: Overview, figure: str) -> Chart:
    values = []
    for one in seen.days:
        low, high = _amount(one.sums, figure)
        unpriced = one.sums.exposure_unpriced_runs if figure == "exposure" else one.sums.avoidable_unpriced_runs
        notes = [f"{plural(unpriced, 'run')} not priced"] if unpriced else []
        if figure == "avoidable" and one.sums.capacity_high_microusd:
            notes.append(f"{dollars(one.sums.capacity_low_microusd, one.sums.capacity_high_microusd)} of capacity")
        note = "; ".join(notes)
        values.append(DayValue(one.day, low, high, dollars(low, high), note))
    return day_chart(name, title, values, lambda value: dollars(value, value))


def _amount(sums: Sums, figure: str) -> tuple[int, int]:
    if figure == "exposure":
        return sums.exposure_low_microusd, sums.exposure_high_microusd
    return sums.avoidable_low_microusd, sums.avoidable_high_microusd
