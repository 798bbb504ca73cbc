"""All that is read from one plan, as canonical JSON: the answer Scala must give too, byte for byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from clusop.plan.dialect import classify, dialect, dialect_ids, engine_of_names
from clusop.plan.fingerprint import fingerprint
from clusop.plan.plan_info import read_plan_info_json
from clusop.plan.scrub import scrub_arguments
from clusop.plan.text import read_explain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.plan.node import Metric, Operator, Plan
    from clusop.plan.reading import PlanReading

__all__ = ["answer_of_plan_info", "answer_of_reading", "answer_of_text"]


def answer_of_text(text: str) -> str:
    """What explain text gives."""
    return answer_of_reading(read_explain_text(text))


def answer_of_plan_info(json_text: str) -> str:
    """What a SparkPlanInfo in JSON gives."""
    return answer_of_reading(read_plan_info_json(json_text))


def answer_of_reading(reading: PlanReading) -> str:
    """A reading with everything the dialects, the fingerprint and the scrubber make of it."""
    told = reading.explanation
    answer = {
        "source": reading.source.value,
        "phase": reading.phase.value,
        "explanation": {
            "verdict": told.verdict.value,
            "blocks": [[each.subject, each.subject_kind, each.detail, each.reference] for each in told.blocks],
        },
        "problems": [[each.id, each.detail] for each in reading.problems],
        "plan": None if reading.plan is None else _plan_json(reading.plan),
    }
    return json.dumps(answer, sort_keys=True, separators=(",", ":"))


def _plan_json(plan: Plan) -> dict[str, object]:
    dialects = [dialect(each) for each in dialect_ids()]
    return {
        "operators": [_operator_json(operator) for operator in plan.operators],
        "codegens": [[codegen.number, _metrics_json(codegen.metrics)] for codegen in plan.codegens],
        "kinds": {spoken.id: [kind.value for kind in classify(plan, spoken)] for spoken in dialects},
        "new": {spoken.id: [spoken.is_new(operator.name) for operator in plan.operators] for spoken in dialects},
        "engine_of_names": engine_of_names(plan),
        "fingerprint": fingerprint(plan),
    }


def _operator_json(operator: Operator) -> dict[str, object]:
    return {
        "name": operator.name,
        "parent": operator.parent,
        "link": operator.link.value,
        "arguments": operator.arguments,
        "scrubbed": scrub_arguments(operator.arguments),
        "metrics": _metrics_json(operator.metrics),
        "number": operator.number,
        "codegen": operator.codegen,
    }


def _metrics_json(metrics: Iterable[Metric]) -> list[list[object]]:
    return [[metric.name, metric.kind, metric.accumulator_id] for metric in metrics]
