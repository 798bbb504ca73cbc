"""A plan's digest: which operators, how deep, and of their arguments what may leave a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.records.gate import operator_name
from clusop.plan.scrub import scrub_arguments

if TYPE_CHECKING:
    from clusop.analysis.assessment import JudgedPlan

__all__ = ["MAX_DIGEST_ENTRIES", "digest_of"]

MAX_DIGEST_ENTRIES = 200
_MAX_RAW_CHARS = 256
_MAX_ARGUMENT_CHARS = 96


def digest_of(judged: JudgedPlan) -> tuple[list[list[object]], int]:
    """``[depth, kind, name, arguments]`` of each operator in pre-order, and how many were left out at the end.

    A number in a scrubbed argument is a literal and already gone; what is no printable ASCII goes too.
    """
    plan = judged.reading.plan
    if plan is None:
        return [], 0
    entries: list[list[object]] = [
        [plan.depths[index], judged.kinds[index].value, operator_name(operator.name), _arguments(operator.arguments)]
        for index, operator in enumerate(plan.operators[:MAX_DIGEST_ENTRIES])
    ]
    return entries, len(plan.operators) - len(entries)


def _arguments(text: str) -> str:
    scrubbed = scrub_arguments(text[:_MAX_RAW_CHARS])
    return "".join(character for character in scrubbed if " " <= character <= "~")[:_MAX_ARGUMENT_CHARS]
