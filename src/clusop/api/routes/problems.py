"""``/v1/problems``: the list, one, and what people do to one; with jobs, exclusions, decisions and exports beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from clusop.api.routes import audit_exports, decisions, exclusions, exports, job_exports, jobs, problem_changes, savings
from clusop.api.routes.asked import Days, Id, Reading, Sorted, database_of, now_ms_of, settings_of
from clusop.api.routes.problem_answers import ProblemPage, WholeProblemAnswer, problem_answer, whole_answer
from clusop.api.routes.refusals import refusals, refused
from clusop.reasons import Reason
from clusop.service.problems.listing import list_problems, sums_since
from clusop.service.problems.one import whole_problem
from clusop.service.suppression.policy_section import read_policy
from clusop.service.views.billed import billed_lines
from clusop.service.views.days import window
from clusop.service.views.problem import month_of

__all__ = ["DaysAsked", "router"]

_DAY_MS = 86_400_000
_RECENT_DAYS = 30

router = APIRouter(tags=["problems"])


class DaysAsked(BaseModel):
    """How far back a problem's days are told."""

    model_config = ConfigDict(extra="forbid")

    days: Days = Field(30, description="So many days, today among them; those without work are left out.")


@router.get("/v1/problems", summary="Problems, a page at a time", responses=refusals())
def problems(request: Request, caller: Reading, asked: Annotated[Sorted, Query()]) -> ProblemPage:
    """Problems that match all filters. Sums are of all that was ever seen, and of the last 30 days."""
    with database_of(request).reading() as connection:
        found = list_problems(connection, asked.query(caller.workspace))
        recent = sums_since(connection, [row["id"] for row in found.rows], _recent_day(request))
    return ProblemPage(problems=[problem_answer(row, recent.get(row["id"])) for row in found.rows], cursor=found.cursor)


@router.get("/v1/problems/{problem_id}", summary="One problem in full", responses=refusals(404))
def problem(
    request: Request, caller: Reading, problem_id: Id, asked: Annotated[DaysAsked, Query()]
) -> WholeProblemAnswer:
    """One problem with its days, its history, and the signal that shows it best."""
    now_ms = now_ms_of(request)
    # What is told of 30 days rests on all of them, however few are asked for.
    from_day = window(now_ms, max(asked.days, _RECENT_DAYS)).from_day
    with database_of(request).reading() as connection:
        found = whole_problem(connection, problem_id, caller.workspace, from_day)
        if found is None:
            raise refused(Reason("unknown-problem"))
        recent = sums_since(connection, [problem_id], _recent_day(request))
        billed = billed_lines(connection, problem_id)
    days = [row for row in found.days if _recent_day(request) <= row["day"] <= now_ms // _DAY_MS]
    policy = read_policy(settings_of(request).section("gate"))
    month = month_of(days, found.row["first_seen_at_ms"], now_ms, policy)
    shown_from = window(now_ms, asked.days).from_day
    shown = replace(found, days=[row for row in found.days if row["day"] >= shown_from])
    return whole_answer(shown, recent.get(problem_id), month, billed)


def _recent_day(request: Request) -> int:
    return now_ms_of(request) // _DAY_MS - _RECENT_DAYS + 1


for _other in (problem_changes, jobs, exclusions, decisions, savings, exports, job_exports, audit_exports):
    router.include_router(_other.router)
