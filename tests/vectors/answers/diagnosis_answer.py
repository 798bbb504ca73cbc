"""What the analysis says of one run, without dollars, as canonical JSON: the answer Scala must give too, byte for byte."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from judged_json import finding_json, fraction_json, island_json
from observed_json import NoObservedError, canonical_json, read_observed, reasons_json

from clusop.analysis.assessment import Action, JudgedPlan, Leg, QueryCost, TimeSplit
from clusop.analysis.confidence import Evidence, cost_leg, diagnosis_leg, parse_leg, recommendation_leg
from clusop.analysis.diagnosis import Diagnosis, diagnose
from clusop.analysis.figure import ModeledFigure
from clusop.analysis.signature import Problem, operator_family, signature, workload_key, workload_stem
from clusop.reasons import Reason
from clusop.units import Range

__all__ = ["answer_of_observed"]

_KEY = b"clusop"
_BILL = ModeledFigure(Range.of(1), "attributed-1", {"dbu_usd": "1", "vm_usd": "unpriced:unknown-vm-price"})
_COST = QueryCost(_BILL, _BILL, _BILL)


def answer_of_observed(observed_json_text: str) -> str:
    """Diagnosis, legs and signatures of the run that ``observed_json_text`` describes."""
    try:
        observed, native_time_seen = read_observed(observed_json_text)
    except NoObservedError:
        return canonical_json({"refused": "no-observed"})
    found = diagnose(observed, native_time_seen=native_time_seen)
    parse = parse_leg(
        [plan.reading for plan in found.plans],
        found.new_native_names,
        engine=found.engine.name,
        problems=observed.problems,
    )
    diagnosis = diagnosis_leg(found.verdict, found.findings, found.explanation, found.verdict_reasons)
    cost = cost_leg(_COST, found.time, found.findings, (Reason("spot-unknown"),))
    evidence = Evidence(parse, diagnosis, cost)
    return canonical_json(
        _diagnosis_json(found)
        | {
            "parse": _leg_json(parse),
            "diagnosis": _leg_json(diagnosis),
            "cost": _leg_json(cost),
            "fix": _leg_json(recommendation_leg(Action.FIX, evidence)),
            "disable": _leg_json(recommendation_leg(Action.DISABLE, evidence)),
            "stem": workload_stem(observed.description),
            "workload": workload_key(observed.description, "", _KEY),
        }
    )


def _diagnosis_json(found: Diagnosis) -> dict[str, object]:
    workload = workload_key(found.observed.description, "", _KEY)
    met: Counter[tuple[str, str]] = Counter()
    findings = []
    for finding in found.findings:
        family = operator_family(finding.operator)
        problem = Problem("1234", workload, "load", finding.cause, family, met[finding.cause, family])
        met[finding.cause, family] += 1
        findings.append(finding_json(finding) | {"family": family, "signature": signature(problem)})
    return {
        "explanation": found.explanation.value,
        "engine": [found.engine.name, found.engine.state.value, found.engine.evidence],
        "dialect": found.dialect.id,
        "role": found.role.value,
        "verdict": found.verdict.value,
        "verdict_reasons": reasons_json(found.verdict_reasons),
        "plans": [_plan_json(plan) for plan in found.plans],
        "native_operator_count": found.native_operator_count,
        "jvm_operators": [list(entry) for entry in found.jvm_operators],
        "new_native_names": list(found.new_native_names),
        "islands": [island_json(island) for island in found.islands],
        "findings": findings,
        "time": _time_json(found.time),
    }


def _plan_json(plan: JudgedPlan) -> dict[str, object]:
    return {
        "phase": plan.reading.phase.value,
        "source": plan.reading.source.value,
        "kinds": [kind.value for kind in plan.kinds],
        "island_of": list(plan.island_of),
        "ran": list(plan.ran),
        "verdict": plan.verdict.value,
        "reasons": reasons_json(plan.reasons),
    }


def _time_json(time: TimeSplit) -> dict[str, object]:
    return {
        "run_ms": fraction_json(time.run_ms),
        "native_ms": fraction_json(time.native_ms),
        "native_ratio": fraction_json(time.native_ratio),
        "ratio_basis": time.ratio_basis.value,
        "island_ms": fraction_json(time.island_ms),
        "row_source_ms": fraction_json(time.row_source_ms),
        "boundary_ms": fraction_json(time.boundary_ms),
        "unexplained_ms": fraction_json(time.unexplained_ms),
        "lost_ms": fraction_json(time.lost_ms),
        "reasons": reasons_json(time.reasons),
    }


def _leg_json(leg: Leg) -> dict[str, object]:
    # The exact value of the double: two languages print doubles differently.
    return {"score": str(Fraction(leg.score)), "level": leg.level, "reasons": reasons_json(leg.reasons)}
