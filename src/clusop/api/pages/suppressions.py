"""What is held back: snoozed and acknowledged problems, exclusions, and every decision not to send, with its reason."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.exclusions import covered_by_each
from clusop.api.pages.shell import exclusions_of, look_of, page
from clusop.service.views.suppressions import suppressions

__all__ = ["router"]

_CHARS = 100

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/suppressions")
def show(request: Request) -> HTMLResponse:
    """All that is held back."""
    look = look_of(request)
    reason = asked_text(request, "reason", _CHARS)
    with look.database.reading() as connection:
        found = suppressions(connection, reason, look.workspace)
        exclusions = exclusions_of(look, connection)
        covered = covered_by_each(look, connection, exclusions)
    return page(
        request,
        "suppressions.html.j2",
        title="Held back",
        found=found,
        exclusion_count=len(exclusions),
        excluded_count=len(frozenset().union(*covered.values())),
        reason=reason,
        now_ms=look.now_ms,
    )
