"""The problems of one assessed query: what becomes a signal, and what that signal says but for agent, cluster and time.

Problems come from the user's own, succeeded executions whose plan left the engine; not from light work at the root nor from
row sources that hold nothing back. That mirrors what proposals are made of
(:mod:`clusop.analysis.economics.proposal`). The Scala twin is ``com.clusop.listener.deliver.Problems``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import RatioBasis, Role, Verdict
from clusop.analysis.observed import RunStatus
from clusop.analysis.records.digest import digest_of
from clusop.analysis.records.gate import EXECUTION, built_in, keyed_hash, matching, operator_name
from clusop.analysis.records.money import figure_json, of_problem
from clusop.analysis.signature import Problem, alike_cause, operator_family, signature
from clusop.plan.fingerprint import fingerprint
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import NS_PER_MS, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusop.analysis.assessment import Finding, JudgedPlan, Leg, QueryAssessment, TimeSplit
    from clusop.plan.node import Plan

__all__ = ["SeenProblem", "Workload", "is_problem", "problems_of"]

_NOT_WORTH_A_CHANGE = frozenset({"marginal-operator", "row-source"})
_STEPS = 10_000
_MAX_PROBLEMS = 64
_MAX_OTHER_FINDINGS = 31
_MAX_FUNCTIONS = 16
_MAX_REASONS = 32


@dataclass(frozen=True, slots=True)
class Workload:
    """Whose work it is, through the gates: ``key`` is a :func:`~clusop.analysis.signature.workload_key`. ``secret_key`` is
    the key of all hashes.
    """

    workspace: str
    key: str
    task_key: str
    secret_key: bytes


@dataclass(frozen=True, slots=True)
class SeenProblem:
    """One problem of one execution. ``body`` holds the fields of :class:`~clusop.analysis.records.signal.Signal` that need
    neither agent, cluster nor clock, as they stand on the wire.
    """

    signature: str
    problem: Problem
    body: dict[str, object]


def is_problem(finding: Finding) -> bool:
    """Whether a finding is worth a change: a row source is where it holds a whole island back."""
    return finding.cause not in _NOT_WORTH_A_CHANGE or (finding.cause == "row-source" and finding.island is not None)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A problem before it is put into words. ``position`` is its place among all findings."""

    finding: Finding
    position: int
    family: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What the bodies of one execution's problems share, each computed once: there may be thousands of findings.

    ``first`` are the lowest findings, one more than a body shows beside its own; ``plans`` hold fingerprint, digest and how
    much of it was cut.
    """

    first: list[dict[str, object]]
    total: int
    plans: dict[int, tuple[str, list[list[object]], int]]

    def beside(self, position: int) -> list[dict[str, object]]:
        """The others' findings as the body of the one at ``position`` shows them."""
        return [one for index, one in enumerate(self.first) if index != position][:_MAX_OTHER_FINDINGS]


def problems_of(assessment: QueryAssessment, workload: Workload) -> tuple[SeenProblem, ...]:
    """The problems of one execution, lowest operator first: at most 64, those with the largest shares of time."""
    if (
        assessment.role is not Role.USER
        or assessment.observed.status is not RunStatus.SUCCEEDED
        or assessment.verdict not in {Verdict.FALLBACK, Verdict.PARTIAL}
    ):
        return ()
    ordered = _lowest_first(assessment)
    chosen = _largest(_numbered(ordered))
    first = [_finding(one, assessment.plans) for one in ordered[: _MAX_OTHER_FINDINGS + 1]]
    plans = {graph: _plan(assessment.plans[graph]) for graph in {one.finding.graph for one in chosen}}
    told = _Told(first, len(ordered), plans)
    seen: list[SeenProblem] = []
    for one in chosen:
        problem = Problem(
            workload.workspace, workload.key, workload.task_key, one.finding.cause, one.family, one.occurrence
        )
        seen.append(SeenProblem(signature(problem), problem, _body(assessment, one, told, problem, workload)))
    return tuple(seen)


def _numbered(ordered: Sequence[Finding]) -> list[_Numbered]:
    """All problems, left out or not: which number one has among those alike hangs on no share of time."""
    counts: dict[tuple[str, str], int] = {}
    found: list[_Numbered] = []
    for position, finding in enumerate(ordered):
        if not is_problem(finding):
            continue
        name = operator_name(finding.operator)
        family = name if name == "?" else operator_family(name)
        cause = alike_cause(finding.cause)
        occurrence = counts.get((cause, family), 0)
        counts[cause, family] = occurrence + 1
        found.append(_Numbered(finding, position, family, occurrence))
    return found


def _largest(found: list[_Numbered]) -> list[_Numbered]:
    """Those with the largest shares of time, in their order; of equal ones, and of those without a share, the lowest."""
    if len(found) <= _MAX_PROBLEMS:
        return found
    by_share = sorted(
        found, key=lambda one: (one.finding.time_ratio is None, -(one.finding.time_ratio or Fraction(0)), one.position)
    )
    return sorted(by_share[:_MAX_PROBLEMS], key=lambda one: one.position)


def _plan(judged: JudgedPlan) -> tuple[str, list[list[object]], int]:
    digest, digest_cut = digest_of(judged)
    return fingerprint(judged.reading.plan) if judged.reading.plan is not None else "", digest, digest_cut


