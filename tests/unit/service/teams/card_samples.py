"""Facts of messages: three problems and a digest, written for the tests, and the names nobody wants to see in them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from clusop.analysis.figure import ModeledFigure
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.suppression.per_30_days import WindowSums, monthly
from clusop.service.teams.told import CardFacts, DigestFacts, DigestLine, Leg, Links, Place, Sighting, UnsettledLine
from clusop.units import Range

NOW_MS = 1_795_435_200_000  # 2026-11-23 12:00 UTC
TODAY = NOW_MS // 86_400_000
URL = "https://clusop.example.com"
LINKS = Links(f"{URL}/problems/7", f"{URL}/problems/7/acknowledge", f"{URL}/problems/7/snooze")
PLACE = Place(
    workspace="1234567890",
    workload="job:42",
    task_key="load_orders",
    cluster="1122-334455-abc12def",
    engine="photon",
    dbr="18.x-photon-scala2.13",
    team="pricing",
    owner="ann@example.com",
    tags={"team": "pricing", "env": "prod"},
)
LEGS = (
    Leg("recommendation", 0.93, "high"),
    Leg("diagnosis", 0.93, "high"),
    Leg("parse", 0.99, "high"),
    Leg("cost", 0.57, "medium", ("modeled-dollars", "unknown-tier", "assumed-gain")),
)
INPUTS = {
    "driver_node_hours": "1/3",
    "on_demand_worker_node_hours": "0.333333333333",
    "spot_worker_node_hours": "2.666666666667",
    "m": "2.5..2.9",
    "J": "1",
    "g": "1.5..4",
    "driver_dbu_per_hour": "1",
    "worker_dbu_per_hour": "=driver_dbu_per_hour",
    "usd_per_dbu": "0.15..0.22",
    "driver_vm_usd_per_hour": "0.312",
    "on_demand_worker_vm_usd_per_hour": "0.312",
    "spot_worker_vm_usd_per_hour": "0.1..0.312",
    "dbu_usd": "0.5..0.733333333333",
    "vm_usd": "0.474666666667..1.04",
}
SIGHTING = Sighting(
    operator="BatchEvalPython",
    functions=("regexp_replace",),
    time_ratio=Fraction("0.4321"),
    time_basis="measured",
    is_upper_bound=False,
    time_reason="",
    runs=3,
    call_site="load_orders.py:118",
    figure=ModeledFigure(
        Range.of("0.574889", "2.375"), "fix-1", INPUTS, ("dbu-aws-i3.xlarge", "vm-aws-us-east-1-i3.xlarge")
    ),
)
SUMS = WindowSums(
    first_day=TODAY - 8,
    days=7,
    runs=21,
    run_ms=190_000_000,
    island_ms=82_000_000,
    island_unknown_runs=0,
    avoidable_unpriced_runs=2,
    exposure_unpriced_runs=0,
    cash_microusd=(11_400_000, 33_900_000),
    capacity_microusd=(0, 0),
    exposure_microusd=(6_100_000, 6_900_000),
    derived_days=5,
    derived_microusd=(4_300_000, 4_700_000),
    derived_modeled_microusd=(4_900_000, 5_500_000),
)


def facts(sums: WindowSums = SUMS, first_seen_at_ms: int = (TODAY - 8) * 86_400_000, **changes: object) -> CardFacts:
    month = monthly(sums, first_seen_at_ms, NOW_MS, min_days=3, min_runs=3)
    told = CardFacts(
        problem_id=7,
        cause="python-udf",
        is_back=False,
        place=PLACE,
        rate=month.rate,
        last_seen_at_ms=NOW_MS - 3_600_000,
        savings=month.savings or Unpriced(Reason("unknown-node-type")),
        exposures=month.exposures or Unpriced(Reason("unknown-node-type")),
        core_hours=month.core_hours,
        time_share=month.time_share,
        sighting=SIGHTING,
        legs=LEGS,
        links=LINKS,
    )
    return replace(told, **changes)


def priced() -> CardFacts:
    return facts()


def capacity_that_came_back() -> CardFacts:
    """Seen once, on a cluster that stays up; resolved before, and here again."""
    sums = replace(
        SUMS,
        first_day=TODAY,
        days=1,
        runs=1,
        avoidable_unpriced_runs=0,
        cash_microusd=(0, 0),
        capacity_microusd=(4_000, 1_250_000_000),
        derived_days=0,
        derived_microusd=(0, 0),
        derived_modeled_microusd=(0, 0),
    )
    place = replace(PLACE, workload="name:0123456789abcdef0123456789abcdef", task_key="", team="", owner="", tags={})
    return facts(sums, NOW_MS, is_back=True, place=place, cause="unsupported-operator")


def unpriced() -> CardFacts:
    """Comet: no dollars, an upper bound of time, and nobody said where people reach the service."""
    sums = replace(
        SUMS,
        avoidable_unpriced_runs=21,
        exposure_unpriced_runs=21,
        cash_microusd=(0, 0),
        exposure_microusd=(0, 0),
        derived_days=0,
    )
    sighting = replace(
        SIGHTING,
        operator="SortMergeJoin",
        functions=(),
        time_basis="operators",
        is_upper_bound=True,
        figure=Unpriced(Reason("unknown-node-type")),
    )
    return facts(sums, sighting=sighting, place=replace(PLACE, engine="comet", dbr=""), cause="scala-udf", links=None)


def digest() -> DigestFacts:
    told = facts()
    lines = tuple(
        DigestLine(
            number, cause, replace(PLACE, workload=f"job:{number}"), told.savings, None, f"{URL}/problems/{number}"
        )
        for number, cause in enumerate(("python-udf", "cached-table", "row-round-trip"), start=11)
    )
    bare = DigestLine(21, "scala-udf", PLACE, (), told.core_hours, f"{URL}/problems/21")
    sent_ms = NOW_MS - 86_400_000
    unsettled = (
        UnsettledLine(3, "unconfirmed", "card", sent_ms, Reason("sender-stopped").sentence, 5, f"{URL}/problems/5"),
        UnsettledLine(4, "dead", "digest", sent_ms, Reason("message-refused", "HTTP 404").sentence, None),
    )
    return DigestFacts("pricing", "2026-11-23", lines, 4, (bare,), 0, unsettled, 0, f"{URL}/problems")


HOSTILE = (
    "**bold** _it_ [click](https://evil.example) `code` # head",
    "- list\n1. one\n> quote | table",
    "\u202egnp.exe\u2066 hidden\u2069 \u200b\u200d\ufeff",
    "مبيعات حسب المنطقة",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;",
    "🦊" * 2_500,
    "n" * 10_000,
    "{{DATE(2017-02-14T06:08:39Z, SHORT)}} {{TIME(x)}}",
    "a\x00b\x1b[31mc\rd\u2028e",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334 algo",
    "\ud800\udfff lone",
    "' OR 1=1 -- \"; DROP TABLE problems",
    "@everyone <at>all</at>",
    "\u3164\u2800",
)


def hostile_facts(name: str) -> CardFacts:
    """A problem of which every text that is not clusop's own is ``name``."""
    place = Place(*[name] * 8, tags={f"{name}{number}": name for number in range(16)})
    told = facts()
    inputs = {name[:48] or "x": name, "m": "2.5..2.9", "J": name}
    sighting = replace(
        SIGHTING,
        operator=name,
        functions=(name,) * 16,
        time_basis=name,
        call_site=name,
        figure=ModeledFigure(Range.of("0.5", 2), name, inputs, (name,) * 16),
    )
    legs = tuple(Leg(name, 0.5, name, (name,) * 32) for _ in range(4))
    return replace(told, place=place, sighting=sighting, legs=legs, cause=name)


CARDS = {"priced": priced, "capacity-that-came-back": capacity_that_came_back, "unpriced": unpriced}
