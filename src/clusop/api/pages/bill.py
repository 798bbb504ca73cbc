"""The bill: how far the resolver got with it, how it was shared out, and what has no price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.analysis.economics.exact_text import number_text
from clusop.api.access import require
from clusop.api.pages.figures import BASIS_SENTENCES
from clusop.api.pages.reading_words import count_words, how_it_went, is_good, may_be_read
from clusop.api.pages.shell import look_of, page
from clusop.report.amounts import number
from clusop.service.views.bill import bill_of
from clusop.service.views.days import window
from clusop.service.views.reconciliations import counts_by_run, reconciliation_lines
from clusop.service.views.visible import ALL_WORKSPACES

if TYPE_CHECKING:
    from fractions import Fraction

    from sqlalchemy import Connection

    from clusop.api.pages.shell import Look
    from clusop.service.views.days import Window

__all__ = ["router"]

_DAYS = 35
_GAPS = 50

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/bill")
def show(request: Request) -> HTMLResponse:
    """The bill of 35 days: as long as corrections are looked for."""
    look = look_of(request)
    span = window(look.now_ms, _DAYS)
    is_of_one = look.workspace != ALL_WORKSPACES
    with look.database.reading() as connection:
        bill = look.kept.ask(
            connection, ("bill", span, look.workspace), lambda: bill_of(connection, span, look.workspace)
        )
        mine = _mine(look, connection, span) if is_of_one else None
        found = look.kept.ask(
            connection,
            ("reconciliations", span, look.workspace),
            lambda: reconciliation_lines(connection, mine),
        )
    newest = found.lines[0] if found.lines else None
    return page(
        request,
        "bill.html.j2",
        title="Bill",
        bill=bill,
        found=found,
        newest=newest,
        # Whoever sees one workspace sees only readings that wrote hours of it: none of theirs replaced nothing.
        stands_since_ms=bill.read_at_ms if newest and not is_of_one and not is_good(newest) and bill.lines else None,
        days=_DAYS,
        is_of_one=is_of_one,
        basis_sentences=BASIS_SENTENCES,
        gaps_shown=_GAPS,
        quantity=_quantity,
        count_words=count_words,
        how_it_went=how_it_went,
        may_be_read=may_be_read,
        now_ms=look.now_ms,
    )


def _quantity(exact: Fraction) -> str:
    """What was billed, for the eye."""
    return number(number_text(exact))


def _mine(look: Look, connection: Connection, span: Window) -> dict[int, dict[str, object]]:
    return look.kept.ask(
        connection, ("readings", span, look.workspace), lambda: counts_by_run(connection, span, look.workspace)
    )
