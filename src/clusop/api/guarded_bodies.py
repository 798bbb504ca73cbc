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
        given = False

        async def told() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, told, send)


async def _read(request: Request, receive: Receive) -> bytes:
    """The whole body. Raises ``RefusedError`` for a large one."""
    length = request.headers.get("content-length", "")
    parts: list[bytes] = []
    count = int(length[:20]) if length.isdecimal() else 0
    more = True
    while more and count <= MOST_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        count = max(count, sum(map(len, parts)))
        more = message.get("more_body", False)
    if count > MOST_BYTES:
        raise RefusedError(_TOO_LARGE, Reason("body-too-large"), f"The body has more than {MOST_BYTES} bytes.")
    return b"".join(parts)
