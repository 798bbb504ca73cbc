"""One query in full: headline, what, how sure, how much, what to do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action, Role, Verdict
from clusop.plan.dialect import PLAIN_SPARK
from clusop.pricing.price import Unpriced
from clusop.report.amounts import money, plural, share
from clusop.report.finding_text import BASIS_WORDS, cause_at, finding_views
from clusop.report.money_text import amount_of, cost_view, money_view, saving_view
from clusop.report.scrub import cut, one_line
from clusop.report.time_text import time_notes, time_sentence, time_slices
from clusop.report.tree import plan_trees
from clusop.report.view import Fact, LegView, MoneyView, ProposalView, QueryView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.analysis.assessment import Finding, Proposal, QueryAssessment

__all__ = [
    "ROLE_WORDS",
    "VERDICT_WORDS",
    "leading_finding",
    "off_engine",
    "proposal_view",
    "query_view",
    "title_of",
]

VERDICT_WORDS = {
    Verdict.FALLBACK: "fallback",
    Verdict.PARTIAL: "partial",
    Verdict.NATIVE: "native",
    Verdict.COMMAND: "command",
    Verdict.NOT_ACCELERATED: "not accelerated",
    Verdict.UNKNOWN: "unknown",
}
ROLE_WORDS = {Role.USER: "", Role.INTERNAL: "internal", Role.COMMAND: "command"}
_TITLE_CHARS = 160
_DESCRIPTION_CHARS = 4_000
_NAME_CHARS = 60
_NAMES_LISTED = 8
_NAME_THE_ENGINE = "Say which engine was on with --engine, for example --engine photon."


def title_of(query: QueryAssessment) -> str:
    """What a query is called: its description, else where it came from."""
    return cut(query.observed.description, _TITLE_CHARS)


def leading_finding(query: QueryAssessment) -> Finding | None:
    """The finding that tells most: the largest share of time, else most operators."""
    return max(
        query.findings,
        key=lambda finding: (finding.time_ratio or Fraction(0), finding.operator_count),
        default=None,
    )


def off_engine(query: QueryAssessment) -> str:
    """Share of task time in islands: ``≤ 41 %``, ``""`` where it is not known."""
    split = query.time
    if split.island_ms is None or not split.run_ms or query.dialect.id == PLAIN_SPARK:
        return ""
    is_upper_bound = any(island.is_upper_bound for island in query.islands)
    return share(split.island_ms / split.run_ms, is_upper_bound=is_upper_bound)


def query_view(query: QueryAssessment, anchor: str, same_as: Iterable[str] = ()) -> QueryView:
    """Everything a report says of ``query``."""
    return QueryView(
        id=cut(query.observed.query_id, _TITLE_CHARS),
        anchor=anchor,
        title=title_of(query),
        description=cut(query.observed.description, _DESCRIPTION_CHARS),
        verdict=query.verdict,
        verdict_word=VERDICT_WORDS[query.verdict],
        headline=_headline(query),
        what=_what(query),
        reasons=_sentences(query),
        facts=_facts(query),
        trees=plan_trees(query),
        findings=finding_views(query),
        split=time_slices(query.time, is_upper_bound=any(island.is_upper_bound for island in query.islands)),
        split_notes=time_notes(query.time),
        time_sentence=time_sentence(query.time, has_engine=not _is_plain(query)),
        money_sentence=_money_sentence(query),
        sure_sentence=", ".join(f"{leg.name} {leg.level}" for leg in _legs(query)),
        money=_money(query),
        legs=_legs(query),
        proposal=_proposal(query),
        same_as=tuple(same_as),
    )


def proposal_view(proposal: Proposal, said: str = "") -> ProposalView:
    """A proposal in words. What ``said`` already says just above it is not said again."""
    return ProposalView(
        action=proposal.action.value,
        word=_word(proposal),
        sentence=one_line(proposal.sentence),
        saving=saving_view(proposal.saving) if proposal.saving is not None else None,
        reasons=tuple(
            sentence
            for reason in proposal.reasons
            if (sentence := one_line(reason.sentence)).rstrip(".") not in f"{proposal.sentence} {said}"
        ),
    )


def _proposal(query: QueryAssessment) -> ProposalView:
    view = proposal_view(query.proposal, said=_money_sentence(query))
    if any(reason.id == "no-engine-evidence" for reason in query.verdict_reasons):
        return replace(view, sentence=f"{view.sentence} {_NAME_THE_ENGINE}")
    return view


def _word(proposal: Proposal) -> str:
    """The action before its sentence, unless the sentence begins with it or there is nothing to do."""
    action = proposal.action.value
    if proposal.action is Action.NONE or proposal.sentence.lower().startswith(action):
        return ""
    return f"{action}: "


def _headline(query: QueryAssessment) -> str:
    parts = [VERDICT_WORDS[query.verdict]]
    finding = leading_finding(query)
    if query.verdict in {Verdict.FALLBACK, Verdict.PARTIAL} and finding is not None:
        parts.append(cause_at(finding))
        if finding.time_ratio is not None:
            text = share(finding.time_ratio, is_upper_bound=finding.is_upper_bound)
            parts.append(f"{text} {BASIS_WORDS[finding.ratio_basis].partition(',')[0]}")
        amount = amount_of(query.cost.exposure)
        if amount:
            parts.append(f"{amount} of premium a run, {_basis(query.cost.exposure)}")
        parts.append(f"{_word(query.proposal)}{one_line(query.proposal.sentence)}")
    else:
        parts.append(_what(query))
    return " · ".join(part for part in parts if part)


def _basis(figure: object) -> str:
    return getattr(figure, "basis", "")


def _what(query: QueryAssessment) -> str:
    """What became of the plan, in a sentence."""
    jvm_count = sum(many for _, many in query.jvm_operators)
    total = query.native_operator_count + jvm_count
    if query.verdict is Verdict.FALLBACK:
        if query.native_operator_count == 0:
            return f"The engine was on and ran none of the {plural(total, 'operator')}."
        return f"{jvm_count:,} of {plural(total, 'operator')} ran outside the engine."
    if query.verdict is Verdict.PARTIAL:
        return f"{jvm_count:,} of {plural(total, 'operator')} stood outside the engine, with little or no row work."
    if query.verdict is Verdict.NATIVE and query.native_operator_count:
        sources = sorted(
            {cut(finding.operator, _NAME_CHARS) for finding in query.findings if finding.cause == "row-source"}
        )
        rows = f"; {', '.join(sources)} gives it rows, read on the JVM" if sources else ""
        return f"All {plural(query.native_operator_count, 'operator')} ran on the engine{rows}."
    if query.verdict_reasons:
        return one_line(query.verdict_reasons[0].sentence)
    return {
        Verdict.NATIVE: "Nothing left the engine.",
        Verdict.COMMAND: "This is a command; the work it starts is an execution of its own.",
        Verdict.NOT_ACCELERATED: "No native engine was on.",
        Verdict.UNKNOWN: "Cannot tell whether the engine ran this.",
    }[query.verdict]


def _sentences(query: QueryAssessment) -> tuple[str, ...]:
    """What is said beside the verdict: its reasons, the damage of the plan, the state of the run. Each once."""
    said = _what(query)
    reasons = [*query.verdict_reasons, *(reason for judged in query.plans for reason in judged.reasons)]
    reasons += [problem for judged in query.plans for problem in judged.reading.problems]
    reasons += list(query.observed.problems)
    return tuple(dict.fromkeys(s for s in (one_line(reason.sentence) for reason in reasons) if s != said))


def _is_plain(query: QueryAssessment) -> bool:
    """Whether it is known that no engine was on, which is more than that none is known."""
    return query.dialect.id == PLAIN_SPARK and query.verdict is Verdict.NOT_ACCELERATED


def _facts(query: QueryAssessment) -> tuple[Fact, ...]:
    has_engine = query.dialect.id != PLAIN_SPARK
    is_told = has_engine or _is_plain(query)
    facts = [Fact("Engine", query.dialect.title) if is_told else Fact("Engine", "not told", missing=True)]
    if ROLE_WORDS[query.role]:
        facts.append(Fact("Role", ROLE_WORDS[query.role]))
    if query.observed.status.value not in {"unknown", "succeeded"}:
        facts.append(Fact("Run", query.observed.status.value))
    if has_engine and (query.native_operator_count or query.jvm_operators):
        facts.append(Fact("Native operators", f"{query.native_operator_count:,}"))
    if query.jvm_operators:
        facts.append(
            Fact(
                "Off the engine" if has_engine else "Operators",
                _listed(f"{name} {many:,}" for name, many in query.jvm_operators),
            )
        )
    if query.new_native_names:
        facts.append(Fact("New names", _listed(query.new_native_names)))
    return tuple(facts)


def _listed(names: Iterable[str]) -> str:
    every = [cut(name, _NAME_CHARS) for name in names]
    rest = len(every) - _NAMES_LISTED
    return ", ".join(every[:_NAMES_LISTED]) + (f" and {plural(rest, 'more kind')}" if rest > 0 else "")


def _money(query: QueryAssessment) -> tuple[MoneyView, ...]:
    """A query's money. One reason that holds for all three figures is said once."""
    cost = query.cost
    figures = (cost.attributed, cost.exposure, cost.avoidable)
    missing = [figure.reason for figure in figures if isinstance(figure, Unpriced)]
    if len(missing) == len(figures) and len(set(missing)) == 1:
        return (money_view("Cost", cost.attributed),)
    return cost_view(cost)


