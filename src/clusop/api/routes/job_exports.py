"""``/v1/export/jobs``: all jobs that match, as CSV for spreadsheets and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import StreamingResponse

from clusop.api.access import require
from clusop.api.routes.jobs import JOB_EXAMPLE, JobFilters, asked_jobs, job_answer
from clusop.api.routes.refusals import refusals
from clusop.api.routes.set_aside import set_aside
from clusop.service.problems.csv_cells import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clusop.service.views.jobs import JobLine

__all__ = ["JOB_COLUMNS", "router"]

_MONEY = tuple(f"{name}_{end}_microusd" for name in ("exposure", "avoidable", "capacity") for end in ("low", "high"))
_UNPRICED = ("exposure_unpriced_runs", "avoidable_unpriced_runs")
JOB_COLUMNS = (
    "workspace", "workload", "tasks", "problems", "teams", "owners", "runs_low", "runs_high", "run_ms_low", "run_ms_high",
    "island_ms", "is_upper_bound", *_MONEY, *_UNPRICED, "last_seen_at_ms",
)  # fmt: skip
"""The columns of the CSV; new ones are added at the end."""

router = APIRouter(tags=["exports"], dependencies=[Depends(require("read"))])


@router.get(
    "/v1/export/jobs.csv",
    summary="All jobs as CSV",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "RFC 4180. Text that a spreadsheet could run has an apostrophe in front.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": f"{','.join(JOB_COLUMNS)}\r\n"}},
        },
        **refusals(),
    },
)
def as_csv(request: Request, asked: Annotated[JobFilters, Query()]) -> StreamingResponse:
    """All jobs that match, with the sums of the last 30 days. Money is micro-USD; teams and owners are JSON."""
    lines = set_aside(_csv(asked_jobs(request, asked)))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=_named("clusop-jobs.csv"))


@router.get(
    "/v1/export/jobs.json",
    summary="All jobs as JSON",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A list of jobs.",
            "content": {
                "application/json": {
                    "schema": {"type": "array", "items": {"type": "object"}},
                    "example": [JOB_EXAMPLE],
                }
            },
        },
        **refusals(),
    },
)
def as_json(request: Request, asked: Annotated[JobFilters, Query()]) -> StreamingResponse:
    """All jobs that match, as the list shows them."""
    parts = set_aside(_json(asked_jobs(request, asked)))
    return StreamingResponse(parts, media_type="application/json", headers=_named("clusop-jobs.json"))


def _csv(found: Sequence[JobLine]) -> Iterator[str]:
    yield csv_lines([JOB_COLUMNS])
    for line in found:
        yield csv_lines([_row(line)])


def _row(line: JobLine) -> list[object]:
    work, sums = line.recent, line.recent.sums
    return [
        line.workspace,
        line.workload,
        line.task_count,
        line.problem_count,
        json.dumps(line.teams, ensure_ascii=False),
        json.dumps(line.owners, ensure_ascii=False),
        work.least_runs,
        sums.run_count,
        work.least_run_ms,
        sums.run_ms,
        sums.island_ms,
        work.is_upper_bound,
        *(getattr(sums, name) for name in (*_MONEY, *_UNPRICED)),
        line.last_seen_at_ms,
    ]


def _json(found: Sequence[JobLine]) -> Iterator[str]:
    yield "["
    separator = ""
    for line in found:
        yield separator + job_answer(line).model_dump_json()
        separator = ",\n"
    yield "]"


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
