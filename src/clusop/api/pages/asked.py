"""What a page's address asks for, as text that any database takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request

__all__ = ["asked_start", "asked_text"]

_DIGITS = 9


def asked_text(request: Request, name: str, most_chars: int) -> str:
    """The parameter, cut; ``""`` where it is not there. PostgreSQL refuses a NUL in any text, so none is kept."""
    return request.query_params.get(name, "").replace("\0", "")[:most_chars]


def asked_start(request: Request, total: int, page_size: int) -> int:
    """How many of ``total`` stand before the page that ``from`` asks for. Beyond the end it is the last page: the list may have
    become shorter since the link was made.
    """
    told = request.query_params.get("from", "")
    if not (told.isascii() and told.isdecimal() and len(told) <= _DIGITS):
        return 0
    return min(int(told), max(total - 1, 0) // page_size * page_size)
