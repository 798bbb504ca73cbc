"""The page that says no: what went wrong, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.api.pages.shell import page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

__all__ = ["failure_page"]

_TITLES = {
    400: "That cannot be used",
    401: "A token is needed",
    403: "Not allowed",
    404: "There is nothing here",
    405: "That is not done here",
    409: "Somebody was quicker",
    422: "That cannot be used",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not now",
}


def failure_page(request: Request, status: int, sentence: str) -> HTMLResponse:
    """The page for people who get ``status``. It reads no database: that may be what is wrong."""
    return page(
        request,
        "failure.html.j2",
        title=_TITLES.get(status, "That did not work"),
        status=status,
        status_code=status,
        sentence=sentence,
    )
