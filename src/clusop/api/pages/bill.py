"""The bill: how far the resolver got with it, how it was shared out, and what has no price."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.figures import BASIS_SENTENCES
from clusop.api.pages.shell import look_of, page, recent_of
from clusop.service.views.days import window
from clusop.service.views.overview import overview
from clusop.service.views.reconciliations import reconciliation_lines

__all__ = ["router"]

_DAYS = 35

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/bill")
def show(request: Request) -> HTMLResponse:
    """The bill of 35 days: as long as corrections are looked for."""
    look = look_of(request)
    span = window(look.now_ms, _DAYS)
    with look.database.reading() as connection:
        recent = recent_of(look, connection, span)
        seen = look.kept.ask(
            connection, ("overview", span, look.workspace), lambda: overview(connection, span, recent, look.workspace)
        )
        found = reconciliation_lines(connection, span)
    return page(
        request,
        "bill.html.j2",
        title="Bill",
        seen=seen,
        found=found,
        days=_DAYS,
        basis_sentences=BASIS_SENTENCES,
        now_ms=look.now_ms,
    )