def _body(
    assessment: QueryAssessment, one: _Numbered, all_told: _Told, problem: Problem, workload: Workload
) -> dict[str, object]:
    finding = one.finding
    share = _share(finding, assessment.time)
    cost, confidence = assessment.cost, assessment.confidence
    shape, digest, digest_cut = all_told.plans[finding.graph]
    observed = assessment.observed
    told = observed.description
    return {
        "workload": workload.key,
        "task_key": workload.task_key,
        "signature": signature(problem),
        "dialect": assessment.dialect.id,
        "verdict": assessment.verdict.value,
        "cause": finding.cause,
        "family": problem.family,
        "occurrence": problem.occurrence,
        "findings": [_finding(finding, assessment.plans), *all_told.beside(one.position)],
        "findings_cut": max(0, all_told.total - 1 - _MAX_OTHER_FINDINGS),
        "time": _time(assessment.time),
        "figures": {
            "attributed": figure_json(cost.attributed),
            "exposure": figure_json(of_problem(cost.exposure, share)),
            "avoidable": figure_json(of_problem(cost.avoidable, share)),
            "avoidable_is_capacity": cost.avoidable_is_capacity,
        },
        "confidence": {
            "parse": _leg(confidence.parse),
            "diagnosis": _leg(confidence.diagnosis),
            "cost": _leg(confidence.cost),
            "recommendation": _leg(confidence.recommendation),
        },
        "action": assessment.proposal.action.value,
        "action_reasons": _ids(assessment.proposal.reasons),
        "fingerprint": shape,
        "digest": digest,
        "digest_from": 0,
        "digest_cut": digest_cut,
        "locator": {
            "execution": matching(observed.query_id, EXECUTION),
            "text_hash": keyed_hash(told, workload.secret_key) if told else "",
        },
    }


def _lowest_first(assessment: QueryAssessment) -> list[Finding]:
    """Findings by graph, and in a graph by post-order: an operator after all below it, the left input before the right.

    Depths would do, but wrappers that adaptive execution puts into one branch change them; this order they leave alone.
    """
    ranks = [_post_order(judged.reading.plan) for judged in assessment.plans]
    return sorted(assessment.findings, key=lambda finding: (finding.graph, ranks[finding.graph][finding.index]))


def _post_order(plan: Plan | None) -> list[int]:
    if plan is None:
        return []
    below = [0] * len(plan.operators)
    for index in range(len(below) - 1, -1, -1):
        parent = plan.operators[index].parent
        if parent >= 0:
            below[parent] += below[index] + 1
    return [index + below[index] - plan.depths[index] for index in range(len(below))]


def _share(finding: Finding, time: TimeSplit) -> Range | Unpriced:
    """J of one problem; from 0 on where its time is an upper bound."""
    if finding.time_ratio is None or finding.ratio_basis is RatioBasis.STRUCTURE:
        return Unpriced(Reason("no-time-no-price"))
    share = min(Fraction(1), max(Fraction(0), finding.time_ratio))
    is_bound = finding.is_upper_bound and time.native_ms is None
    return Range(Fraction(0) if is_bound else share, share)


def _finding(finding: Finding, plans: Sequence[JudgedPlan]) -> dict[str, object]:
    plan = plans[finding.graph].reading.plan
    ratio = finding.time_ratio
    return {
        "cause": finding.cause,
        "operator": operator_name(finding.operator),
        "index": finding.index,
        "depth": plan.depths[finding.index] if plan is not None else 0,
        "operators": finding.operator_count,
        "time_ratio": None if ratio is None else _four_decimals(min(Fraction(1), max(Fraction(0), ratio))),
        "time_reason": "" if ratio is not None else finding.time_reason.id if finding.time_reason else "no-times",
        "basis": finding.ratio_basis.value,
        "is_upper_bound": finding.is_upper_bound,
        "functions": list(built_in(finding.functions)[:_MAX_FUNCTIONS]),
    }


def _time(split: TimeSplit) -> dict[str, object]:
    classes = {
        "run_ms": split.run_ms,
        "native_ms": split.native_ms,
        "island_ms": split.island_ms,
        "row_source_ms": split.row_source_ms,
        "boundary_ms": split.boundary_ms,
        "unexplained_ms": split.unexplained_ms,
        "lost_ms": split.lost_ms,
    }
    reasons = _ids(split.reasons)
    if None in classes.values() and not reasons:
        reasons = ["no-times"]
    return {
        "basis": split.ratio_basis.value,
        **{name: None if value is None else _whole_ms(value) for name, value in classes.items()},
        "reasons": reasons,
    }


def _whole_ms(value: Fraction) -> int:
    # By way of whole nanoseconds: what is summed over many runs in the driver is counted so.
    return max(0, round(Fraction(round(value * NS_PER_MS), NS_PER_MS)))


def _leg(leg: Leg) -> dict[str, object]:
    return {"score": _four_decimals(Fraction(leg.score)), "level": leg.level, "reasons": _ids(leg.reasons)}


def _four_decimals(ratio: Fraction) -> float:
    return round(ratio * _STEPS) / _STEPS


def _ids(reasons: Iterable[Reason]) -> list[str]:
    """Ids only: what fills a sentence may be a name."""
    return list(dict.fromkeys(reason.id for reason in reasons))[:_MAX_REASONS]
