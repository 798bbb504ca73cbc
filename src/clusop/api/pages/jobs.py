"""Jobs: what each workload burned off the engine, and one of them with its tasks, its problems and the compute it ran on."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_start, asked_text
from clusop.api.pages.figures import saving_of
from clusop.api.pages.known_jobs import JOB_DAYS, known_jobs
from clusop.api.pages.shell import look_of, page, recent_of
from clusop.api.pages.words import workload_words
from clusop.api.refused import RefusedError
from clusop.reasons import Reason
from clusop.service.views.days import window
from clusop.service.views.job import one_job
from clusop.service.views.jobs import JobsAsked, chosen_jobs

__all__ = ["router"]

_CHARS, _NOT_FOUND, _PAGE = 200, 404, 50

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/jobs")
def show(request: Request) -> HTMLResponse:
    """A page of the list."""
    look = look_of(request)
    search = asked_text(request, "q", _CHARS)
    with look.database.reading() as connection:
        known = known_jobs(look, connection)
    lines = chosen_jobs(known, JobsAsked(search=search))
    first = asked_start(request, len(lines), _PAGE)
    return page(
        request,
        "jobs.html.j2",
        title="Jobs",
        known=bool(known),
        lines=lines[first : first + _PAGE],
        first=first,
        total=len(lines),
        next_from=first + _PAGE if first + _PAGE < len(lines) else 0,
        search=search,
        span_days=JOB_DAYS,
        now_ms=look.now_ms,
    )


@router.get("/jobs/one")
def show_one(request: Request) -> HTMLResponse:
    """One job. Its name stands in the query: it is no part of a path."""
    look = look_of(request)
    workspace = asked_text(request, "workspace", _CHARS)
    workload = asked_text(request, "workload", _CHARS)
    found = None
    if look.workspace in {"*", workspace}:
        with look.database.reading() as connection:
            found = one_job(connection, workspace, workload, recent_of(look, connection, window(look.now_ms, JOB_DAYS)))
    if found is None:
        raise RefusedError(_NOT_FOUND, Reason("no-such-page"))
    return page(
        request,
        "job.html.j2",
        title=workload_words(workload).capitalize(),
        job=found,
        line=found.line,
        savings={one.compute: saving_of(one.decision) for one in found.computes},
        span_days=JOB_DAYS,
        now_ms=look.now_ms,
    )
