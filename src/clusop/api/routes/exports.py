"""``/v1/export``: all problems that match, as CSV for spreadsheets and as JSON: of one state, read in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from clusop.api.routes.asked import Filters, Reading, database_of
from clusop.api.routes.problem_answers import problem_answer
from clusop.api.routes.refusals import refusals
from clusop.api.routes.set_aside import set_aside
from clusop.service.problems.csv_cells import csv_lines
from clusop.service.problems.listing import SUM_NAMES, each_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, RowMapping

    from clusop.service.problems.listing import ProblemQuery

__all__ = ["COLUMNS", "router"]

COLUMNS = (
    "id", "workspace", "signature", "workload", "task_key", "cause", "family", "occurrence", "engine", "verdict", "action",
    "state", "state_until_at_ms", "state_by", "state_reason", "owner", "owner_source", "team", "team_source", "cluster",
    "compute", "dbr", "tags", "first_seen_at_ms", "last_seen_at_ms", *SUM_NAMES,
    "causes", "operators", "is_upper_bound",
)  # fmt: skip
"""The columns of the CSV; new ones are added at the end."""

router = APIRouter(tags=["exports"])


@router.get(
    "/v1/export/problems.csv",
    summary="All problems as CSV",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "RFC 4180. Text that a spreadsheet could run has an apostrophe in front.",
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": "id,workspace,signature\r\n17,42,01ab\r\n"}
            },
        },
        **refusals(),
    },
)
def as_csv(request: Request, caller: Reading, asked: Annotated[Filters, Query()]) -> StreamingResponse:
    """All problems that match, with the sums of all that was ever seen. Money is micro-USD."""
    with database_of(request).reading() as connection:
        lines = set_aside(_csv(connection, asked.query(caller.workspace)))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=_named("clusop-problems.csv"))


@router.get(
    "/v1/export/problems.json",
    summary="All problems as JSON",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A list of problems.",
            "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}, "example": []}},
        },
        **refusals(),
    },
)
def as_json(request: Request, caller: Reading, asked: Annotated[Filters, Query()]) -> StreamingResponse:
    """All problems that match, as the list shows them."""
    with database_of(request).reading() as connection:
        parts = set_aside(_json(connection, asked.query(caller.workspace)))
    return StreamingResponse(parts, media_type="application/json", headers=_named("clusop-problems.json"))


def _csv(connection: Connection, query: ProblemQuery) -> Iterator[str]:
    yield csv_lines([COLUMNS])
    for rows in _steps(connection, query):
        yield csv_lines([row[name] for name in COLUMNS] for row in rows)


def _json(connection: Connection, query: ProblemQuery) -> Iterator[str]:
    yield "["
    separator = ""
    for rows in _steps(connection, query):
        for row in rows:
            yield separator + problem_answer(row, None).model_dump_json()
            separator = ",\n"
    yield "]"


def _steps(connection: Connection, query: ProblemQuery) -> Iterator[Sequence[RowMapping]]:
    after_id = 0
    while True:
        rows = each_step(connection, query, after_id)
        if not rows:
            return
        yield rows
        after_id = rows[-1]["id"]


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
