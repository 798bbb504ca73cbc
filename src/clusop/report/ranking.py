"""Which query comes first, and which queries are the same."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.assessment import Role, Verdict
from clusop.report.money_text import midpoint
from clusop.report.scrub import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusop.analysis.assessment import QueryAssessment

__all__ = ["VERDICT_ORDER", "Rank", "grouped", "island_ms", "rank", "ranked"]

VERDICT_ORDER = {
    verdict: place
    for place, verdict in enumerate(
        (
            Verdict.FALLBACK,
            Verdict.PARTIAL,
            Verdict.UNKNOWN,
            Verdict.NATIVE,
            Verdict.NOT_ACCELERATED,
            Verdict.COMMAND,
        )
    )
}
Rank: TypeAlias = "tuple[int, Fraction, Fraction, int, int, Fraction]"

_ROLE_ORDER = {Role.USER: 0, Role.COMMAND: 1, Role.INTERNAL: 2}
_DESCRIPTION_CHARS = 400


def island_ms(query: QueryAssessment) -> Fraction | None:
    """Time off the engine in islands, where it is known."""
    return query.time.island_ms


def ranked(queries: Iterable[QueryAssessment]) -> list[QueryAssessment]:
    """The user's queries first; among them by what was paid for nothing, then island time, then structure."""
    return sorted(queries, key=rank)


def rank(query: QueryAssessment) -> Rank:
    """What :func:`ranked` sorts by; the least comes first."""
    return (
        _ROLE_ORDER[query.role],
        # No figure ranks like no dollars: the structure below decides.
        -max(midpoint(query.cost.exposure), Fraction(0)),
        -(island_ms(query) or Fraction(0)),
        VERDICT_ORDER[query.verdict],
        -sum(many for _, many in query.jvm_operators),
        -(query.time.run_ms or Fraction(0)),
    )


def grouped(queries: Sequence[QueryAssessment]) -> list[tuple[QueryAssessment, ...]]:
    """Queries that are the same under one head: same words, same verdict, same operators, same causes. Order is kept."""
    groups: dict[tuple[object, ...], list[QueryAssessment]] = {}
    for query in queries:
        groups.setdefault(_sameness(query), []).append(query)
    return [tuple(group) for group in groups.values()]


def _sameness(query: QueryAssessment) -> tuple[object, ...]:
    names = tuple(
        tuple(operator.name for operator in judged.reading.plan.operators)
        for judged in query.plans
        if judged.reading.plan is not None
    )
    return (
        query.role,
        query.verdict,
        one_line(query.observed.description[:_DESCRIPTION_CHARS]),
        hash(names),
        tuple((finding.cause, finding.operator, finding.detail) for finding in query.findings),
        query.verdict_reasons,
        query.observed.status,
    )
