"""What a decision rests on, as JSON for its page: hours, shares, what was seen, history, and runs that would settle it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.economics import runs_needed
from clusop.analysis.economics.exact_text import number_text, range_text
from clusop.analysis.economics.runs_needed import MEDIAN_NOISE, NOISY_NOISE
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.decisions.on_and_off import COMPARED_WITHOUT_INPUTS, OnAndOff

if TYPE_CHECKING:
    from fractions import Fraction

    from clusop.analysis.assessment import Proposal
    from clusop.analysis.economics import EngineWindow
    from clusop.analysis.figure import Figure
    from clusop.service.decisions.observation import Observation

__all__ = ["Ground", "facts_of"]


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a decision rests on."""

    engine: str
    window: EngineWindow
    observation: Observation
    remarks: tuple[Reason, ...]
    agent_count: int
    compared: OnAndOff | Reason | None
    by_history: Figure | Unpriced | None
    bill: Figure | Unpriced
    attributed: Figure | Unpriced


def facts_of(ground: Ground, proposal: Proposal) -> dict[str, object]:
    """As JSON. Numbers are exact texts, money is a figure."""
    window, seen = ground.window, ground.observation
    share = window.off_engine_share
    total, busy = window.total.cluster_hours, window.busy.cluster_hours
    return {
        "sentence": proposal.sentence,
        "engine": ground.engine,
        "uptime": window.uptime.value,
        "agents": ground.agent_count,
        "cluster_hours": {"total": number_text(total), "busy": number_text(busy), "unused": number_text(total - busy)},
        "off_engine_share": share.to_json() if isinstance(share, Unpriced) else range_text(share),
        "observed": {
            "ratio": _decimal(seen.ratio),
            "good_ratio": _decimal(seen.good_ratio),
            "bill_ratio": None if seen.bill_ratio is None else _decimal(seen.bill_ratio),
            "seen_hours": number_text(seen.seen_hours),
            "before_armed_hours": _decimal(seen.before_armed_hours),
            "without_goodbye_hours": _decimal(seen.without_goodbye_hours),
            "not_weighed_hours": _decimal(seen.not_weighed_hours),
        },
        "bill": ground.bill.to_json(),
        "attributed": ground.attributed.to_json(),
        "remarks": [reason.to_json() for reason in ground.remarks],
        "runs_needed": _runs(ground.compared),
        "history": _history(ground),
    }


def _runs(compared: OnAndOff | Reason | None) -> dict[str, object]:
    """Runs each with and without the engine that would prove a saving, at the noise between runs."""
    told: dict[str, object] = {
        "at_median_noise": {"noise": _decimal(MEDIAN_NOISE), "runs": runs_needed(MEDIAN_NOISE)},
        "where_noisy": {"noise": _decimal(NOISY_NOISE), "runs": runs_needed(NOISY_NOISE)},
    }
    if isinstance(compared, OnAndOff) and compared.noise is not None:
        told["at_own_noise"] = {"noise": _decimal(compared.noise), "runs": runs_needed(compared.noise)}
    return told


def _history(ground: Ground) -> dict[str, object] | None:
    found = ground.compared
    if found is None:
        return None
    if isinstance(found, Reason):
        return {"reasons": [found.to_json()]}
    return {
        "on_runs": found.on_runs,
        "off_runs": found.off_runs,
        "on_busy_hours_per_run": _decimal(found.on_hours),
        "off_busy_hours_per_run": _decimal(found.off_hours),
        "slowdown": f"{_decimal(found.slowdown.low)}..{_decimal(found.slowdown.high)}",
        "saving": ground.by_history.to_json() if ground.by_history is not None else None,
        "reasons": [Reason(COMPARED_WITHOUT_INPUTS).to_json()],
    }


def _decimal(value: Fraction) -> str:
    """To six places, for the eye."""
    return number_text(round(value, 6))
