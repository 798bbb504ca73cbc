"""One query in the JSON contract."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from clusop.plan.kind import Kind
from clusop.reasons import Reason, catalogue
from clusop.report.json_values import figure_json, number_json, proposal_json, put, reasons_json, time_json
from clusop.report.scrub import printable

if TYPE_CHECKING:
    from clusop.analysis.assessment import Finding, Island, Leg, QueryAssessment

__all__ = ["query_json"]

_RATIO_DIGITS = 6


def query_json(query: QueryAssessment) -> dict[str, object]:
    """The document of one query."""
    observed = query.observed
    document: dict[str, object] = {
        "id": printable(observed.query_id),
        "description": printable(observed.description),
        "role": query.role.value,
    }
    if observed.root_id and observed.root_id != observed.query_id:
        document["root_id"] = printable(observed.root_id)
    unknown = next((reason for reason in query.verdict_reasons if reason.id == "no-engine-evidence"), None)
    put(document, "engine", query.dialect.id if unknown is None else None, unknown or Reason("no-engine-evidence"))
    document |= {
        "status": observed.status.value,
        "verdict": query.verdict.value,
        "verdict_reasons": reasons_json(query.verdict_reasons),
        "native_operators": query.native_operator_count,
        "jvm_operators": [{"name": printable(name), "count": many} for name, many in query.jvm_operators],
        "boundaries": _boundaries(query),
        "new_native_operators": [printable(name) for name in query.new_native_names],
        "findings": [_finding(finding) for finding in query.findings],
        "islands": [_island(query, island) for island in query.islands],
        "time": time_json(query.time, Reason("no-times")),
        "cost": {
            "attributed": figure_json(query.cost.attributed),
            "exposure": figure_json(query.cost.exposure),
            "avoidable": figure_json(query.cost.avoidable),
            "avoidable_is_capacity": query.cost.avoidable_is_capacity,
        },
        "confidence": {
            "parse": _leg(query.confidence.parse),
            "diagnosis": _leg(query.confidence.diagnosis),
            "cost": _leg(query.confidence.cost),
            "recommendation": _leg(query.confidence.recommendation),
        },
        "proposal": proposal_json(query.proposal),
        "problems": reasons_json(
            (*(problem for judged in query.plans for problem in judged.reading.problems), *observed.problems)
        ),
    }
    return document


def _boundaries(query: QueryAssessment) -> list[dict[str, object]]:
    """Where rows or batches change hands, counted by name; no operators, so no part of the other counts."""
    counts = Counter(
        operator.name
        for plan in query.plans
        if plan.reading.plan is not None
        for operator, kind, ran in zip(plan.reading.plan.operators, plan.kinds, plan.ran, strict=True)
        if kind is Kind.BOUNDARY and ran
    )
    return [{"name": printable(name), "count": many} for name, many in sorted(counts.items())]


def _finding(finding: Finding) -> dict[str, object]:
    entry = catalogue()[finding.cause]
    document: dict[str, object] = {
        "cause": finding.cause,
        "operator": printable(finding.operator),
        "detail": printable(finding.detail),
        "sentence": printable(entry.sentence.replace("{detail}", "")),
        "instead": entry.advice(finding.operator).instead,
        "functions": [printable(name) for name in finding.functions],
        "engine_says": printable(finding.engine_says),
        "witnesses": [witness.value for witness in finding.witnesses],
        "graph": finding.graph,
        "index": finding.index,
        "operators": finding.operator_count,
    }
    if finding.disagreement is not None:
        document["disagreement"] = reasons_json((finding.disagreement,))[0]
    put(document, "island", finding.island, Reason("no-island"))
    put(
        document,
        "time_ratio",
        None if finding.time_ratio is None else round(float(finding.time_ratio), _RATIO_DIGITS),
        finding.time_reason or Reason("no-times"),
    )
    document["ratio_basis"] = finding.ratio_basis.value
    document["is_upper_bound"] = finding.is_upper_bound
    return document


def _island(query: QueryAssessment, island: Island) -> dict[str, object]:
    plan = query.plans[island.graph].reading.plan
    names = [] if plan is None else [printable(plan.operators[index].name) for index in island.operators]
    document: dict[str, object] = {
        "number": island.number,
        "graph": island.graph,
        "operators": names,
        "stage_ids": list(island.stage_ids),
    }
    time_ms = None if island.time_ms is None else number_json(island.time_ms)
    put(document, "time_ms", time_ms, island.time_reason or Reason("no-times"))
    document["is_upper_bound"] = island.is_upper_bound
    document["remarks"] = reasons_json(island.remarks)
    return document


def _leg(leg: Leg) -> dict[str, object]:
    return {"score": round(leg.score, _RATIO_DIGITS), "level": leg.level, "reasons": reasons_json(leg.reasons)}
