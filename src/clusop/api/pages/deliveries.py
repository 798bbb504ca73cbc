"""Messages to people: what became of each, which channel is broken, and what an accepted one proves."""

from __future__ import annotations

import json
from contextlib import suppress

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.api.access import require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.shell import look_of, page
from clusop.api.refused import RefusedError
from clusop.reasons import Reason
from clusop.report.scrub import printable
from clusop.service.views.deliveries import (
    DELIVERY_STATES,
    DeliveriesAsked,
    channel_lines,
    deliveries_page,
    one_delivery,
)

__all__ = ["router"]

_CHARS, _BODY_CHARS, _NOT_FOUND = 200, 40_000, 404

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/deliveries")
def show(request: Request) -> HTMLResponse:
    """A page of messages, newest first."""
    look = look_of(request)
    told = {name: asked_text(request, name, _CHARS) for name in ("state", "channel", "before")}
    before = int(told["before"]) if told["before"].isascii() and told["before"].isdecimal() else 0
    asked = DeliveriesAsked(
        state=told["state"] if told["state"] in DELIVERY_STATES else "",
        channel=told["channel"],
        before=min(before, 2**63 - 1),
        visible=look.workspace,
    )
    with look.database.reading() as connection:
        channels = look.kept.ask(
            connection, ("channels", look.workspace), lambda: channel_lines(connection, look.workspace)
        )
        found = deliveries_page(connection, asked, channels)
    return page(
        request,
        "deliveries.html.j2",
        title="Messages",
        refreshes=True,
        found=found,
        asked=asked,
        states=DELIVERY_STATES,
        now_ms=look.now_ms,
    )


@router.get("/deliveries/{delivery_id:int}")
def show_one(request: Request, delivery_id: int) -> HTMLResponse:
    """One message with its very words."""
    look = look_of(request)
    with look.database.reading() as connection:
        found = one_delivery(connection, delivery_id, look.workspace)
    if found is None:
        raise RefusedError(_NOT_FOUND, Reason("no-such-page"))
    return page(
        request,
        "delivery.html.j2",
        title=f"Message {delivery_id}",
        line=found.line,
        body=_indented(found.body),
        facts=printable(json.dumps(found.facts, indent=1, ensure_ascii=False))[:_BODY_CHARS] if found.facts else "",
        now_ms=look.now_ms,
    )


def _indented(body: str) -> str:
    """The message for reading, where it is JSON."""
    with suppress(ValueError):
        body = json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    return printable(body)[:_BODY_CHARS]
