"""Who may: every route but the two of health asks :func:`require`, which lets nobody through without a token or a name.

A program sends ``Authorization: Bearer``. A browser uses HTTP Basic with the token as password, or comes through a trusted
proxy that names the person; both are sent along by a browser whoever wrote the page, so what changes anything also needs the
form's confirmation (:func:`csrf_token`). A token of ours speaks for its request whomever a proxy names beside it: a program
behind the same proxy stays that program.
"""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from clusop.api.refused import RefusedError
from clusop.reasons import Reason
from clusop.service.callers import Caller, Callers, TooManyWrongError
from clusop.service.tokens import is_meant_as_token

__all__ = ["CSRF_FIELD", "CSRF_HEADER", "Caller", "caller_of", "confirmed", "csrf_token", "require"]

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-Clusop-Confirmed"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_TOO_MANY = 429


def require(scope: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the caller, who has ``scope``; anybody else is refused with 401, 403 or 429."""

    async def allowed(request: Request) -> Caller:
        caller = await caller_of(request)
        request.state.caller = caller
        if scope not in caller.scopes:
            raise RefusedError(_FORBIDDEN, Reason("wrong-scope"))
        callers: Callers = request.app.state.callers
        if wait_s := callers.spend(caller):
            raise RefusedError(_TOO_MANY, Reason("rate-exceeded"), headers={"Retry-After": str(wait_s)})
        # Here, and not left to each route: a route that forgets is a hole.
        if request.method not in _SAFE and caller.way != "bearer":
            await confirmed(request)
        return caller

    return allowed


def csrf_token(request: Request) -> str:
    """What a form for this caller carries in its field ``csrf``."""
    caller: Caller = request.state.caller
    secret: bytes = request.app.state.secret
    return hmac.new(secret, f"csrf:{caller.key}".encode(), hashlib.sha256).hexdigest()


async def confirmed(request: Request) -> None:
    """A dependency: the form is one we made for this caller. Comes after :func:`require`."""
    told = request.headers.get(CSRF_HEADER, "")
    if not told and "form" in request.headers.get("content-type", ""):
        field = (await request.form()).get(CSRF_FIELD, "")
        told = field if isinstance(field, str) else ""
    if not hmac.compare_digest(told.encode("utf-8", "replace"), csrf_token(request).encode()):
        raise RefusedError(_FORBIDDEN, Reason("not-confirmed"))


async def caller_of(request: Request) -> Caller:
    """Who asks, by the headers alone. Raises ``RefusedError``: 401, and 429 where too many tokens from there were wrong."""
    callers: Callers = request.app.state.callers
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    told = told.strip()
    if scheme.lower() == "basic":
        told = _password(told)
    elif scheme.lower() != "bearer":
        told = ""
    # A proxy may pass on what it signed the person in with, which is no token of ours.
    if not is_meant_as_token(told) and (person := _person_of(request, callers)) is not None:
        return person
    found: Caller | Reason = Reason("no-token")
    if told:
        is_remembered, token = callers.remembered(told)
        if not is_remembered:
            peer = request.client.host if request.client is not None else ""
            # A proxy that adds a header of its own instead of to the one that came: the last is its own.
            forwarded = ",".join(request.headers.getlist("x-forwarded-for")[-1:])
            try:
                token = await run_in_threadpool(callers.look_up, told, callers.asker_of(peer, forwarded))
            except TooManyWrongError as error:
                headers = {"Retry-After": str(error.wait_s)}
                raise RefusedError(_TOO_MANY, Reason("too-many-wrong-tokens"), headers=headers) from None
        found = callers.by_token(token, "basic" if scheme.lower() == "basic" else "bearer")
    if isinstance(found, Reason):
        raise RefusedError(_UNAUTHORIZED, found, headers={"WWW-Authenticate": 'Basic realm="clusop", charset="UTF-8"'})
    return found


def _person_of(request: Request, callers: Callers) -> Caller | None:
    if not callers.proxy_header or request.client is None:
        return None
    names = request.headers.getlist(callers.proxy_header)
    # Two: the proxy added its own to one that a stranger had sent, and nobody can tell which is which.
    return callers.by_proxy(request.client.host, names[0].strip()) if len(names) == 1 else None


def _password(told: str) -> str:
    try:
        return base64.b64decode(told, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""
