"""Nobody is listened to before it is known who speaks: a layer that decides by the headers, before any byte of a body is read.

The framework reads and parses a form or a document before it asks who sent it. Records are read by their own route, after the
same question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from clusop.api.access import caller_of
from clusop.api.errors import refused
from clusop.api.refused import RefusedError
from clusop.reasons import Reason

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["MOST_BYTES", "GuardedBodies"]

MOST_BYTES = 65_536
"""Of a form or a document: a reason of some lines, a filter, a name."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_READS_ITS_OWN = "/v1/signals"
_TOO_LARGE = 413


class GuardedBodies:
    """A layer around the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 413."""
        if scope["type"] != "http" or scope["method"] in _SAFE or scope["path"] == _READS_ITS_OWN:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            await caller_of(request)
            body = await _read(request, receive)
        except RefusedError as error:
            await (await refused(request, error))(scope, receive, send)
            return
        if body is None:
            # Half a form is somebody's wish cut short, which may be another wish.
            return
        given = False

        async def told() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, told, send)


async def _read(request: Request, receive: Receive) -> bytes | None:
    """The whole body; ``None`` where its sender went away before the end. Raises ``RefusedError`` for a large one."""
    told = request.headers.get("content-length", "")
    is_large = told.isdecimal() and int(told[:20]) > MOST_BYTES
    body = bytearray()
    more = True
    while more and not is_large:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        is_large = len(body) > MOST_BYTES
        more = message.get("more_body", False)
    if is_large:
        raise RefusedError(_TOO_LARGE, Reason("body-too-large"), f"The body has more than {MOST_BYTES} bytes.")
    return bytes(body)
