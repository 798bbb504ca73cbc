"""What a message tells of a problem: its row, its 30 days, and the signal that shows it best."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from clusop.analysis.figure import ModeledFigure
from clusop.analysis.records.money import NotPriced, PricedFigure
from clusop.analysis.records.read import read_record
from clusop.analysis.records.signal import Signal
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason, catalogue
from clusop.service.problems.subject import tags_of
from clusop.service.store.tables.problems import problems
from clusop.service.suppression.judge import ALL_SURE, priority_of
from clusop.service.suppression.legs import legs_of
from clusop.service.teams.told import CardFacts, DigestLine, Links, Place, Sighting
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from clusop.analysis.records.money import WireFigure
    from clusop.service.suppression.gather import Candidate
    from clusop.service.suppression.policy import Policy

__all__ = ["card_facts", "digest_line", "facts_json", "links_of", "overview_link"]

_MICRO = 1_000_000
_LEGS = ("recommendation", "diagnosis", "parse", "cost")
_SHARE_DIGITS = 4


def card_facts(connection: Connection, candidate: Candidate, policy: Policy, now_ms: int) -> CardFacts:
    """The facts of a problem's card. Reads the evidence, which only a card needs."""
    row, month = candidate.row, candidate.monthly(policy, now_ms)
    line = connection.execute(select(problems.c.evidence).where(problems.c.id == row.id)).scalar_one()
    signal = read_record(bytes(line)) if line else None
    if not isinstance(signal, Signal):
        # A record this clusop cannot read: the problem is told without what only the record knows.
        signal = None
    return CardFacts(
        problem_id=row.id,
        cause=row.cause,
        is_back=candidate.judged.state == "came-back",
        place=_place(row),
        rate=month.rate,
        last_seen_at_ms=row.last_seen_at_ms,
        savings=month.savings or _why(signal.figures.avoidable if signal else None),
        exposures=month.exposures or _why(signal.figures.exposure if signal else None),
        core_hours=month.core_hours,
        time_share=month.time_share,
        sighting=_sighting(signal) if signal else None,
        legs=legs_of(signal, month.exposures, _LEGS) if signal else (),
        links=links_of(row.id, policy.public_url),
    )


def digest_line(candidate: Candidate, policy: Policy, now_ms: int) -> DigestLine:
    """A problem's line in a digest."""
    row, month = candidate.row, candidate.monthly(policy, now_ms)
    links = links_of(row.id, policy.public_url)
    return DigestLine(row.id, row.cause, _place(row), month.savings, month.core_hours, links.problem if links else "")


def links_of(problem_id: int, public_url: str) -> Links | None:
    """The problem's pages; ``None`` where nobody said under which address people reach this service."""
    if not public_url:
        return None
    page = f"{public_url}/problems/{problem_id}"
    return Links(page, f"{page}/acknowledge", f"{page}/snooze")


def overview_link(public_url: str) -> str:
    """The list of problems."""
    return f"{public_url}/problems" if public_url else ""


def facts_json(candidate: Candidate, facts: CardFacts) -> dict[str, object]:
    """What was told, for the page of deliveries: every figure with formula and inputs, so that it can be computed again."""
    is_priced, priority = priority_of(candidate.judged)
    rate = facts.rate
    return {
        "problem_id": facts.problem_id,
        "cause": facts.cause,
        "state": candidate.judged.state,
        "priority": {"is_priced": is_priced, "amount": priority},
        "recommendation": f"{candidate.judged.recommendation / ALL_SURE:.4f}",
        "rate": {
            "runs": rate.runs,
            "unpriced_runs": rate.unpriced_runs,
            "days": rate.days,
            "span_days": rate.span_days,
            "is_known": rate.is_known,
        },
        "avoidable": facts.savings.to_json()
        if isinstance(facts.savings, Unpriced)
        else [{"is_capacity": saving.is_capacity, **saving.per_30_days.to_json()} for saving in facts.savings],
        "exposure": facts.exposures.to_json()
        if isinstance(facts.exposures, Unpriced)
        else [figure.to_json() for figure in facts.exposures],
        "core_hours": None
        if facts.core_hours is None
        else [f"{float(facts.core_hours.low):.6g}", f"{float(facts.core_hours.high):.6g}"],
    }


def _place(row: Row[Any]) -> Place:  # Any: one parameter a column
    names = {name: str(getattr(row, name)) for name in Place.__slots__ if name != "tags"}
    return Place(**names, tags=tags_of(row.tags))


def _why(figure: WireFigure | None) -> Unpriced:
    """Why there are no dollars, in the words of the signal."""
    reason = figure.reason if isinstance(figure, NotPriced) else ""
    return Unpriced(Reason(reason) if reason in catalogue() else Reason("no-price-told"))


def _sighting(signal: Signal) -> Sighting:
    finding = signal.findings[0]
    ratio = finding.time_ratio
    return Sighting(
        operator=finding.operator,
        functions=finding.functions,
        time_ratio=None if ratio is None else Fraction(str(round(ratio, _SHARE_DIGITS))),
        time_basis=finding.basis,
        is_upper_bound=finding.is_upper_bound,
        time_reason=finding.time_reason,
        runs=signal.runs,
        call_site=signal.locator.call_site,
        figure=_figure(signal.figures.avoidable),
    )


def _figure(figure: WireFigure) -> ModeledFigure | Unpriced:
    if not isinstance(figure, PricedFigure):
        return _why(figure)
    usd = Range(Fraction(figure.low_microusd, _MICRO), Fraction(figure.high_microusd, _MICRO))
    inputs: Mapping[str, str] = dict(figure.inputs)
    return ModeledFigure(usd, figure.formula, inputs, figure.price_ids)
