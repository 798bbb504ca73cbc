"""Pages that ask before an exclusion is made or ended. Who follows a link sees what would happen; only a button does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from clusop.api.access import CSRF_FIELD, Caller, csrf_token, require
from clusop.api.pages.asked import asked_text
from clusop.api.pages.links import Links
from clusop.api.pages.shell import exclusions_of, look_of, page
from clusop.api.refused import RefusedError
from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.problems.exclusion_changes import Removal, add_exclusion, remove_exclusion
from clusop.service.problems.exclusions import EXCLUSION_FIELDS, Exclusion, checked
from clusop.service.told_text import cleaned
from clusop.service.views.days import MS_PER_DAY
from clusop.service.views.exclusions import NamedExclusion, covered
from clusop.service.views.problems import lines_of
from clusop.service.views.visible import ALL_WORKSPACES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.api.pages.shell import Look
    from clusop.service.views.problem_line import ProblemLine

__all__ = ["EXCLUDE_DAYS", "EndForm", "ExcludeForm", "router"]

EXCLUDE_DAYS = (7, 30, 90, 365)
_FOR_EVER = ""
_CHARS = 300
_SHOWN = 10
_OK, _SEE_OTHER, _BAD_REQUEST, _NOT_FOUND, _CONFLICT = 200, 303, 400, 404, 409
_PREVIEW = "preview"
_ASKED = ("field", "tag_key", "pattern", "workspace")

router = APIRouter(default_response_class=HTMLResponse)


class ExcludeForm(BaseModel):
    """What the form's fields carry. ``days`` is how long it holds, ``""`` until it is ended."""

    field: str = ""
    tag_key: str = ""
    pattern: str = ""
    workspace: str = ""
    reason: str = ""
    days: str = _FOR_EVER


