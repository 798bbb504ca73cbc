"""Pages that ask before a problem's state changes: who follows a link sees a form; only its button does anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from clusop.api.access import CSRF_FIELD, Caller, csrf_token, require
from clusop.api.pages.links import Links
from clusop.api.pages.problem import found_problem
from clusop.api.pages.shell import look_of, page
from clusop.api.refused import RefusedError
from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.problems.lifecycle import change
from clusop.service.problems.states import CHANGES, Change, ChangeKind, allowed
from clusop.service.views.days import MS_PER_DAY

__all__ = ["SNOOZE_DAYS", "ChangeForm", "router"]

SNOOZE_DAYS = (1, 7, 30, 90)
_OK, _SEE_OTHER, _BAD_REQUEST, _CONFLICT, _NOT_FOUND = 200, 303, 400, 409, 404

router = APIRouter(default_response_class=HTMLResponse)


class ChangeForm(BaseModel):
    """What the form's fields carry. ``seen_*`` are of the problem as the page showed it; ``days`` is how long to snooze."""

    reason: str = ""
    seen_state: str = ""
    seen_since_at_ms: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why nothing was done, the HTTP status that says so, and the reason that was typed, which is not lost."""

    sentence: str
    told: str
    status: int


@router.get("/problems/{problem_id:int}/{kind}", dependencies=[Depends(require("read"))])
def ask(request: Request, problem_id: int, kind: str) -> HTMLResponse:
    """The form. Looking at it changes nothing."""
    return _form(request, problem_id, _kind(kind))


@router.post("/problems/{problem_id:int}/{kind}", response_class=Response)
def do(
    request: Request,
    problem_id: int,
    kind: str,
    caller: Annotated[Caller, Depends(require("admin"))],
    form: Annotated[ChangeForm, Form()],
) -> Response:
    """Do what the form says, then show the problem."""
    wanted = _kind(kind)
    look = look_of(request)
    found_problem(request, problem_id)
    until_at_ms = None
    if wanted == "snooze":
        if form.days not in SNOOZE_DAYS:
            return _form(request, problem_id, wanted, _Fault("Choose for how long.", form.reason, _BAD_REQUEST))
        until_at_ms = look.now_ms + form.days * MS_PER_DAY
    asked = Change(wanted, form.reason, form.seen_state, form.seen_since_at_ms, until_at_ms)
    try:
        refused = look.database.write(
            lambda connection: change(connection, problem_id, asked, caller.actor, look.now_ms)
        )
    except InputError as error:
        fault = _Fault(f"{error.what}. {error.remedy}", form.reason, _BAD_REQUEST)
        return _form(request, problem_id, wanted, fault)
    if refused is not None:
        return _form(request, problem_id, wanted, _Fault(refused.sentence, form.reason, _CONFLICT))
    return RedirectResponse(Links.of(request)(f"/problems/{problem_id}", done=wanted), _SEE_OTHER)


def _kind(told: str) -> ChangeKind:
    for kind in CHANGES:
        if kind == told:
            return kind
    raise RefusedError(_NOT_FOUND, Reason("no-such-page"))


def _form(request: Request, problem_id: int, kind: ChangeKind, fault: _Fault | None = None) -> HTMLResponse:
    look = look_of(request)
    found = found_problem(request, problem_id)
    return page(
        request,
        "confirm.html.j2",
        title=f"{kind} problem {problem_id}",
        status=fault.status if fault else _OK,
        problem=found,
        line=found.line,
        kind=kind,
        is_possible=kind in allowed(found.line.state),
        may_change=look.may_change,
        csrf_field=CSRF_FIELD,
        csrf=csrf_token(request),
        snooze_days=SNOOZE_DAYS,
        now_ms=look.now_ms,
        day_ms=MS_PER_DAY,
        fault=fault.sentence if fault else "",
        told=fault.told if fault else "",
    )
