"""What the API says of problems. Money is integer micro-USD, modeled unless it says otherwise; times are UTC ms since 1970."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from clusop.analysis.economics.exact_text import number_text
from clusop.service.problems.seen_names import causes_of, names_of
from clusop.service.problems.states import allowed
from clusop.service.problems.subject import tags_of
from clusop.service.store.tables.columns import PICO_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import RowMapping

    from clusop.analysis.figure import Figure
    from clusop.service.problems.one import WholeProblem
    from clusop.service.suppression.per_30_days import Monthly
    from clusop.service.views.billed import BilledLine

__all__ = [
    "Amount",
    "BilledExposure",
    "DaySums",
    "Event",
    "FigureAnswer",
    "Money",
    "Month",
    "Problem",
    "ProblemPage",
    "ProblemSums",
    "WholeProblemAnswer",
    "problem_answer",
    "sums_answer",
    "whole_answer",
]

_TEN_THOUSANDTHS = 10_000


class Money(BaseModel):
    """A range of dollars. The dollars of ``unpriced_runs`` are not in it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"low_microusd": 120000, "high_microusd": 340000, "unpriced_runs": 0}}
    )

    low_microusd: int
    high_microusd: int
    unpriced_runs: int = Field(description="Runs without a price.")


class ProblemSums(BaseModel):
    """What is added up over signals."""

    signals: int
    runs: int
    run_ms: int = Field(description="Task time of the runs' whole executions.")
    island_ms: int = Field(description="Task time off the engine in this problem's islands.")
    island_unknown_runs: int
    cluster_hours: str = Field(description="Attributed cluster-hours, exact.", examples=["0.125"])
    hours_unknown_runs: int
    exposure: Money
    avoidable: Money = Field(description="Cash that a change would save.")
    capacity: Money = Field(description="Avoidable that frees capacity and saves no cash.")


class Amount(BaseModel):
    """A range of dollars."""

    low_microusd: int
    high_microusd: int


class DaySums(BaseModel):
    """One UTC day of a problem."""

    day: int = Field(description="Days since 1970, UTC.", examples=[20786])
    sums: ProblemSums
    derived_exposure: Amount | None = Field(
        description="Of hours that the bill tells: billed DBUs with an assumed premium. Null where it tells none yet."
    )
    replaced_exposure: Amount = Field(
        description="Of `sums.exposure`, which is modeled, the part of these hours: `derived_exposure` stands in its place."
    )


class FigureAnswer(BaseModel):
    """An amount that can be recomputed from what stands beside it: ``clusop explain FILE`` does so (docs/formulas.md)."""

    low_microusd: int
    high_microusd: int
    basis: str = Field(description="modeled, or derived: billed DBUs with an assumed premium.", examples=["modeled"])
    formula: str = Field(examples=["per-30-days-1"])
    inputs: dict[str, str] = Field(description="Exact numbers, or ranges as low..high.")
    price_ids: list[str]


class Month(BaseModel):
    """30 days at the rate seen, as a message tells them."""

    exposures: list[FigureAnswer] = Field(description="One for each basis; none where no run had a price.")
    cash: FigureAnswer | None
    capacity: FigureAnswer | None


class BilledExposure(BaseModel):
    """What of one hour of the bill was premium of this problem."""

    hour_at_ms: int
    cluster: str
    sku: str
    currency: str
    exposure: FigureAnswer


class Event(BaseModel):
    """What somebody, or time, made of a problem."""

    at_ms: int
    kind: str = Field(examples=["snoozed"])
    actor: str
    actor_kind: str = Field(examples=["person"])
    reason: str
    detail: dict[str, Any]  # Any: JSON