def _money_sentence(query: QueryAssessment) -> str:
    """The premium paid for nothing, or what the run cost, or why neither is known."""
    cost = query.cost
    if not isinstance(cost.exposure, Unpriced):
        return f"{money(cost.exposure.usd)} of premium a run paid for time off the engine ({cost.exposure.basis})."
    if not isinstance(cost.attributed, Unpriced):
        return f"The run cost {money(cost.attributed.usd)} ({cost.attributed.basis}). {one_line(cost.exposure.reason.sentence)}"
    return f"Not priced: {one_line(cost.attributed.reason.sentence)}"


def _legs(query: QueryAssessment) -> tuple[LegView, ...]:
    confidence = query.confidence
    legs = (
        ("parse", confidence.parse),
        ("diagnosis", confidence.diagnosis),
        ("cost", confidence.cost),
        ("recommendation", confidence.recommendation),
    )
    has_amount = not (isinstance(query.cost.attributed, Unpriced) and isinstance(query.cost.exposure, Unpriced))
    return tuple(
        LegView(name, "none", "–", tuple(one_line(reason.sentence) for reason in leg.reasons))
        if name == "cost" and not has_amount
        else LegView(name, leg.level, f"{leg.score:.2f}", tuple(one_line(reason.sentence) for reason in leg.reasons))
        for name, leg in legs
    )
