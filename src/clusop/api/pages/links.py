"""Addresses of our own pages, below the path a proxy serves us at."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Links"]

_MOST_CHARS = 200
"""As much as a page reads of one value."""


class Links:
    """``links("/problems", state="open")``; what is ``None`` or ``""`` is left out of the query."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")

    @classmethod
    def of(cls, request: Request) -> Links:
        """Those of the application that answers ``request``."""
        return cls(str(request.scope.get("root_path", "")))

    def __call__(self, path: str, **query: object) -> str:
        """The address of ``path``, its parts already safe."""
        kept = {name: str(value)[:_MOST_CHARS] for name, value in query.items() if value is not None and value != ""}
        return f"{self._root}{path}{'?' + urlencode(kept, quote_via=quote) if kept else ''}"
