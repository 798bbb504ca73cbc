"""Findings in words: what, where, how much time with its basis, what to do instead. Equal findings become one."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import RatioBasis, Witness
from clusop.reasons import catalogue
from clusop.report.amounts import plural, share
from clusop.report.scrub import cut, one_line, printable
from clusop.report.view import FindingView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.analysis.assessment import Finding, QueryAssessment

__all__ = ["BASIS_WORDS", "MAX_FINDINGS", "cause_at", "finding_views", "share_of", "why_here"]

MAX_FINDINGS = 20
"""Different findings shown per query; the rest is counted."""

BASIS_WORDS = {
    RatioBasis.MEASURED: "of task time, measured",
    RatioBasis.PROFILE: "of task time, from the query profile",
    RatioBasis.OPERATORS: "of task time, from operator metrics",
    RatioBasis.STRUCTURE: "of operators; no times are known",
}
_WITNESS_WORDS = {
    Witness.STRUCTURE: "the plan's structure",
    Witness.ENGINE: "the engine's own words",
    Witness.METRICS: "the metrics",
}
_OPERATOR_CHARS = 120
_NAMES_FORCED = 4
_DETAIL_CHARS = 600
_Key = tuple[str, str, str, tuple[str, ...], str]


def cause_at(finding: Finding) -> str:
    """``python-udf at BatchEvalPython``."""
    return f"{finding.cause} at {cut(finding.operator, _OPERATOR_CHARS)}"


def share_of(finding: Finding) -> tuple[str, float | None]:
    """A finding's share of time with its basis, and its percentage for a bar; why it is not known, else."""
    if finding.time_ratio is None:
        return "", None
    text = share(finding.time_ratio, is_upper_bound=finding.is_upper_bound)
    return f"{text} {BASIS_WORDS[finding.ratio_basis]}", float(min(finding.time_ratio, Fraction(1)) * 100)


def why_here(finding: Finding) -> str:
    """What tells this finding from others of its cause: the engine's words, the functions, the detail; else nothing."""
    if finding.engine_says:
        return f"the engine says: {one_line(finding.engine_says)}"
    if finding.functions:
        return _functions(finding)
    detail = cut(finding.detail, _DETAIL_CHARS)
    return detail.removeprefix(_sentence(finding).rstrip(".")).lstrip(":., ") if _repeats(finding) else detail


def finding_views(query: QueryAssessment) -> tuple[FindingView, ...]:
    """The findings of ``query``, equal ones as one, the largest share of time first."""
    groups: dict[_Key, list[Finding]] = {}
    for finding in query.findings:
        key = (finding.cause, finding.operator, finding.detail, finding.functions, finding.engine_says)
        groups.setdefault(key, []).append(finding)
    ordered = sorted(groups.values(), key=_weight, reverse=True)
    return tuple(_view(query, group) for group in ordered[:MAX_FINDINGS])


def _weight(group: list[Finding]) -> tuple[Fraction, int]:
    times = [finding.time_ratio for finding in group if finding.time_ratio is not None]
    return sum(times, Fraction(0)), sum(finding.operator_count for finding in group)


def _view(query: QueryAssessment, group: list[Finding]) -> FindingView:
    finding = group[0]
    advice = catalogue()[finding.cause].advice(finding.operator)
    text, missing = _group_share(group)
    islands = sorted({each.island for each in group if each.island is not None})
    return FindingView(
        cause=finding.cause,
        operator=cut(finding.operator, _OPERATOR_CHARS),
        sentence=_sentence(finding) if not _repeats(finding) else cut(finding.detail, _DETAIL_CHARS),
        detail=cut(finding.detail, _DETAIL_CHARS) if not _repeats(finding) else "",
        engine_says=cut(finding.engine_says, 1_000),
        functions=_functions(finding),
        witnesses=" and ".join(_WITNESS_WORDS[witness] for witness in finding.witnesses),
        disagreement=next((one_line(each.disagreement.sentence) for each in group if each.disagreement), ""),
        forced=_forced(query, group),
        share=text,
        share_missing=missing,
        island=", ".join(str(number + 1) for number in islands),
        instead=advice.instead,
        before=advice.before,
        after=advice.after,
        occurrences=len(group),
    )


def _sentence(finding: Finding) -> str:
    return one_line(catalogue()[finding.cause].sentence.replace("{detail}", ""))


def _repeats(finding: Finding) -> bool:
    """Whether the detail is the cause's sentence, filled in."""
    return one_line(finding.detail).startswith(_sentence(finding).rstrip("."))


def _functions(finding: Finding) -> str:
    return "candidates: " + ", ".join(cut(name, 60) for name in finding.functions) if finding.functions else ""


def _group_share(group: list[Finding]) -> tuple[str, str]:
    known = [finding for finding in group if finding.time_ratio is not None]
    if not known:
        return "", next((one_line(each.time_reason.sentence) for each in group if each.time_reason), "")
    # Findings of one island share its time: it is counted once, not once for each of them.
    by_island = {(finding.island, finding.index if finding.island is None else -1): finding for finding in known}
    total = min(sum((each.time_ratio or Fraction(0) for each in by_island.values()), Fraction(0)), Fraction(1))
    upper = any(finding.is_upper_bound for finding in known)
    part = "" if len(known) == len(group) else " at the places where it is known"
    return f"{share(total, is_upper_bound=upper)} {BASIS_WORDS[known[0].ratio_basis]}{part}", ""


def _forced(query: QueryAssessment, group: Iterable[Finding]) -> str:
    names: Counter[str] = Counter()
    for finding in group:
        plan = query.plans[finding.graph].reading.plan if finding.graph < len(query.plans) else None
        if plan is not None:
            names.update(plan.operators[index].name for index in finding.inherited if index < len(plan))
    if not names:
        return ""
    told = [printable(cut(name, 60)) for name, _ in names.most_common(_NAMES_FORCED)]
    rest = len(names) - len(told)
    many = plural(names.total(), "operator")
    more = f" and {plural(rest, 'more kind')}" if rest else ""
    return f"{many} above {'follows' if names.total() == 1 else 'follow'} it off the engine: {', '.join(told)}{more}"
