"""What a page's address asks for, as text that any database takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request

__all__ = ["asked_text"]


def asked_text(request: Request, name: str, most_chars: int) -> str:
    """The parameter, cut; ``""`` where it is not there. PostgreSQL refuses a NUL in any text, so none is kept."""
    return request.query_params.get(name, "").replace("\0", "")[:most_chars]
