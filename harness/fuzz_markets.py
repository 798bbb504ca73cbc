"""Fuzzed questions about money: a cluster, a run on it, other work beside it; and exact numbers to calculate with."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusop.analysis.cluster import Cluster, Epoch, Uptime
from clusop.analysis.observed import EngineFact, EngineState, Observed, StageTimes
from fuzz_plan_infos import damaged_json
from fuzz_runs import random_run

if TYPE_CHECKING:
    from random import Random

    from clusop.analysis.observed import StageRun

__all__ = ["market_text", "numbers_text"]

_PRICES = Path(__file__).resolve().parent.parent / "src" / "clusop" / "pricing" / "price_table.json"
_START = 1_700_000_000_000
_EDGE = (
    "0",
    "1",
    "-1",
    "1/2",
    "-1/2",
    "3/2",
    "5/2",
    "1/3",
    "999999999999/1000000",
    "1" * 60,
    "7/" + "9" * 40,
    "-0",
    "00012",
    "1/0",
    "x",
    "1.5",
)


@cache
def _node_types() -> tuple[str, ...]:
    """Names that stand in the price table, found as texts so that no layout of it is assumed."""
    found: set[str] = set()
    stack: list[Any] = [json.loads(_PRICES.read_text(encoding="utf-8"))]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            found |= {value for key, value in one.items() if key.endswith("node_type") and isinstance(value, str)}
            stack += one.values()
        elif isinstance(one, list):
            stack += one
    return tuple(sorted(found)) or ("i3.xlarge",)


def _node_type(chance: Random) -> str:
    usual = ("i3.xlarge", "i3.xlarge", "m5d.large", "Standard_DS3_v2", "n2-highmem-4", "", "no-such-type")
    return chance.choice(usual) if chance.random() < 0.6 else chance.choice(_node_types())


def _cluster(chance: Random) -> Cluster:
    epochs, at = [], _START
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        end = at + chance.choice((0, 1, 999, 60_000, 3_600_000, 7_777_777))
        epochs.append(Epoch(at, end, chance.choice((0, 1, 4, 16, 64)), chance.choice((0, 1, 2, 8))))
        at = end + chance.choice((0, 0, 1000))
    return Cluster(
        cloud=chance.choice(("AWS", "AWS", "AZURE", "GCP", "", "MOON")),
        product=chance.choice(("JOBS_COMPUTE", "JOBS_COMPUTE", "ALL_PURPOSE_COMPUTE", "DLT_COMPUTE", "", "SQL")),
        tier=chance.choice(("PREMIUM", "ENTERPRISE", "", "STANDARD")),
        driver_node_type=_node_type(chance),
        worker_node_type=_node_type(chance),
        is_single_node=chance.random() < 0.15,
        availability=chance.choice(("ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK", "")),
        first_on_demand=chance.choice((None, 0, 1, 2, 5)),
        uptime=chance.choice(tuple(Uptime)),
        is_serverless=chance.random() < 0.05,
        is_databricks=chance.random() < 0.85,
        task_cpus=chance.choice((1, 1, 1, 2, 4)),
        epochs=tuple(epochs),
    )


def _fitting(stages: tuple[StageRun, ...], cluster: Cluster, chance: Random) -> tuple[StageRun, ...]:
    """Stages whose times lie within the cluster's life, as real ones do; one in ten stays as it is."""
    if not cluster.epochs or chance.random() < 0.1:
        return stages
    fitted = []
    for stage in stages:
        shares = tuple(
            (
                at,
                Fraction(
                    chance.randrange(epoch.end_at_ms - epoch.start_at_ms + 1) * max(1, epoch.slot_count),
                    chance.choice((1, 2, 3)),
                ),
            )
            for at, epoch in enumerate(cluster.epochs)
            if chance.random() < 0.8
        )
        whole = sum((share for _, share in shares), Fraction(0))
        lost = chance.choice((Fraction(0), whole / 4))
        fitted.append(replace(stage, run_ms=whole - lost, lost_run_ms=lost, run_by_epoch_ms=shares))
    return tuple(fitted)


def _with_stages(run: Observed, cluster: Cluster, chance: Random) -> Observed:
    if not isinstance(run.times, StageTimes):
        return run
    return replace(run, times=StageTimes(_fitting(run.times.stages, cluster, chance)))


def _exact(chance: Random) -> str:
    return str(Fraction(chance.randrange(10**6), chance.choice((1, 10, 1000, 3, 7, 10**9))))


def _gain(chance: Random) -> list[str]:
    """From no gain to a speed-up of six: what can be certified."""
    return [str(1 + end) for end in sorted(Fraction(chance.randrange(5001), 1000) for _ in range(2))]


def _share(chance: Random) -> list[str] | None:
    if chance.random() < 0.2:
        return None
    return [str(end) for end in sorted(Fraction(chance.randrange(1001), 1000) for _ in range(2))]


def _sighting(chance: Random) -> dict[str, object]:
    return {
        "run": [_exact(chance) for _ in range(3)],
        "lost": [_exact(chance) for _ in range(3)],
        "share": _share(chance),
        "failed": chance.random() < 0.2,
        "uptime": chance.choice(tuple(Uptime)).value,
    }


def market_text(chance: Random) -> str:
    """One market; one in ten damaged as JSON."""
    from market_json import market_json

    cluster = _cluster(chance) if chance.random() < 0.92 else None
    run, other = random_run(chance), random_run(chance)
    if chance.random() < 0.7:
        run = replace(run, engine=EngineFact("photon", EngineState.ON))
    others: tuple[StageRun, ...] = ()
    if cluster is not None:
        run, other = _with_stages(run, cluster, chance), _with_stages(other, cluster, chance)
        others = other.times.stages if isinstance(other.times, StageTimes) and chance.random() < 0.6 else ()
    more: dict[str, object] = {}
    if chance.random() < 0.2:
        more["certified"] = {"runtime": "15.4", "gain": _gain(chance), "evidence": "c-1"}
    if chance.random() < 0.4:
        more["sightings"] = [_sighting(chance) for _ in range(chance.randrange(1, 4))]
    text = market_json(chance.choice(("photon", "photon", "comet", "none", "")), cluster, run, others, **more)
    return damaged_json(text, chance) if chance.random() < 0.1 else text


def _number(chance: Random) -> str:
    draw = chance.random()
    if draw < 0.2:
        return chance.choice(_EDGE)
    # Digits of every length, so that doubles round, overflow and tie.
    top = str(chance.randrange(10 ** chance.choice((1, 3, 9, 17, 40, 330))))
    bottom = str(chance.randrange(1, 10 ** chance.choice((1, 2, 6, 17, 40, 330))))
    sign = "-" if chance.random() < 0.3 else ""
    return sign + (top if draw < 0.5 else f"{top}/{bottom}")


def numbers_text(chance: Random) -> str:
    """A list of exact numbers; most of them are numbers."""
    numbers = [_number(chance) for _ in range(chance.choice((1, 2, 3, 4)))]
    if chance.random() < 0.8:
        numbers = [one for one in numbers if one not in {"x", "1.5", "1/0"}]
    text = json.dumps(numbers)
    return damaged_json(text, chance) if chance.random() < 0.1 else text