class EndForm(BaseModel):
    """``seen_at_ms`` is when the exclusion that the page showed was made."""

    reason: str = ""
    seen_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why nothing was done, the HTTP status that says so, and what was typed, which is not lost."""

    sentence: str
    status: int
    told: str = ""


@dataclass(frozen=True, slots=True)
class _Preview:
    """What an exclusion would cover: how many problems, and the newest of them."""

    count: int
    first: tuple[ProblemLine, ...]


@router.get("/exclusions/new", dependencies=[Depends(require("read"))])
def ask_new(request: Request) -> HTMLResponse:
    """The form; with a pattern in its address also what that would cover. Looking at it changes nothing."""
    told = {name: asked_text(request, name, _CHARS) for name in _ASKED}
    return _new_form(request, ExcludeForm(**told))


@router.post("/exclusions/new", response_class=Response)
def make(
    request: Request, caller: Annotated[Caller, Depends(require("admin"))], form: Annotated[ExcludeForm, Form()]
) -> Response:
    """Exclude, then show the list. A caller bound to a workspace excludes there only."""
    look = look_of(request)
    if form.days not in {_FOR_EVER, *(str(days) for days in EXCLUDE_DAYS)}:
        return _new_form(request, form, _Fault("Choose for how long.", _BAD_REQUEST))
    wanted = Exclusion(
        field=form.field,
        tag_key=form.tag_key,
        pattern=form.pattern,
        workspace=_workspace(form, caller.workspace),
        reason=form.reason,
        until_at_ms=look.now_ms + int(form.days) * MS_PER_DAY if form.days else None,
    )
    try:
        made = look.database.write(
            lambda connection: add_exclusion(connection, wanted, caller.actor, look.now_ms, bound_to=caller.workspace)
        )
    except InputError as error:
        return _new_form(request, form, _fault_of(error))
    if isinstance(made, Reason):
        return _new_form(request, form, _Fault(made.sentence, _CONFLICT))
    return RedirectResponse(Links.of(request)("/exclusions", done="add"), _SEE_OTHER)


@router.get("/exclusions/{exclusion_id:int}/end", dependencies=[Depends(require("read"))])
def ask_end(request: Request, exclusion_id: int) -> HTMLResponse:
    """The form. Looking at it changes nothing."""
    return _end_form(request, exclusion_id)


@router.post("/exclusions/{exclusion_id:int}/end", response_class=Response)
def end(
    request: Request,
    exclusion_id: int,
    caller: Annotated[Caller, Depends(require("admin"))],
    form: Annotated[EndForm, Form()],
) -> Response:
    """End it, then show the list."""
    look = look_of(request)
    with look.database.reading() as connection:
        _found(look, connection, exclusion_id)
    wanted = Removal(exclusion_id, form.reason, caller.workspace, form.seen_at_ms)
    try:
        refused = look.database.write(
            lambda connection: remove_exclusion(connection, wanted, caller.actor, look.now_ms)
        )
    except InputError as error:
        return _end_form(request, exclusion_id, _fault_of(error, form.reason))
    if refused is not None:
        raise RefusedError(_NOT_FOUND, refused)
    return RedirectResponse(Links.of(request)("/exclusions", done="end"), _SEE_OTHER)


def _new_form(request: Request, form: ExcludeForm, fault: _Fault | None = None) -> HTMLResponse:
    look = look_of(request)
    preview: _Preview | None = None
    if form.pattern:
        try:
            preview = _preview(request, form)
        except InputError as error:
            fault = fault or _fault_of(error)
    return page(
        request,
        "exclude.html.j2",
        title="Exclude",
        status=fault.status if fault else _OK,
        form=form,
        fields=EXCLUSION_FIELDS,
        bound_to="" if look.workspace == ALL_WORKSPACES else look.workspace,
        preview=preview,
        may_change=look.may_change,
        csrf_field=CSRF_FIELD,
        csrf=csrf_token(request),
        days=EXCLUDE_DAYS,
        now_ms=look.now_ms,
        day_ms=MS_PER_DAY,
        fault=fault.sentence if fault else "",
    )


def _preview(request: Request, form: ExcludeForm) -> _Preview:
    """Raises ``InputError`` for what cannot be used."""
    look = look_of(request)
    wanted = Exclusion(
        field=cleaned(form.field),
        tag_key=cleaned(form.tag_key),
        pattern=cleaned(form.pattern),
        workspace=_workspace(form, look.workspace),
    )
    one = NamedExclusion(_PREVIEW, checked(wanted, "exclusion"))
    with look.database.reading() as connection:
        ids = covered(connection, (one,), look.workspace)[_PREVIEW]
        first = lines_of(connection, sorted(ids, reverse=True)[:_SHOWN])
    return _Preview(len(ids), tuple(first.values()))


def _workspace(form: ExcludeForm, visible: str) -> str:
    """Who is bound to a workspace excludes there only."""
    return visible if visible != ALL_WORKSPACES else form.workspace or ALL_WORKSPACES


def _fault_of(error: InputError, told: str = "") -> _Fault:
    return _Fault(f"{error.what[:1].upper()}{error.what[1:]}. {error.remedy}", _BAD_REQUEST, told)


def _found(look: Look, connection: Connection, exclusion_id: int) -> NamedExclusion:
    """The exclusion that people made, or the refusal that says there is none that the caller may see."""
    for one in exclusions_of(look, connection):
        if one.exclusion.exclusion_id == exclusion_id:
            return one
    raise RefusedError(_NOT_FOUND, Reason("unknown-exclusion"))


def _end_form(request: Request, exclusion_id: int, fault: _Fault | None = None) -> HTMLResponse:
    look = look_of(request)
    with look.database.reading() as connection:
        found = _found(look, connection, exclusion_id)
        ids = covered(connection, (found,), look.workspace)[found.name]
    return page(
        request,
        "exclusion_end.html.j2",
        title=f"End exclusion {exclusion_id}",
        status=fault.status if fault else _OK,
        one=found.exclusion,
        name=found.name,
        problem_count=len(ids),
        may_change=look.may_change,
        may_end=look.workspace in {ALL_WORKSPACES, found.exclusion.workspace},
        csrf_field=CSRF_FIELD,
        csrf=csrf_token(request),
        now_ms=look.now_ms,
        fault=fault.sentence if fault else "",
        told=fault.told if fault else "",
    )
