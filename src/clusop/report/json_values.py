"""JSON values: numbers, figures, reasons, and facts that are ``null`` with a reason beside them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.pricing.price import Unpriced
from clusop.report.scrub import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.analysis.assessment import Proposal, TimeSplit
    from clusop.analysis.figure import Figure
    from clusop.reasons import Reason
    from clusop.units import Exact

__all__ = ["figure_json", "number_json", "proposal_json", "put", "put_text", "reason_json", "reasons_json", "time_json"]

_DIGITS = 6


def number_json(value: Exact) -> int | float:
    """An exact number: an integer where it is one, else a float of six decimals."""
    exact_value = Fraction(value)
    return exact_value.numerator if exact_value.denominator == 1 else round(float(exact_value), _DIGITS)


def put(document: dict[str, object], field: str, value: object, reason: Reason) -> None:
    """Set ``field``, or ``null`` with ``<field>_reason`` beside it where ``value`` is ``None``."""
    document[field] = value
    if value is None:
        document[f"{field}_reason"] = reason_json(reason)


def put_text(document: dict[str, object], field: str, value: str, reason: Reason) -> None:
    """As :func:`put` for text, whose absence is ``""``."""
    put(document, field, printable(value) if value else None, reason)


def reason_json(reason: Reason) -> dict[str, str]:
    """A reason, its sentence safe to encode."""
    return {"reason": reason.id, "sentence": printable(reason.sentence)}


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons, each once, in order."""
    return [reason_json(reason) for reason in dict.fromkeys(reasons)]


def figure_json(figure: Figure | Unpriced) -> dict[str, object]:
    """A figure, or why there is none."""
    return {"unpriced": reason_json(figure.reason)} if isinstance(figure, Unpriced) else figure.to_json()


def proposal_json(proposal: Proposal) -> dict[str, object]:
    """A proposal; ``saving`` is there where one was worked out."""
    document: dict[str, object] = {
        "action": proposal.action.value,
        "sentence": printable(proposal.sentence),
        "reasons": reasons_json(proposal.reasons),
    }
    if proposal.saving is not None:
        document["saving"] = figure_json(proposal.saving)
    return document


def time_json(split: TimeSplit, absent: Reason) -> dict[str, object]:
    """Time by its classes, in ms. ``absent`` is said of a class where the split itself gives no reason."""
    reason = split.reasons[0] if split.reasons else absent
    document: dict[str, object] = {}
    ratio = split.native_ratio
    put(document, "run_ms", _ms(split.run_ms), reason)
    put(document, "native_ms", _ms(split.native_ms), reason)
    put(document, "native_ratio", None if ratio is None else round(float(ratio), _DIGITS), reason)
    document["ratio_basis"] = split.ratio_basis.value
    for field, value in (
        ("island_ms", split.island_ms),
        ("row_source_ms", split.row_source_ms),
        ("boundary_ms", split.boundary_ms),
        ("unexplained_ms", split.unexplained_ms),
        ("lost_ms", split.lost_ms),
    ):
        put(document, field, _ms(value), reason)
    document["reasons"] = reasons_json(split.reasons)
    return document


def _ms(value: Exact | None) -> int | float | None:
    return None if value is None else number_json(value)
