"""All exclusions in force: whose, since when, why, and what each covers; those of the settings are only shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.shell import exclusions_of, look_of, page
from clusop.service.views.exclusions import covered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from clusop.api.pages.shell import Look
    from clusop.service.views.exclusions import NamedExclusion

__all__ = ["covered_by_each", "router"]

_DONE = {"add": "The exclusion stands below", "end": "The exclusion has ended"}

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


def covered_by_each(
    look: Look, connection: Connection, exclusions: tuple[NamedExclusion, ...]
) -> Mapping[str, frozenset[int]]:
    """The ids of the problems, not resolved, that each covers, by its name; kept while nothing changed."""
    return look.kept.ask(
        connection,
        ("covered", exclusions, look.workspace),
        lambda: covered(connection, exclusions, look.workspace),
    )


@router.get("/exclusions")
def show(request: Request) -> HTMLResponse:
    """The list."""
    look = look_of(request)
    with look.database.reading() as connection:
        exclusions = exclusions_of(look, connection)
        found = covered_by_each(look, connection, exclusions)
    return page(
        request,
        "exclusions.html.j2",
        title="Exclusions",
        exclusions=exclusions,
        counts={name: len(ids) for name, ids in found.items()},
        problem_count=len(frozenset().union(*found.values())),
        may_change=look.may_change,
        workspace=look.workspace,
        done=_DONE.get(request.query_params.get("done", ""), ""),
        now_ms=look.now_ms,
    )
