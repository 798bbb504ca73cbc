"""Agents: version, last word, losses by reason, records that never came, clocks that are off."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.shell import look_of, page
from clusop.api.refused import RefusedError
from clusop.reasons import Reason
from clusop.service.store.tables.agents import LOG
from clusop.service.views.agents import AGENT_FILTERS, AgentsAsked, agent_page, agent_summary, one_agent

__all__ = ["SKEW_FROM_MS", "router"]

SKEW_FROM_MS = 120_000
"""A clock that is further off than two minutes is worth telling; sending alone may take one."""
_CHARS, _NOT_FOUND = 200, 404

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/agents")
def show(request: Request) -> HTMLResponse:
    """A page of agents, the latest heard of first."""
    look = look_of(request)
    told = {name: asked_text(request, name, _CHARS) for name in ("status", "q", "after")}
    asked = AgentsAsked(told["status"], told["q"], told["after"], look.workspace)
    with look.database.reading() as connection:
        found = agent_page(connection, asked, look.now_ms)
        summary = look.kept.ask(
            connection,
            ("agents", look.now_ms // 60_000, look.workspace),
            lambda: agent_summary(connection, look.now_ms, look.workspace),
        )
    return page(
        request,
        "agents.html.j2",
        title="Agents",
        refreshes=True,
        found=found,
        asked=asked,
        summary=summary,
        filters=AGENT_FILTERS,
        skew_from_ms=SKEW_FROM_MS,
        now_ms=look.now_ms,
    )


@router.get("/agents/{agent_id:int}")
def show_one(request: Request, agent_id: int) -> HTMLResponse:
    """One agent."""
    look = look_of(request)
    with look.database.reading() as connection:
        found = one_agent(connection, agent_id, look.now_ms, look.workspace)
    if found is None:
        raise RefusedError(_NOT_FOUND, Reason("no-such-page"))
    return page(
        request,
        "agent.html.j2",
        title=f"{'Event log' if found.line.source == LOG else 'Agent'} {found.line.agent[:8]}",
        agent=found,
        line=found.line,
        skew_from_ms=SKEW_FROM_MS,
        now_ms=look.now_ms,
    )
