"""Every "no" and every fault as an answer: a sentence and a reason in JSON for programs, a page for people."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from clusop.api.pages.failure import failure_page
from clusop.api.refused import RefusedError
from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.store.away import is_away

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

__all__ = ["answer", "install_errors", "is_for_programs", "refused"]

_FOR_PROGRAMS = ("/v1/", "/api/", "/metrics", "/openapi.json", "/health", "/ready")
_BAD_REQUEST, _NOT_FOUND, _NOT_ALLOWED, _UNPROCESSABLE, _FAULT, _UNAVAILABLE = 400, 404, 405, 422, 500, 503
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_COME_BACK_S = "1"
_MOST_TOLD = 3

_logger = logging.getLogger(__name__)


def is_for_programs(path: str) -> bool:
    """Whether programs ask there, or people."""
    return path.startswith(_FOR_PROGRAMS)


def answer(
    request: Request, status: int, reason: Reason, sentence: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """The answer that says no."""
    told = sentence or reason.sentence
    if is_for_programs(request.url.path):
        return JSONResponse({"sentence": told, "reason": reason.id}, status, dict(headers or {}))
    page = failure_page(request, status, told)
    page.headers.update(headers or {})
    return page


def install_errors(app: FastAPI) -> None:
    """Make ``app`` answer so."""
    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(InputError, _input)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(Exception, _fault)


async def refused(request: Request, error: Exception) -> Response:
    """The answer to who was refused."""
    if not isinstance(error, RefusedError):
        raise error
    request.app.state.refusals.labels(error.reason.id).inc()
    return answer(request, error.status, error.reason, error.sentence, error.headers)


async def _input(request: Request, error: Exception) -> Response:
    return answer(request, _BAD_REQUEST, Reason("bad-request"), str(error))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == _NOT_ALLOWED:
        # The error tells those of the first route at this address; another may take more.
        methods = _methods_at(request)
        reason = Reason("method-not-allowed", f"; it takes {' and '.join(methods)}" if methods else "")
        allow = {"Allow": ", ".join(methods)} if methods else {}
        return answer(request, _NOT_ALLOWED, reason, headers={**(error.headers or {}), **allow})
    reason = Reason("no-such-page" if error.status_code == _NOT_FOUND else "unreadable-request")
    return answer(request, error.status_code, reason, headers=error.headers)


def _methods_at(request: Request) -> list[str]:
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    routes = request.app.routes
    return [name for name, scope in scopes.items() if any(one.matches(scope)[0] is Match.FULL for one in routes)]


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # Where and what; never the value: it may be anything of any length.
    told = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'])[:80]}: {one['msg'][:120]}" for one in error.errors()[:_MOST_TOLD]
    )
    return answer(request, _UNPROCESSABLE, Reason("bad-request"), f"The request cannot be used: {told}.")


async def _gone(request: Request, _error: Exception) -> Response:
    """Whoever asked went away before all of the request was there: nothing was done, nobody reads this, and nothing is wrong."""
    _logger.info("%s %s: the client went away", request.method, request.url.path)
    return Response(status_code=_BAD_REQUEST)


async def _database(request: Request, error: Exception) -> Response:
    """A database that is away comes back, and whoever asked may too; any other fault of it is one of ours."""
    if not is_away(error):
        return await _fault(request, error)
    # One line: while it is away every request says so.
    _logger.warning("%s %s: the database does not answer (%s)", request.method, request.url.path, type(error).__name__)
    request.app.state.refusals.labels("database-away").inc()
    return answer(request, _UNAVAILABLE, Reason("database-away"), headers={"Retry-After": _COME_BACK_S})


async def _fault(request: Request, error: Exception) -> Response:
    _logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return answer(request, _FAULT, Reason("service-error"))
