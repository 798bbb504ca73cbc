"""Compute definitions: what is proposed for each engine, on what ground, and what was proposed before."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from clusop.analysis.assessment import Action
from clusop.api.access import require
from clusop.api.pages.asked import asked_start, asked_text
from clusop.api.pages.figures import figure_of_json, saving_of
from clusop.api.pages.known_savings import known_savings
from clusop.api.pages.own_prices import decision_price_views
from clusop.api.pages.shell import look_of, page, recent_of
from clusop.api.pages.words import reason_words
from clusop.api.refused import RefusedError
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.amounts import number, share
from clusop.report.money_text import money_view
from clusop.report.scrub import cut
from clusop.report.view import Fact
from clusop.service.views.agents import agent_summary
from clusop.service.views.compute import compute_lines, one_compute
from clusop.service.views.days import window

if TYPE_CHECKING:
    from clusop.analysis.economics import Savings
    from clusop.report.view import MoneyView
    from clusop.service.views.decision_line import DecisionLine

__all__ = ["router"]

_DAYS, _CHARS, _NOT_FOUND, _PAGE = 30, 200, 404, 50
_LABELS = {
    "cluster_hours": "Cluster-hours",
    "off_engine_share": "Share of time off the engine",
    "agents": "Agents heard",
    "uptime": "Uptime",
    "observed": "Observed",
    "runs_needed": "Runs that would settle it",
    "history": "With and without the engine",
    "ratio": "seen",
    "good_ratio": "to a good end",
    "bill_ratio": "of the bill",
    "seen_hours": "hours seen",
    "before_armed_hours": "before the agent came",
    "without_goodbye_hours": "without goodbye",
    "not_weighed_hours": "not weighed",
    "at_median_noise": "at the usual noise",
    "where_noisy": "at a high noise",
    "at_own_noise": "at its own noise",
    "noise": "of",
    # As decisions of a clusop before this one call what no task used.
    "idle": "unused",
}
_SHARES = frozenset({"off_engine_share"})
_HOURS = frozenset({"total", "busy", "idle", "unused"})
_PASSED_OVER = frozenset({"sentence", "engine", "bill", "attributed", "remarks"})

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(require("read"))])


@router.get("/compute")
def show(request: Request) -> HTMLResponse:
    """All compute definitions."""
    look = look_of(request)
    span = window(look.now_ms, _DAYS)
    with look.database.reading() as connection:
        recent = recent_of(look, connection, span)
        lines = look.kept.ask(
            connection,
            ("computes", span, look.workspace),
            lambda: compute_lines(connection, recent, span.from_at_ms, look.workspace),
        )
        savings = known_savings(look, connection)
        heard = 0 if lines else agent_summary(connection, look.now_ms, look.workspace).seen_count
    first = asked_start(request, len(lines), _PAGE)
    shown = lines[first : first + _PAGE]
    return page(
        request,
        "compute.html.j2",
        title="Compute",
        lines=shown,
        totals=_totals(savings),
        counted={name: action.value for name, action in savings.chosen},
        by_action={action.value: sum(one is action for _, one in savings.chosen) for action in Action},
        first=first,
        total=len(lines),
        heard=heard,
        next_from=first + _PAGE if first + _PAGE < len(lines) else 0,
        savings={(line.workspace, line.compute): saving_of(line.decision) for line in shown},
        now_ms=look.now_ms,
    )


def _totals(savings: Savings) -> tuple[MoneyView, ...]:
    """Cash first; the others only where there is any."""
    views = [money_view("Cash that could be saved", savings.cash)]
    for label, figure, note in (
        ("Capacity", savings.capacity, "of compute that stays up anyway: no cash"),
        ("Cash or capacity", savings.cash_or_capacity, "its problems tell both, and no decision which"),
    ):
        if figure.usd.high:
            views.append(money_view(label, figure, note))
    return tuple(views)


@router.get("/compute/one")
def show_one(request: Request) -> HTMLResponse:
    """One compute definition. Its name stands in the query: it is no part of a path."""
    look = look_of(request)
    workspace = asked_text(request, "workspace", _CHARS)
    name = asked_text(request, "compute", _CHARS)
    span = window(look.now_ms, _DAYS)
    found = None
    if look.workspace in {"*", workspace}:
        with look.database.reading() as connection:
            found = one_compute(connection, workspace, name, recent_of(look, connection, span))
    if found is None:
        raise RefusedError(_NOT_FOUND, Reason("no-such-page"))
    newest = found.line.decision
    saving = figure_of_json(newest.saving) if newest is not None else None
    return page(
        request,
        "compute_one.html.j2",
        title=f"Compute {cut(name, 60)}",
        line=found.line,
        saving=saving_of(newest),
        prices=decision_price_views(getattr(saving, "price_ids", ()), PriceBook.default()),
        facts=_facts(newest),
        remarks=_remarks(newest),
        history=[(one, saving_of(one)) for one in found.history],
        now_ms=look.now_ms,
    )


def _remarks(decision: DecisionLine | None) -> list[str]:
    """Why it was decided so and what was remarked, but for what the decision's own sentence says."""
    if decision is None:
        return []
    remarks = decision.facts.get("remarks", [])
    said = str(decision.facts.get("sentence", ""))
    told = (reason_words(one) for one in (*decision.reasons, *(remarks if isinstance(remarks, list) else ())))
    return list(dict.fromkeys(sentence for sentence in told if sentence.rstrip(".") not in said))


def _facts(decision: DecisionLine | None) -> tuple[Fact, ...]:
    if decision is None:
        return ()
    return tuple(
        Fact(_LABELS.get(name, name.replace("_", " ")), text)
        for name, value in decision.facts.items()
        if name not in _PASSED_OVER and (text := _told(value, name))
    )


def _told(value: Any, name: str = "") -> str:  # Any: JSON
    """A fact of a decision on one line; it may be a number, a text, or such by names."""
    if value is None:
        return ""
    if isinstance(value, dict):
        if sentence := value.get("sentence"):
            return cut(str(sentence), 300)
        parts = ((str(key), _told(one, str(key))) for key, one in value.items())
        return "; ".join(f"{_LABELS.get(key, key.replace('_', ' '))} {text}" for key, text in parts if text)
    if isinstance(value, list):
        return "; ".join(text for one in value if (text := _told(one, name)))
    return _number(cut(str(value), 300), name)


def _number(text: str, name: str) -> str:
    """A number of a fact called ``name`` for the eye: shares in percent, hours to a tenth; other text as it is."""
    ends = text.split("..")
    try:
        exact = [Fraction(end) for end in ends]
    except (ValueError, ZeroDivisionError):
        return text.replace("..", " to ")
    if name in _SHARES or name.endswith(("ratio", "noise")):
        shown = [share(end) for end in exact]
    elif "hours" in name or name in _HOURS:
        shown = [f"{float(end):,.1f} h" for end in exact]
    else:
        shown = [number(end) for end in ends]
    return " to ".join(dict.fromkeys(shown))
