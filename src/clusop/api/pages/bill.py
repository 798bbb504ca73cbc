"""The bill: how far the resolver got with it, how it was shared out, and what has no price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.figures import BASIS_SENTENCES
from clusop.api.pages.shell import look_of, page, recent_of
from clusop.service.views.days import window
from clusop.service.views.overview import overview
from clusop.service.views.reconciliations import counts_by_run, reconciliation_lines
from clusop.service.views.visible import ALL_WORKSPACES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.api.pages.shell import Look
    from clusop.service.views.days import Window

__all__ = ["router"]

_DAYS = 35

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/bill")
def show(request: Request) -> HTMLResponse:
    """The bill of 35 days: as long as corrections are looked for."""
    look = look_of(request)
    span = window(look.now_ms, _DAYS)
    is_of_one = look.workspace != ALL_WORKSPACES
    with look.database.reading() as connection:
        recent = recent_of(look, connection, span)
        seen = look.kept.ask(
            connection, ("overview", span, look.workspace), lambda: overview(connection, span, recent, look.workspace)
        )
        mine = _mine(look, connection, span) if is_of_one else None
        found = look.kept.ask(
            connection,
            ("reconciliations", span, look.workspace),
            lambda: reconciliation_lines(connection, span, look.workspace, mine),
        )
    return page(
        request,
        "bill.html.j2",
        title="Bill",
        seen=seen,
        found=found,
        days=_DAYS,
        is_of_one=is_of_one,
        basis_sentences=BASIS_SENTENCES,
        now_ms=look.now_ms,
    )


def _mine(look: Look, connection: Connection, span: Window) -> dict[int, dict[str, object]]:
    return look.kept.ask(
        connection, ("readings", span, look.workspace), lambda: counts_by_run(connection, span, look.workspace)
    )
