"""What people do to a problem: acknowledge, snooze, resolve, reopen, and say whose it is. Each with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from clusop.api.routes.asked import Changing, Id, database_of, now_ms_of
from clusop.api.routes.problem_answers import Problem, problem_answer
from clusop.api.routes.refusals import refusals, refused
from clusop.reasons import Reason
from clusop.service.problems.lifecycle import change, is_visible
from clusop.service.problems.one import whole_problem
from clusop.service.problems.owners import set_by_person
from clusop.service.problems.states import Change, State
from clusop.service.views.days import window

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from clusop.service.problems.one import WholeProblem
    from clusop.service.problems.states import ChangeKind

__all__ = ["ChangeBody", "OwnerBody", "SnoozeBody", "router"]

_MOST_REASON = 4000  # longer ones get a sentence of their own
_MOST_MS = 2**53

router = APIRouter(tags=["problems"])
_RESPONSES = refusals(404, 409)


class ChangeBody(BaseModel):
    """Why, and which state it was that the caller saw: if the problem is no longer so, nothing is done (409)."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "Rewritten in PR 812.", "state": "open"}}
    )

    reason: str = Field(max_length=_MOST_REASON, description="Why; at most 1000 characters.")
    state: State = Field(description="The state the caller saw.")
    state_since_at_ms: int | None = Field(None, ge=0, le=_MOST_MS, description="Since when, to be surer still.")


class SnoozeBody(ChangeBody):
    """A snooze ends, within a year."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"reason": "After the migration.", "state": "open", "until_at_ms": 1792000000000}
        },
    )

    until_at_ms: int = Field(ge=0, le=_MOST_MS, description="The snooze's end, UTC ms since 1970.")


class OwnerBody(BaseModel):
    """Whose the problem is. An empty name leaves it to tags, system tables and rules again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"reason": "Moved with the team.", "owner": "ana@example.com", "team": "pricing"}
        },
    )

    reason: str = Field(max_length=_MOST_REASON)
    owner: str = Field("", max_length=200)
    team: str = Field("", max_length=200)


@router.post("/v1/problems/{problem_id}/acknowledge", summary="Somebody knows", responses=_RESPONSES)
def acknowledge(request: Request, caller: Changing, problem_id: Id, body: ChangeBody) -> Problem:
    """Say that somebody knows of the problem."""
    return _changed(request, caller, problem_id, _wanted("acknowledge", body))


@router.post("/v1/problems/{problem_id}/snooze", summary="Not before a given time", responses=_RESPONSES)
def snooze(request: Request, caller: Changing, problem_id: Id, body: SnoozeBody) -> Problem:
    """Hear nothing of the problem until then; afterwards it is open again."""
    return _changed(request, caller, problem_id, _wanted("snooze", body, body.until_at_ms))


@router.post("/v1/problems/{problem_id}/resolve", summary="It is solved", responses=_RESPONSES)
def resolve(request: Request, caller: Changing, problem_id: Id, body: ChangeBody) -> Problem:
    """Say that the problem is solved. If it is seen again it comes back."""
    return _changed(request, caller, problem_id, _wanted("resolve", body))


@router.post("/v1/problems/{problem_id}/reopen", summary="Open it again", responses=_RESPONSES)
def reopen(request: Request, caller: Changing, problem_id: Id, body: ChangeBody) -> Problem:
    """Take back what was said of the problem."""
    return _changed(request, caller, problem_id, _wanted("reopen", body))


@router.post("/v1/problems/{problem_id}/owner", summary="Say whose it is", responses=refusals(404))
def owner(request: Request, caller: Changing, problem_id: Id, body: OwnerBody) -> Problem:
    """Say whose the problem is; it stands before tags, system tables and rules."""
    now_ms = now_ms_of(request)

    def set_owner(connection: Connection) -> Reason | None:
        return set_by_person(connection, problem_id, (body.owner, body.team), (caller.actor, body.reason), now_ms)

    return _done(request, caller, problem_id, set_owner)


def _wanted(kind: ChangeKind, body: ChangeBody, until_at_ms: int | None = None) -> Change:
    return Change(kind, body.reason, body.state, body.state_since_at_ms, until_at_ms)


def _changed(request: Request, caller: Changing, problem_id: int, wanted: Change) -> Problem:
    now_ms = now_ms_of(request)
    return _done(
        request, caller, problem_id, lambda connection: change(connection, problem_id, wanted, caller.actor, now_ms)
    )


def _done(request: Request, caller: Changing, problem_id: int, act: Callable[[Connection], Reason | None]) -> Problem:
    """Do it in one transaction, and answer with the problem as it is then."""

    def work(connection: Connection) -> WholeProblem | None:
        refusal = act(connection) if is_visible(connection, problem_id, caller.workspace) else Reason("unknown-problem")
        if refusal is not None:
            raise refused(refusal)
        return whole_problem(connection, problem_id, caller.workspace, window(now_ms_of(request), 1).from_day)

    found = database_of(request).write(work)
    if found is None:
        raise refused(Reason("unknown-problem"))
    return problem_answer(found.row, None)
