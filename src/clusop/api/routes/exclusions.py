"""``/v1/exclusions``: what nobody wants to be told of. People's own can be added and taken away, with a reason."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from clusop.api.routes.asked import Changing, Id, Reading, database_of, now_ms_of, settings_of
from clusop.api.routes.refusals import refusals, refused
from clusop.reasons import Reason
from clusop.service.problems.exclusion_changes import Removal, add_exclusion, remove_exclusion
from clusop.service.problems.exclusions import Exclusion, concerns, current_exclusions, exclusions_in_settings

__all__ = ["ExclusionAnswer", "ExclusionBody", "ExclusionList", "RemoveBody", "Removed", "router"]

_ALL = "*"
_MOST_MS = 2**53
_MOST_REASON = 4000

router = APIRouter(tags=["exclusions"])


class ExclusionBody(BaseModel):
    """Problems whose name is as the glob says, or whose tag is. ``*`` is any text, ``?`` any one character."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"field": "tag", "tag_key": "env", "pattern": "dev*", "reason": "Nobody pays for dev."}
        },
    )

    field: Literal["workload", "task_key", "cluster", "compute", "tag"]
    pattern: str = Field(max_length=1000)
    tag_key: str = Field("", max_length=64)
    workspace: str = Field(
        _ALL,
        max_length=200,
        description="A glob over the workspace. A caller bound to one excludes there, whatever it says.",
    )
    reason: str = Field(max_length=_MOST_REASON)
    until_at_ms: int | None = Field(None, ge=0, le=_MOST_MS, description="Its end, within a year; null for none.")


class RemoveBody(BaseModel):
    """Why it is taken away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "The sandbox is gone."}})

    reason: str = Field(max_length=_MOST_REASON)


class ExclusionAnswer(BaseModel):
    """An exclusion. One of the settings has no ``id`` and is changed there."""

    id: int | None = Field(examples=[3])
    field: str = Field(examples=["tag"])
    pattern: str = Field(examples=["dev*"])
    tag_key: str = Field(examples=["env"])
    workspace: str = Field(examples=["*"])
    reason: str
    actor: str
    actor_kind: str = Field(description="person, token, or settings.")
    created_at_ms: int | None
    until_at_ms: int | None


class ExclusionList(BaseModel):
    """All that are in force."""

    exclusions: list[ExclusionAnswer]


class Removed(BaseModel):
    """It is gone; what it was stays in the audit."""

    removed: int = Field(examples=[3])


@router.get("/v1/exclusions", summary="Exclusions in force", responses=refusals())
def exclusions(request: Request, caller: Reading) -> ExclusionList:
    """Exclusions from the settings, then those that people made."""
    in_settings = exclusions_in_settings(settings_of(request).structured.get("exclusions"))
    with database_of(request).reading() as connection:
        found = current_exclusions(connection, in_settings, now_ms_of(request))
    return ExclusionList(exclusions=[_answer(one) for one in found if concerns(one, caller.workspace)])


@router.post("/v1/exclusions", summary="Exclude", responses=refusals(409), status_code=201)
def add(request: Request, caller: Changing, body: ExclusionBody) -> ExclusionAnswer:
    """Exclude problems from messages. A caller bound to a workspace excludes there only."""
    wanted = Exclusion(
        field=body.field,
        pattern=body.pattern,
        tag_key=body.tag_key,
        workspace=body.workspace,
        reason=body.reason,
        until_at_ms=body.until_at_ms,
    )
    now_ms = now_ms_of(request)
    found = database_of(request).write(
        lambda connection: add_exclusion(connection, wanted, caller.actor, now_ms, bound_to=caller.workspace)
    )
    if isinstance(found, Reason):
        raise refused(found)
    return _answer(found)


@router.post("/v1/exclusions/{exclusion_id}/remove", summary="Exclude no longer", responses=refusals(404))
def remove(request: Request, caller: Changing, exclusion_id: Id, body: RemoveBody) -> Removed:
    """Take an exclusion away that people made."""
    wanted, now_ms = Removal(exclusion_id, body.reason, caller.workspace), now_ms_of(request)
    refusal = database_of(request).write(lambda connection: remove_exclusion(connection, wanted, caller.actor, now_ms))
    if refusal is not None:
        raise refused(refusal)
    return Removed(removed=exclusion_id)


def _answer(one: Exclusion) -> ExclusionAnswer:
    return ExclusionAnswer(
        id=one.exclusion_id,
        field=one.field,
        pattern=one.pattern,
        tag_key=one.tag_key,
        workspace=one.workspace,
        reason=one.reason,
        actor=one.actor,
        actor_kind=one.actor_kind,
        created_at_ms=one.created_at_ms,
        until_at_ms=one.until_at_ms,
    )
