"""The list of problems: filters as a form, columns that sort, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.charts import sparkline
from clusop.api.pages.shell import exclusions_of, look_of, page, recent_of
from clusop.service.views.days import window
from clusop.service.views.exclusions import covered
from clusop.service.views.problem_line import STATES
from clusop.service.views.problems import SORTS, ProblemsAsked, choices, problem_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from clusop.api.pages.shell import Look
    from clusop.service.views.exclusions import NamedExclusion

__all__ = ["router"]

_DAYS = 30
_CHARS = 200
_FILTERS = ("state", "workspace", "team", "cause", "engine", "action", "compute", "workload", "exclusion", "q")
_NO_TEAM = "-"

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/problems")
def show(request: Request) -> HTMLResponse:
    """A page of the list."""
    look = look_of(request)
    span = window(look.now_ms, _DAYS)
    told = {name: asked_text(request, name, _CHARS) for name in (*_FILTERS, "sort", "after")}
    with look.database.reading() as connection:
        among, exclusion = _among(look, connection, told["exclusion"])
        asked = _asked(look, told, among)
        found = problem_page(connection, asked, recent_of(look, connection, span), span)
        offered = look.kept.ask(connection, ("choices", look.workspace), lambda: choices(connection, look.workspace))
    kept = {name: told[name] for name in _FILTERS if told[name]}
    return page(
        request,
        "problems.html.j2",
        title="Problems",
        found=found,
        asked=asked,
        offered=offered,
        states=("live", "to-look-at", *STATES, "all"),
        sorts=SORTS,
        kept=kept,
        exclusion=exclusion,
        exclusion_name=told["exclusion"],
        export=_export(asked),
        trends={
            one.line.id: sparkline(one.by_day.get(day, 0) for day in range(span.from_day, span.to_day + 1))
            for one in found.problems
        },
        span_days=span.days,
        now_ms=look.now_ms,
    )


def _asked(look: Look, told: Mapping[str, str], among: frozenset[int] | None) -> ProblemsAsked:
    return ProblemsAsked(
        state=told["state"] or "live",
        workspace=told["workspace"],
        # A team may have no name; "" in the form asks for any.
        team=None if not told["team"] else "" if told["team"] == _NO_TEAM else told["team"],
        cause=told["cause"],
        engine=told["engine"],
        action=told["action"],
        compute=told["compute"],
        workload=told["workload"],
        search=told["q"],
        sort=told["sort"] if told["sort"] in SORTS else SORTS[0],
        after=told["after"],
        visible=look.workspace,
        among=among,
    )


def _among(look: Look, connection: Connection, name: str) -> tuple[frozenset[int] | None, NamedExclusion | None]:
    """The problems in whatever state that the exclusion of this name covers, and that exclusion; none where it has ended."""
    if not name:
        return None, None
    one = next((one for one in exclusions_of(look, connection) if one.name == name), None)
    if one is None:
        return frozenset(), None
    return look.kept.ask(
        connection,
        ("covered in any state", one, look.workspace),
        lambda: covered(connection, (one,), look.workspace, STATES)[name],
    ), one


def _export(asked: ProblemsAsked) -> str:
    """The query that gives the same problems to programs. They have no word for what is not resolved: they get all."""
    told = {
        name: getattr(asked, name)
        for name in ("workspace", "cause", "engine", "action", "compute", "workload", "search")
    }
    query = {name: value for name, value in told.items() if value}
    if asked.state in STATES:
        query["state"] = asked.state
    if asked.team is not None:
        query["team"] = asked.team
    return f"?{urlencode(query)}" if query else ""
