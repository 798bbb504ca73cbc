"""The signal that shows a problem best, in the views of the report: plan, finding, time, money, confidence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Finding, JudgedPlan, RatioBasis, TimeSplit, Verdict
from clusop.analysis.islands import island_numbers
from clusop.analysis.records.money import PricedFigure
from clusop.api.pages.figures import known_reason, money_of_wire
from clusop.api.pages.words import engine_words, workload_words
from clusop.plan.kind import Kind
from clusop.plan.node import ROOT, Operator, Plan
from clusop.plan.reading import Phase, PlanReading, PlanSource
from clusop.reasons import Advice, catalogue
from clusop.report.amounts import plural, share
from clusop.report.finding_text import BASIS_WORDS
from clusop.report.money_text import EXPOSURE_LABEL
from clusop.report.price_text import price_entry_views
from clusop.report.scrub import cut, one_line
from clusop.report.time_text import time_notes, time_sentence, time_slices
from clusop.report.tree import plan_tree
from clusop.report.view import Fact, FindingView, LegView, MoneyView, PriceEntryView, Slice, TreeView
from clusop.service.suppression.legs import legs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.analysis.figure import Figure
    from clusop.analysis.records.signal import DigestEntry, Signal, SignalFinding, SignalTime
    from clusop.pricing.provider import PriceBook

__all__ = ["EvidenceView", "evidence_view", "finding_of"]

_LEGS = ("parse", "diagnosis", "cost", "recommendation")
_NAME_CHARS = 120
_FUNCTION_CHARS = 60


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One signal. ``others`` are the query's other findings as (cause, operator)."""

    said: str
    finding: FindingView
    share: str
    others: tuple[tuple[str, str], ...]
    tree: TreeView | None
    cut_note: str
    split: tuple[Slice, ...]
    split_notes: tuple[str, ...]
    time_sentence: str
    money: tuple[MoneyView, ...]
    prices: tuple[PriceEntryView, ...]
    legs: tuple[LegView, ...]
    sure_sentence: str
    facts: tuple[Fact, ...]


def evidence_view(signal: Signal, book: PriceBook, exposures: Sequence[Figure] = ()) -> EvidenceView:
    """Everything a page says of ``signal``. ``exposures`` are those of its problem, which a bill may tell."""
    first = signal.findings[0]
    legs = _legs(signal, exposures)
    split = _split(signal.time)
    return EvidenceView(
        said=_said(signal),
        finding=finding_of(first),
        share=_share(first),
        others=tuple((one.cause, cut(one.operator, _NAME_CHARS)) for one in signal.findings[1:]),
        tree=_tree(signal),
        cut_note=_cut_note(signal),
        split=time_slices(split, is_upper_bound=first.is_upper_bound),
        split_notes=time_notes(split),
        time_sentence=time_sentence(split),
        money=_money(signal),
        prices=_prices(signal, book),
        legs=legs,
        sure_sentence=", ".join(f"{leg.name} {leg.level}" for leg in legs),
        facts=_facts(signal),
    )


def finding_of(finding: SignalFinding) -> FindingView:
    """The finding with its cause's words: what it is, what to do instead."""
    entry = catalogue().get(finding.cause)
    advice = entry.advice(finding.operator) if entry else Advice()
    functions = ", ".join(cut(name, _FUNCTION_CHARS) for name in finding.functions)
    sentence = entry.sentence.replace("{detail}", "") if entry else known_reason(finding.cause).sentence
    return FindingView(
        cause=finding.cause,
        operator=cut(finding.operator, _NAME_CHARS),
        sentence=one_line(sentence),
        detail="",
        engine_says="",
        functions=f"candidates: {functions}" if functions else "",
        witnesses="",
        disagreement="",
        forced="",
        share=_share(finding),
        share_missing=known_reason(finding.time_reason).sentence if finding.time_reason else "",
        island="",
        instead=advice.instead,
        before=advice.before,
        after=advice.after,
    )


def _share(finding: SignalFinding) -> str:
    if finding.time_ratio is None:
        return ""
    ratio = share(Fraction(str(finding.time_ratio)), is_upper_bound=finding.is_upper_bound)
    return f"{ratio} {BASIS_WORDS[RatioBasis(finding.basis)]}"


def _said(signal: Signal) -> str:
    """The verdict in a sentence."""
    first = signal.findings[0]
    off = plural(first.operators, "operator")
    ran = "ran" if signal.verdict == Verdict.FALLBACK.value else "stood"
    how = f", {share_text}" if (share_text := _share(first)) else ""
    engine = engine_words(signal.engine)
    return f"{off} of {workload_words(signal.workload)} {ran} outside {engine}{how}."


