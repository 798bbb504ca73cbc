"""The four legs of confidence (DESIGN §7): how sure we are of the reading, the cause, the dollars and the advice.

Each leg starts from what its witnesses are worth and is lowered, factor by factor, by what is known to be missing; every
lowering leaves its reason. The numbers are calibrated against the labelled corpus by the corpus test: of what is said with
0.9, nine in ten must be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Action, Confidence, Leg, RatioBasis, Verdict, Witness
from clusop.analysis.economics.terms import missing_parts
from clusop.analysis.figure import ModeledFigure
from clusop.plan.reading import ExplanationVerdict, Phase, PlanSource
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clusop.analysis.assessment import Finding, QueryCost, TimeSplit
    from clusop.analysis.figure import Figure
    from clusop.plan.reading import PlanReading

__all__ = ["Evidence", "confidence_of", "cost_leg", "diagnosis_leg", "parse_leg", "recommendation_leg", "with_bill"]

_BEST_PARSE = 0.99
_PARSE_FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "truncated-top": 0.5,
        "truncated-plan": 0.7,
        "irregular-indentation": 0.8,
        "missing-details": 0.9,
        "repaired-text": 0.92,
        "wrapped-lines": 0.92,
        "missing-header": 0.97,
        "new-native-name": 0.95,
        "initial-plan": 0.9,
        "not-final": 0.4,
        "empty": 0.0,
        "logical-only": 0.0,
        "too-large": 0.0,
        "unreadable": 0.0,
    }
)
_OTHER_DAMAGE = 0.9

_AGREED, _AGREED_BY_THREE, _MEASURED, _STRUCTURE, _WORDS, _UNEXPLAINED = 0.93, 0.96, 0.87, 0.8, 0.7, 0.4
_DISAGREED = 0.6
_SILENT_ENGINE_NATIVE = 0.9
_SETTINGS = 0.95
_AGREEMENTS = frozenset({(Verdict.NATIVE, ExplanationVerdict.FULLY), (Verdict.COMMAND, ExplanationVerdict.COMMAND)})
_BOUNDS = frozenset({"no-stage-times", "no-native-time"})
_STAGE_BY_STAGE = "photon"
"""The engine that converts adaptive stages one by one."""
_SIDE_CAUSES = frozenset({"row-source", "marginal-operator", "unexplained"})

_MODELED, _BILLED = 0.79, 0.95
_NOT_BILLED = "modeled-dollars"
_COST_FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "unknown-tier": 0.95,
        "spot-unknown": 0.9,
        "vm-list-midpoint": 0.97,
        "part-not-priced": 0.8,
        "no-stage-times": 0.7,
        "no-native-time": 0.7,
        "shared-stage": 0.9,
        "failed-tasks": 0.9,
        "busy-above-slots": 0.8,
        "no-timeline": 0.7,
        "operators-basis": 0.7,
        "assumed-gain": 0.85,
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The three legs on which advice rests."""

    parse: Leg
    diagnosis: Leg
    cost: Leg

    @property
    def of_the_cause(self) -> float:
        """The smaller of parse and diagnosis: what a fix rests on."""
        return min(self.parse.score, self.diagnosis.score)


def parse_leg(
    readings: Sequence[PlanReading],
    new_native_names: Sequence[str] = (),
    *,
    engine: str = _STAGE_BY_STAGE,
    problems: Sequence[Reason] = (),
) -> Leg:
    """How well the plan was read: 0.99 for a whole final plan, less for every damage and for a plan before its end.

    ``problems`` are those of the run as a whole. A text that shows only the initial plan may be all there is. Between
    re-plannings Photon's plan proves next to nothing; Comet's start and final plans agree, so ``engine`` counts.
    """
    reasons = [*problems, *(problem for reading in readings for problem in reading.problems)]
    if all(reading.plan is None for reading in readings):
        return Leg(0.0, tuple(dict.fromkeys(reasons)) or (Reason("empty"),))
    for reading in readings:
        if reading.phase in {Phase.INITIAL, Phase.CURRENT}:
            is_sound = reading.source is PlanSource.EXPLAIN_TEXT and reading.phase is Phase.INITIAL
            reasons.append(Reason("initial-plan" if is_sound or engine != _STAGE_BY_STAGE else "not-final"))
    if new_native_names and not any(reason.id == "new-native-name" for reason in reasons):
        reasons.append(Reason("new-native-name", f" ({', '.join(new_native_names[:5])})"))
    return _lowered(_BEST_PARSE, reasons, _PARSE_FACTORS, _OTHER_DAMAGE)


def diagnosis_leg(
    verdict: Verdict,
    findings: Sequence[Finding],
    explanation: ExplanationVerdict = ExplanationVerdict.ABSENT,
    verdict_reasons: Sequence[Reason] = (),
) -> Leg:
    """How sure the verdict and its main cause are, by the witnesses: the engine's words and the structure agreeing beat the
    structure alone, which beats words alone; a disagreement is said and lowers; what nobody explains stays low.
    """
    if verdict is Verdict.UNKNOWN:
        return Leg(0.0, tuple(verdict_reasons) or (Reason("no-engine-evidence"),))
    disagreements = [finding.disagreement for finding in findings if finding.disagreement is not None]
    disagreements += [reason for reason in verdict_reasons if reason.id == "explanation-disagrees"]
    score, reasons = _verdict_score(verdict, findings, explanation)
    if disagreements:
        return Leg(round(score * _DISAGREED, 4), (*reasons, *dict.fromkeys(disagreements)))
    return Leg(score, reasons)


