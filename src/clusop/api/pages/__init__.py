"""Pages for people: rendered here, without a script, asking nobody else for anything."""

from __future__ import annotations

from fastapi import APIRouter

from clusop.api.pages import (
    agents,
    audit,
    bill,
    compute,
    confirm,
    deliveries,
    exclude,
    exclusions,
    jobs,
    overview,
    problem,
    problems,
    style,
    suppressions,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for _one in (
    overview,
    problems,
    problem,
    confirm,
    jobs,
    compute,
    suppressions,
    exclusions,
    exclude,
    agents,
    deliveries,
    bill,
    audit,
    style,
):
    router.include_router(_one.router)
