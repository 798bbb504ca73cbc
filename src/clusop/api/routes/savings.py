"""``/v1/savings``: what could be saved in all, one proposal for each compute definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from clusop.api.pages.known_savings import known_savings
from clusop.api.pages.shell import look_of
from clusop.api.routes.asked import Reading, database_of
from clusop.api.routes.problem_answers import FigureAnswer
from clusop.api.routes.refusals import refusals

if TYPE_CHECKING:
    from clusop.analysis.figure import Figure

__all__ = ["ChosenAnswer", "SavingsAnswer", "router"]

router = APIRouter(tags=["decisions"])


class ChosenAnswer(BaseModel):
    """The alternative that is counted for one compute definition."""

    compute: str = Field(description="Workspace and compute definition.", examples=["1234567890/job:42"])
    action: str = Field(description="fix or disable.", examples=["disable"])


class SavingsAnswer(BaseModel):
    """Totals of the last 30 days, modeled. Repairing queries and switching the engine off exclude each other: of each compute
    definition the better one is counted, and never more than it cost. Capacity saves no cash and is a figure of its own.
    """

    cash: FigureAnswer
    capacity: FigureAnswer = Field(description="Freed on compute that stays up anyway.")
    cash_or_capacity: FigureAnswer = Field(
        description="On compute whose uptime no decision tells and whose problems tell both."
    )
    chosen: list[ChosenAnswer]


@router.get("/v1/savings", summary="What could be saved in all", responses=refusals())
def savings(request: Request, _caller: Reading) -> SavingsAnswer:
    """From the newest decision about each engine, and from the problems that have a compute definition."""
    with database_of(request).reading() as connection:
        found = known_savings(look_of(request), connection)
    return SavingsAnswer(
        cash=_figure(found.cash),
        capacity=_figure(found.capacity),
        cash_or_capacity=_figure(found.cash_or_capacity),
        chosen=[ChosenAnswer(compute=name, action=action.value) for name, action in found.chosen],
    )


def _figure(figure: Figure) -> FigureAnswer:
    return FigureAnswer.model_validate(figure.to_json())