def cost_leg(cost: QueryCost, time: TimeSplit, findings: Sequence[Finding] = (), remarks: Iterable[Reason] = ()) -> Leg:
    """How sure the dollars are. Modeled ones are at most medium; without dollars 0, with the reason.

    ``remarks`` are those of the rates and of the hours (``unknown-tier``, ``spot-unknown``, ``busy-above-slots``).
    """
    if isinstance(cost.attributed, Unpriced):
        return Leg(0.0, (cost.attributed.reason,))
    if time.ratio_basis is RatioBasis.STRUCTURE:
        return Leg(0.0, time.reasons or (Reason("no-times"),))
    is_modeled = isinstance(cost.attributed, ModeledFigure)
    reasons = [Reason(_NOT_BILLED)] if is_modeled else []
    reasons += [*remarks, *_gaps(cost.attributed), *(reason for reason in time.reasons if reason.id in _COST_FACTORS)]
    if time.ratio_basis is RatioBasis.OPERATORS:
        reasons.append(Reason("operators-basis"))
    is_bounded = any(finding.is_upper_bound for finding in findings)
    if is_bounded and not any(reason.id in _BOUNDS for reason in reasons):
        reasons.append(Reason("no-native-time" if time.native_ms is None else "no-stage-times"))
    if not isinstance(cost.avoidable, Unpriced):
        reasons.append(Reason("assumed-gain"))
    return _lowered(_MODELED if is_modeled else _BILLED, reasons, _COST_FACTORS, 1.0)


def with_bill(leg: Leg, billed_ratio: Fraction) -> Leg:
    """The cost leg of modeled dollars of which a bill now tells ``billed_ratio`` (0 to 1): that part is worth what billed dollars
    are, all else that lowered the leg stays. One that was not lowered for being modeled is as it was.
    """
    if not billed_ratio or all(reason.id != _NOT_BILLED for reason in leg.reasons):
        return leg
    raised = leg.score * (1 + float(billed_ratio) * (_BILLED / _MODELED - 1))
    in_place = () if billed_ratio == 1 else (Reason("partly-billed"),)
    reasons = (one for reason in leg.reasons for one in ((reason,) if reason.id != _NOT_BILLED else in_place))
    return Leg(min(_BILLED, round(raised, 4)), tuple(reasons))


def recommendation_leg(action: Action, evidence: Evidence) -> Leg:
    """Never above a leg it rests on: a fix, keeping and silence rest on parse and diagnosis, switching the engine off and
    upgrading are dollar decisions and rest on cost too.
    """
    legs = [evidence.parse, evidence.diagnosis]
    if action in {Action.DISABLE, Action.UPGRADE}:
        legs.append(evidence.cost)
    score = min(leg.score for leg in legs)
    limits = (reason for leg in legs if leg.score == score for reason in leg.reasons)
    return Leg(score, tuple(dict.fromkeys(limits)))


def confidence_of(evidence: Evidence, action: Action) -> Confidence:
    """The four legs of a query whose proposal is ``action``."""
    return Confidence(evidence.parse, evidence.diagnosis, evidence.cost, recommendation_leg(action, evidence))


def _verdict_score(
    verdict: Verdict, findings: Sequence[Finding], explanation: ExplanationVerdict
) -> tuple[float, tuple[Reason, ...]]:
    if verdict in {Verdict.FALLBACK, Verdict.PARTIAL}:
        return _finding_score(max(findings, key=_weight)) if findings else (_UNEXPLAINED, (Reason("unexplained"),))
    if (verdict, explanation) in _AGREEMENTS:
        return _AGREED_BY_THREE, ()
    if verdict is Verdict.NATIVE:
        return _SILENT_ENGINE_NATIVE, (Reason("structure-only"),)
    return _SETTINGS, ()


def _weight(finding: Finding) -> tuple[bool, Fraction, int]:
    """The finding a proposal would speak of comes out first."""
    return finding.cause not in _SIDE_CAUSES, finding.time_ratio or Fraction(0), finding.operator_count


def _finding_score(finding: Finding) -> tuple[float, tuple[Reason, ...]]:
    if finding.cause == "unexplained":
        return _UNEXPLAINED, (Reason("unexplained"),)
    witnesses = set(finding.witnesses)
    if {Witness.ENGINE, Witness.STRUCTURE} <= witnesses:
        return (_AGREED_BY_THREE if Witness.METRICS in witnesses else _AGREED), ()
    if Witness.ENGINE in witnesses:
        return _WORDS, (Reason("engine-words-only"),)
    return (_MEASURED if Witness.METRICS in witnesses else _STRUCTURE), (Reason("structure-only"),)


def _gaps(figure: Figure) -> list[Reason]:
    return [Reason("part-not-priced", f" ({part}: {reason})") for part, reason in missing_parts(figure)]


def _lowered(best: float, reasons: Iterable[Reason], factors: Mapping[str, float], otherwise: float) -> Leg:
    """``best`` times the factor of each reason, each id once, however often it was said."""
    kept = tuple(dict.fromkeys(reasons))
    score = best
    for reason_id in dict.fromkeys(reason.id for reason in kept):
        score *= factors.get(reason_id, otherwise)
    return Leg(round(score, 4), kept)
