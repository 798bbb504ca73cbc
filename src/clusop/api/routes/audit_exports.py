"""``/v1/export/audit``: all lines of the audit that match, as CSV and as JSON: of one state, read in steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from clusop.api.routes.asked import Changing, database_of
from clusop.api.routes.refusals import refusals
from clusop.api.routes.set_aside import set_aside
from clusop.service.problems.csv_cells import csv_lines
from clusop.service.told_text import plain
from clusop.service.views.audit import AUDIT_COLUMNS, AuditAsked, audit_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from clusop.service.views.audit import AuditEntry

__all__ = ["AuditFilters", "router"]

_MOST_ID = 2**63 - 1
_EXAMPLE = {
    "id": 3, "at_ms": 1790000000000, "actor": "ana@example.com", "actor_kind": "person", "action": "problem.snooze",
    "target": "problem:17", "reason": "Waits for the new table layout.", "detail": {"from": "open", "to": "snoozed"},
}  # fmt: skip

router = APIRouter(tags=["exports"])


class AuditFilters(BaseModel):
    """Which lines. What is left out asks for any."""

    model_config = ConfigDict(extra="forbid")

    problem: int | None = Field(None, ge=1, le=_MOST_ID)
    actor: str = Field("", max_length=200, description="The whole name of a person or a token, or clusop.")

    def query(self, visible: str) -> AuditAsked:
        """As the view wants it; ``visible`` is the caller's workspace."""
        return AuditAsked(problem_id=self.problem or 0, actor=plain(self.actor, "actor"), visible=visible)


@router.get(
    "/v1/export/audit.csv",
    summary="The audit as CSV",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "RFC 4180, oldest first. Text that a spreadsheet could run has an apostrophe in front.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": f"{','.join(AUDIT_COLUMNS)}\r\n"}},
        },
        **refusals(),
    },
)
def as_csv(request: Request, caller: Changing, asked: Annotated[AuditFilters, Query()]) -> StreamingResponse:
    """Who did what, when and why. `detail` is JSON."""
    with database_of(request).reading() as connection:
        lines = set_aside(_csv(connection, asked.query(caller.workspace)))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=_named("clusop-audit.csv"))


@router.get(
    "/v1/export/audit.json",
    summary="The audit as JSON",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A list of lines, oldest first.",
            "content": {
                "application/json": {"schema": {"type": "array", "items": {"type": "object"}}, "example": [_EXAMPLE]}
            },
        },
        **refusals(),
    },
)
def as_json(request: Request, caller: Changing, asked: Annotated[AuditFilters, Query()]) -> StreamingResponse:
    """Who did what, when and why."""
    with database_of(request).reading() as connection:
        parts = set_aside(_json(connection, asked.query(caller.workspace)))
    return StreamingResponse(parts, media_type="application/json", headers=_named("clusop-audit.json"))


def _csv(connection: Connection, asked: AuditAsked) -> Iterator[str]:
    yield csv_lines([AUDIT_COLUMNS])
    for entries in _steps(connection, asked):
        yield csv_lines(
            [json.dumps(dict(one.detail)) if name == "detail" else getattr(one, name) for name in AUDIT_COLUMNS]
            for one in entries
        )


def _json(connection: Connection, asked: AuditAsked) -> Iterator[str]:
    yield "["
    separator = ""
    for entries in _steps(connection, asked):
        for one in entries:
            told = {name: getattr(one, name) for name in AUDIT_COLUMNS}
            yield separator + json.dumps(told | {"detail": dict(one.detail)})
            separator = ",\n"
    yield "]"


def _steps(connection: Connection, asked: AuditAsked) -> Iterator[Sequence[AuditEntry]]:
    after_id = 0
    while True:
        entries = audit_step(connection, asked, after_id)
        if not entries:
            return
        yield entries
        after_id = entries[-1].id


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
