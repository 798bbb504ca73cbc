"""A request's body, read no further than it may be long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.api.refused import RefusedError
from clusop.reasons import Reason

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["read_body"]

_TOO_LARGE = 413


async def read_body(request: Request, most_bytes: int) -> bytes:
    """All of it. Raises ``RefusedError`` beyond ``most_bytes``."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > most_bytes:
        raise _too_large(most_bytes)
    parts: list[bytes] = []
    count = 0
    async for part in request.stream():
        count += len(part)
        if count > most_bytes:
            raise _too_large(most_bytes)
        parts.append(part)
    return b"".join(parts)


def _too_large(most_bytes: int) -> RefusedError:
    return RefusedError(_TOO_LARGE, Reason("body-too-large"), f"The body has more than {most_bytes} bytes.")
