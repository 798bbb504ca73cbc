"""Every route of the service, and of these the pages: lists of pages in tests are held against what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from clusop.api.pages import router

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["forgotten_pages", "plain_pages", "routes_of"]


def routes_of(among: Any) -> Iterator[APIRoute]:  # Any: an application, a router, or one within another
    """Every route, those of routers within routers too."""
    for one in among.routes:
        if isinstance(one, APIRoute):
            yield one
        else:
            assert hasattr(one, "routes") or hasattr(one, "original_router"), f"what is {one!r}?"
            yield from routes_of(getattr(one, "original_router", one))


def _pages() -> list[APIRoute]:
    found = [one for one in routes_of(router) if "GET" in one.methods and one.response_class is HTMLResponse]
    assert len(found) > 15
    return found


def plain_pages() -> list[str]:
    """The pages whose address has no hole to fill."""
    return sorted(one.path for one in _pages() if "{" not in one.path)


def forgotten_pages(asked: Iterable[str]) -> list[str]:
    """Pages that none of these addresses asks for."""
    paths = [address.partition("?")[0] for address in asked]
    taken = set()
    for path in paths:
        # As the application does: the first route that fits.
        taken.add(next((one.path for one in _pages() if one.path_regex.match(path)), ""))
    return sorted({one.path for one in _pages()} - taken)
