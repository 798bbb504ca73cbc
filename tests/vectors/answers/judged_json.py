"""Islands, findings, exact numbers and reasons as the answers of several questions show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observed_json import reasons_json

if TYPE_CHECKING:
    from fractions import Fraction

    from clusop.analysis.assessment import Finding, Island
    from clusop.reasons import Reason

__all__ = ["finding_json", "fraction_json", "island_json", "reason_json"]


def island_json(island: Island) -> dict[str, object]:
    """An island; its time as an exact number, or why there is none."""
    return {
        "number": island.number,
        "graph": island.graph,
        "operators": list(island.operators),
        "stage_ids": list(island.stage_ids),
        "time_ms": fraction_json(island.time_ms),
        "time_reason": reason_json(island.time_reason),
        "is_upper_bound": island.is_upper_bound,
        "remarks": reasons_json(island.remarks),
    }


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding with all its witnesses."""
    return {
        "cause": finding.cause,
        "operator": finding.operator,
        "graph": finding.graph,
        "index": finding.index,
        "detail": finding.detail,
        "island": finding.island,
        "functions": list(finding.functions),
        "engine_says": finding.engine_says,
        "witnesses": [witness.value for witness in finding.witnesses],
        "disagreement": reason_json(finding.disagreement),
        "inherited": list(finding.inherited),
        "time_ratio": fraction_json(finding.time_ratio),
        "time_reason": reason_json(finding.time_reason),
        "ratio_basis": finding.ratio_basis.value,
        "is_upper_bound": finding.is_upper_bound,
    }


def fraction_json(value: Fraction | None) -> str | None:
    """An exact number as text."""
    return None if value is None else str(value)


def reason_json(reason: Reason | None) -> list[str] | None:
    """A reason with its detail."""
    return None if reason is None else [reason.id, reason.detail]