class Problem(BaseModel):
    """One problem: signals of one signature. What is not told is an empty text."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 17, "workspace": "1234567890", "signature": "0123456789abcdef0123456789abcdef",
                "workload": "job:42", "task_key": "load_orders", "cause": "python-udf",
                "causes": ["python-udf"], "operators": ["BatchEvalPython"], "is_upper_bound": False,
                "family": "python", "occurrence": 0, "engine": "photon", "verdict": "fallback", "action": "fix", "dbr": "16.4",
                "cluster": "1122-334455-abc12def", "compute": "job:42", "tags": {"team": "pricing"},
                "first_seen_at_ms": 1789900000000, "last_seen_at_ms": 1790000000000, "recommendation": 0.82,
                "state": "open", "state_since_at_ms": 1789900000000, "state_until_at_ms": None, "state_by": "",
                "state_reason": "", "owner": "ana@example.com", "owner_source": "system-tables", "team": "pricing",
                "team_source": "tag", "changes": ["acknowledge", "snooze", "resolve"],
                "total": {"signals": 3, "runs": 9, "run_ms": 120000, "island_ms": 48000, "island_unknown_runs": 0,
                          "cluster_hours": "0.125", "hours_unknown_runs": 0,
                          "exposure": {"low_microusd": 120000, "high_microusd": 340000, "unpriced_runs": 0},
                          "avoidable": {"low_microusd": 90000, "high_microusd": 400000, "unpriced_runs": 0},
                          "capacity": {"low_microusd": 0, "high_microusd": 0, "unpriced_runs": 0}},
                "last_30_days": None,
            }
        }
    )  # fmt: skip

    id: int
    workspace: str
    signature: str
    workload: str
    task_key: str
    cause: str = Field(description="An id of the catalogue of reasons: the cause that the evidence tells.")
    causes: list[str] = Field(description="All that its signals told; causes that are alike are one problem.")
    operators: list[str] = Field(description="The plan nodes that left the engine, as signals told them, at most 8.")
    is_upper_bound: bool = Field(description="Whether the time in its islands may be less than told.")
    family: str
    occurrence: int
    engine: str
    verdict: str
    action: str
    dbr: str
    cluster: str
    compute: str
    tags: dict[str, str]
    first_seen_at_ms: int
    last_seen_at_ms: int
    recommendation: float = Field(description="The recommendation leg of the newest signal, 0..1.")
    state: str = Field(description="open, acknowledged, snoozed, resolved or came-back.")
    state_since_at_ms: int
    state_until_at_ms: int | None
    state_by: str
    state_reason: str
    owner: str
    owner_source: str = Field(description="person, tag, system-tables or rule.")
    team: str
    team_source: str
    changes: list[str] = Field(description="What may be done to it now.")
    total: ProblemSums
    last_30_days: ProblemSums | None = Field(description="Null where nothing of it was seen in the last 30 days.")


class ProblemPage(BaseModel):
    """A page of the list."""

    problems: list[Problem]
    cursor: str = Field(description="Asks for the next page; empty at the end.")


class WholeProblemAnswer(Problem):
    """One problem in full."""

    per_30_days: Month
    billed: list[BilledExposure] = Field(description="The newest 200 shares of the bill, newest first.")
    days: list[DaySums] = Field(description="Of the days asked for those with work in them, oldest first.")
    events: list[Event] = Field(description="The newest 200, newest first.")
    evidence: dict[str, Any] | None = Field(description="The signal that shows it best, as it came (docs/records.md).")


def problem_answer(row: RowMapping, recent: Mapping[str, int] | None) -> Problem:
    """The problem in ``row``; ``recent`` are its sums of the last 30 days."""
    return Problem(**_fields(row, recent))


def whole_answer(
    whole: WholeProblem, recent: Mapping[str, int] | None, month: Monthly, billed: Sequence[BilledLine]
) -> WholeProblemAnswer:
    """The problem in full."""
    days = [
        DaySums(
            day=row["day"],
            sums=sums_answer(row),
            derived_exposure=None if row["derived_low_microusd"] is None else _amount(row, "derived"),
            replaced_exposure=_amount(row, "replaced"),
        )
        for row in whole.days
    ]
    names = ("at_ms", "kind", "actor", "actor_kind", "reason")
    events = [Event(**{name: row[name] for name in names}, detail=json.loads(row["detail"])) for row in whole.events]
    return WholeProblemAnswer(
        **_fields(whole.row, recent),
        per_30_days=_month(month),
        billed=[_billed(one) for one in billed],
        days=days,
        events=events,
        evidence=whole.evidence,
    )


def sums_answer(row: RowMapping | Mapping[str, int]) -> ProblemSums:
    """The sums in a row."""
    return ProblemSums(
        signals=row["signal_count"],
        runs=row["run_count"],
        run_ms=row["run_ms"],
        island_ms=row["island_ms"],
        island_unknown_runs=row["island_unknown_runs"],
        cluster_hours=number_text(Fraction(row["hours_pico"], PICO_HOURS)),
        hours_unknown_runs=row["hours_unknown_runs"],
        exposure=_money(row, "exposure", "exposure"),
        avoidable=_money(row, "avoidable", "avoidable"),
        capacity=_money(row, "capacity", "avoidable"),
    )


def _month(month: Monthly) -> Month:
    savings = {saving.is_capacity: _figure(saving.per_30_days) for saving in month.savings}
    exposures = [_figure(figure) for figure in month.exposures]
    return Month(exposures=exposures, cash=savings.get(False), capacity=savings.get(True))


def _billed(line: BilledLine) -> BilledExposure:
    names = ("hour_at_ms", "cluster", "sku", "currency")
    return BilledExposure(**{name: getattr(line, name) for name in names}, exposure=FigureAnswer(**line.figure))


def _figure(figure: Figure) -> FigureAnswer:
    return FigureAnswer.model_validate(figure.to_json())


def _amount(row: RowMapping, name: str) -> Amount:
    return Amount(low_microusd=row[f"{name}_low_microusd"], high_microusd=row[f"{name}_high_microusd"])


def _money(row: RowMapping | Mapping[str, int], name: str, unpriced: str) -> Money:
    return Money(
        low_microusd=row[f"{name}_low_microusd"],
        high_microusd=row[f"{name}_high_microusd"],
        unpriced_runs=row[f"{unpriced}_unpriced_runs"],
    )


_AS_THEY_ARE = (
    "id", "workspace", "signature", "workload", "task_key", "cause", "family", "occurrence", "engine", "verdict", "action",
    "dbr", "cluster", "compute", "first_seen_at_ms", "last_seen_at_ms", "state", "state_since_at_ms", "state_until_at_ms",
    "state_by", "state_reason", "owner", "owner_source", "team", "team_source",
)  # fmt: skip


def _fields(row: RowMapping, recent: Mapping[str, int] | None) -> dict[str, Any]:
    return {name: row[name] for name in _AS_THEY_ARE} | {
        "causes": list(causes_of(row)),
        "operators": list(names_of(row["operators"])),
        "is_upper_bound": bool(row["is_upper_bound"]),
        "tags": dict(tags_of(row["tags"])),
        "recommendation": row["recommendation"] / _TEN_THOUSANDTHS,
        "changes": list(allowed(row["state"])),
        "total": sums_answer(row),
        "last_30_days": sums_answer(recent) if recent is not None else None,
    }
