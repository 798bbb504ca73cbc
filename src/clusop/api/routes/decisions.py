"""``/v1/decisions``: whether an engine pays, by compute definition, and what that rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from clusop.api.routes.asked import Days, Reading, database_of, now_ms_of
from clusop.api.routes.refusals import refusals
from clusop.reasons import Reason, catalogue
from clusop.service.decisions.listing import DecisionQuery, list_decisions
from clusop.service.views.days import window

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

__all__ = ["DecisionAnswer", "DecisionFilters", "DecisionPage", "router"]

_MOST_ID = 2**63 - 1

router = APIRouter(tags=["decisions"])


class DecisionFilters(BaseModel):
    """Which decisions. One that is left out asks for any."""

    model_config = ConfigDict(extra="forbid")

    workspace: str | None = Field(None, max_length=200)
    compute: str | None = Field(None, max_length=200)
    action: Literal["disable", "keep", "none"] | None = None
    history: bool = Field(default=False, description="Also those that newer ones have replaced.")
    days: Days = Field(30, description="Made in so many days, today among them.")
    before: int = Field(0, ge=0, le=_MOST_ID, description="The last id of the page before.")
    limit: int = Field(100, ge=1, le=500)


class DecisionAnswer(BaseModel):
    """A decision over a window. ``saving`` is a figure with formula, inputs and prices, or tells why it is unpriced."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 5, "workspace": "1234567890", "compute": "job:42", "decided_at_ms": 1790000000000,
                "from_at_ms": 1787400000000, "to_at_ms": 1790000000000, "action": "keep",
                "reasons": [{"reason": "window-not-observed", "sentence": "Less than nine tenths were seen."}],
                "saving": {"unpriced": {"reason": "unknown-shape", "sentence": "The node types are not known."}},
                "facts": {"engine": "photon"},
            }
        }
    )  # fmt: skip

    id: int
    workspace: str
    compute: str
    decided_at_ms: int
    from_at_ms: int
    to_at_ms: int
    action: str = Field(description="disable, keep, or none where the engine is off already. Proposed; never done.")
    reasons: list[dict[str, str]]
    saving: dict[str, Any] | None  # Any: JSON
    facts: dict[str, Any]


class DecisionPage(BaseModel):
    """Decisions, newest first."""

    decisions: list[DecisionAnswer]


@router.get("/v1/decisions", summary="Engine decisions", responses=refusals())
def decisions(request: Request, caller: Reading, asked: Annotated[DecisionFilters, Query()]) -> DecisionPage:
    """The newest decision about each compute definition, or all that were made, in the days asked for."""
    query = DecisionQuery(
        visible=caller.workspace,
        workspace=asked.workspace,
        compute=asked.compute,
        action=asked.action,
        is_history=asked.history,
        since_ms=window(now_ms_of(request), asked.days).from_at_ms,
        before_id=asked.before,
        limit=asked.limit,
    )
    with database_of(request).reading() as connection:
        rows = list_decisions(connection, query)
    return DecisionPage(decisions=[_answer(row) for row in rows])


def _answer(row: RowMapping) -> DecisionAnswer:
    names = ("id", "workspace", "compute", "decided_at_ms", "from_at_ms", "to_at_ms", "action")
    return DecisionAnswer(
        **{name: row[name] for name in names},
        reasons=[_reason(str(one)) for one in json.loads(row["reasons"])],
        saving=json.loads(row["saving"]),
        facts=json.loads(row["facts"]),
    )


def _reason(told: str) -> dict[str, str]:
    """A reason as it was stored. During an upgrade a replica of a newer release may have written one that this one lacks."""
    if told in catalogue():
        return Reason(told).to_json()
    return {"reason": told, "sentence": Reason("unknown-reason").sentence}
