"""Which pages are measured: every GET of the application, derived from it, and questions that make some of them work harder.

Each may do half as much again with ten times the time stored, at the same density; what may do more is declared here, with the
reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

__all__ = ["GROWING", "STEADY", "Growth", "growth_of", "pages_of"]


@dataclass(frozen=True, slots=True)
class Growth:
    """How many times the work of the small file a page may do on the large one: later answers, the ``first``; and why."""

    later: float
    first: float
    why: str = ""


STEADY = Growth(1.5, 1.5)

_PARAMETERS = {
    "{problem_id:int}": "77", "{problem_id}": "77", "{kind}": "snooze", "{agent_id:int}": "7", "{delivery_id:int}": "17",
    "{exclusion_id:int}": "7",
}  # fmt: skip
# Routes that want a query.
_ASKED = {
    "/compute/one": "/compute/one?workspace=w1&compute=job%3A7",
    "/jobs/one": "/jobs/one?workspace=w1&workload=job%3A7",
}
# Answered by the process alone, or by the writer, which does not run here.
_LEFT_OUT = frozenset({"/health", "/ready", "/metrics", "/openapi.json"})
_HARDER = (
    "/?days=90", "/?team=team3", "/?workspace=w1&team=team3",
    "/problems?sort=last-seen", "/problems?q=job+77", "/problems?team=team3&sort=runs",
    "/problems?workload=job%3A77", "/jobs?q=job+77", "/agents?q=job%3A77",
    "/agents?status=losses", "/deliveries?state=dead", "/audit?problem=77", "/audit?actor=ana",
)  # fmt: skip
_PARAMETER = re.compile(r"\{[^}]+\}")

_ALL_LINES = "every line is what is asked for, and they are never taken away"
_ALL_KEPT = "the first answer counts messages by state: every one that retention keeps, and no older ones"
GROWING = {
    "/deliveries": Growth(1.5, 12.0, _ALL_KEPT),
    "/?days=90": Growth(
        3.5, 3.5, "the small file has 30 days and 90 are asked: three times as many of every problem that is shown"
    ),
    "/agents?q=job%3A77": Growth(
        12.0, 12.0, "a part of a name is in no index: every agent that retention keeps is read, and no older ones"
    ),
    "/agents?status=losses": Growth(
        12.0,
        12.0,
        "losses are in no index: agents are read, the latest first, until a page of those with losses is full",
    ),
    "/v1/export/audit.csv": Growth(12.0, 12.0, _ALL_LINES),
    "/v1/export/audit.json": Growth(12.0, 12.0, _ALL_LINES),
}


def pages_of(app: FastAPI) -> list[str]:
    """Every GET of ``app`` that reads the database, as it is asked for. Raises ``KeyError`` for a parameter unknown here."""
    found = {route.path for route in _routes(app) if "GET" in (route.methods or ())} - _LEFT_OUT
    paths = [_ASKED.get(path) or _PARAMETER.sub(lambda told: _PARAMETERS[told[0]], path) for path in sorted(found)]
    return sorted({*paths, *_HARDER})


def growth_of(page: str) -> Growth:
    """How much more it may do with all of the data."""
    return GROWING.get(page, STEADY)


def _routes(router: FastAPI | object) -> Iterator[APIRoute]:
    """Routers stand within routers."""
    for one in getattr(router, "routes", ()):
        if isinstance(one, APIRoute):
            yield one
        else:
            yield from _routes(getattr(one, "original_router", one))
