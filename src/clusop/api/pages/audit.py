"""The audit, for administrators: who did what, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.shell import look_of, page
from clusop.api.pages.template_words import day_and_time
from clusop.service.views.audit import AuditAsked, audit_page
from clusop.service.views.visible import ALL_WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["router"]

_CHARS = 200
_MOST_ID = 2**63 - 1

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("admin"))])


@router.get("/audit")
def show(request: Request) -> HTMLResponse:
    """A page of lines, newest first."""
    look = look_of(request)
    told = {name: asked_text(request, name, _CHARS) for name in ("problem", "actor", "before")}
    asked = AuditAsked(
        problem_id=_number(told["problem"]),
        actor=told["actor"],
        before=_number(told["before"]),
        visible=look.workspace,
    )
    with look.database.reading() as connection:
        found = audit_page(connection, asked)
    kept = {"problem": asked.problem_id or "", "actor": asked.actor}
    return page(
        request,
        "audit.html.j2",
        title="Audit",
        found=found,
        asked=asked,
        kept=kept,
        is_of_one=look.workspace != ALL_WORKSPACES,
        details={line.id: _detail_words(line.detail) for line in found.lines},
    )


def _number(told: str) -> int:
    return min(int(told), _MOST_ID) if told.isascii() and told.isdecimal() else 0


def _detail_words(detail: Mapping[str, object]) -> str:
    """``from open, to snoozed, until 2026-12-01 09:00``: what a line keeps besides its reason."""
    return ", ".join(
        f"{name.removesuffix('_at_ms').replace('_', ' ')} {_value_words(name, value)}"
        for name, value in detail.items()
        if value is not None and value != ""
    )


def _value_words(name: str, value: object) -> str:
    if name.endswith("_at_ms") and isinstance(value, int):
        return day_and_time(value)
    if isinstance(value, list):
        return " / ".join(str(one) or "–" for one in value)
    return str(value)