def _split(time: SignalTime) -> TimeSplit:
    def exact(value: int | None) -> Fraction | None:
        return None if value is None else Fraction(value)

    return TimeSplit(
        run_ms=exact(time.run_ms),
        native_ms=exact(time.native_ms),
        ratio_basis=RatioBasis(time.basis),
        island_ms=exact(time.island_ms),
        row_source_ms=exact(time.row_source_ms),
        boundary_ms=exact(time.boundary_ms),
        unexplained_ms=exact(time.unexplained_ms),
        lost_ms=exact(time.lost_ms),
        reasons=tuple(known_reason(reason) for reason in time.reasons),
    )


def _tree(signal: Signal) -> TreeView | None:
    """The plan of the digest, with this problem and those of the query's others that are in the same plan marked."""
    if not signal.digest:
        return None
    plan = _plan(signal.digest)
    kinds = tuple(Kind(entry.kind) for entry in signal.digest)
    ran = (True,) * len(plan)
    reading = PlanReading(plan, Phase.FINAL, PlanSource.PLAN_INFO)
    judged = JudgedPlan(reading, kinds, island_numbers(plan, kinds, ran), ran, Verdict(signal.verdict))
    findings: dict[int, Finding] = {}
    for one in signal.findings:
        index = one.index - signal.digest_from
        # Another finding's index may be of a subquery's plan: then another operator stands there, or none.
        if 0 <= index < len(plan) and signal.digest[index].name == one.operator and index not in findings:
            findings[index] = _finding(one, index)
    return plan_tree("Plan", judged, plan, findings)


def _plan(digest: tuple[DigestEntry, ...]) -> Plan:
    operators: list[Operator] = []
    # Indices of the operators that may still get children, deepest last.
    path: list[int] = []
    for index, entry in enumerate(digest):
        while path and digest[path[-1]].depth >= entry.depth:
            path.pop()
        operators.append(Operator(entry.name, path[-1] if path else ROOT, arguments=entry.arguments))
        path.append(index)
    return Plan(tuple(operators))


def _finding(one: SignalFinding, index: int) -> Finding:
    return Finding(
        cause=one.cause,
        operator=one.operator,
        graph=0,
        index=index,
        functions=one.functions,
        time_ratio=None if one.time_ratio is None else Fraction(str(one.time_ratio)),
        time_reason=known_reason(one.time_reason) if one.time_reason else None,
        ratio_basis=RatioBasis(one.basis),
        is_upper_bound=one.is_upper_bound,
    )


def _cut_note(signal: Signal) -> str:
    if not signal.digest_cut:
        return ""
    left = plural(signal.digest_cut, "operator")
    return f"{left} of this plan, far from the cause, did not fit into the record."


def _money(signal: Signal) -> tuple[MoneyView, ...]:
    runs = "this run" if signal.runs == 1 else f"these {signal.runs:,} runs"
    figures = signal.figures
    capacity = "; capacity: the cluster stays up anyway" if figures.avoidable_is_capacity else ""
    return (
        money_of_wire("Cost of the whole query", figures.attributed, runs),
        money_of_wire(EXPOSURE_LABEL, figures.exposure, runs),
        money_of_wire("Avoidable", figures.avoidable, f"{runs}{capacity}"),
    )


def _prices(signal: Signal, book: PriceBook) -> tuple[PriceEntryView, ...]:
    figures = (signal.figures.attributed, signal.figures.exposure, signal.figures.avoidable)
    ids = dict.fromkeys(one for figure in figures if isinstance(figure, PricedFigure) for one in figure.price_ids)
    return price_entry_views(ids, book)


def _legs(signal: Signal, exposures: Sequence[Figure]) -> tuple[LegView, ...]:
    is_priced = any(isinstance(one, PricedFigure) for one in (signal.figures.attributed, signal.figures.exposure))
    views = []
    for leg in legs_of(signal, exposures, _LEGS):
        reasons = tuple(known_reason(one).sentence for one in leg.reasons)
        # Where there are no dollars nobody can be sure of them, or unsure.
        told = ("none", "–") if leg.name == "cost" and not is_priced else (leg.level, f"{leg.score:.2f}")
        views.append(LegView(leg.name, *told, reasons))
    return tuple(views)


def _facts(signal: Signal) -> tuple[Fact, ...]:
    shape = signal.shape
    nodes = " + ".join(part for part in (shape.driver_node_type, shape.worker_node_type) if part)
    workers = "" if shape.workers is None else f"{shape.workers[0]} to {shape.workers[1]} workers"
    if shape.is_single_node:
        workers = "single node"
    told = (
        ("Runtime", signal.dbr),
        ("Image", signal.image),
        ("Spark", signal.spark),
        ("Nodes", ", ".join(part for part in (nodes, workers) if part)),
        ("Product", " ".join(part for part in (shape.cloud, shape.product, shape.tier) if part)),
        ("Uptime", shape.uptime),
        ("Execution", signal.locator.execution),
        ("Called from", signal.locator.call_site),
        ("Plan fingerprint", signal.fingerprint),
    )
    return tuple(Fact(label, cut(value, 200)) for label, value in told if value)
