"""Fuzzed runs: a plan, the stages that ran it, an engine and its words; as the Observed JSON of tests/vectors."""

from __future__ import annotations

import json
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.observed import (
    Absent,
    EngineFact,
    EngineState,
    Observed,
    QueryTimes,
    RunStatus,
    Source,
    StageRun,
    StageTimes,
)
from clusop.plan.plan_info import read_plan_info_json
from clusop.plan.text import read_explain_text
from clusop.reasons import Reason, catalogue
from fuzz_plan_infos import damaged_json, plan_info_text
from fuzz_texts import explain_text

if TYPE_CHECKING:
    from random import Random

    from clusop.plan.reading import PlanReading

__all__ = ["random_reason", "random_run", "run_text"]

_WORDS = (
    "",
    "Project [soundex(a#1) AS s#9]",
    "BatchEvalPython [net(p#3)#8]",
    "Window",
    "unsupported Spark partitioning expression: x",
    "Sort",
    "HashAggregate",
    "Scan",
)
_SENTENCES = (
    "",
    "soundex is not supported",
    "Native shuffle is not enabled",
    "COMET: Unsupported UDF",
    "Comet does not support Spark's X",
    "x" * 200,
    "unsupported arguments for GetArrayItem",
    "Distinct aggregate not supported for: count(distinct soundex(a))",
    "Unsupported aggregation mode PartialMerge",
    "Comet only supports regexp_replace with an offset of 1 (no offset).",
    "Sort of a kind is not supported",
    "Unsupported group expressions: soundex(name)\n",
    "unsupported Spark operator: Sort",
)
_DESCRIPTIONS = (
    "", "count at NativeMethodAccessorImpl.java:0", "Delta: Compute snapshot for version: 3", "job-2026-11-22-007",
    "\n==\nfilename = x", "{}", "\u0130",
)  # fmt: skip
_NUMBERS = (0, 0, 1, 2, 7, 39, 1000, 3_600_000, 10**9, 2**31 - 1, 2**53 + 1, 2**63 - 1, -1)


def random_reason(chance: Random) -> Reason:
    """Any reason, with some detail."""
    return Reason(chance.choice(sorted(catalogue())), chance.choice(("", "x", "a#1", "\u00e9", 'quoted "x"')))


def _reading(chance: Random) -> PlanReading:
    if chance.random() < 0.6:
        return read_plan_info_json(plan_info_text(chance))
    return read_explain_text(explain_text(chance))


def _number(chance: Random) -> int:
    return chance.choice(_NUMBERS) if chance.random() < 0.5 else chance.randrange(1, 100_000)


def _milliseconds(chance: Random) -> Fraction:
    return Fraction(max(0, _number(chance)), chance.choice((1, 1, 1, 1000, 3, 7)))


def _accumulators(readings: list[PlanReading], chance: Random) -> MappingProxyType[int, int]:
    known = [
        metric.accumulator_id
        for reading in readings
        if reading.plan is not None
        for metrics in (
            *(one.metrics for one in reading.plan.operators),
            *(one.metrics for one in reading.plan.codegens),
        )
        for metric in metrics
        if metric.accumulator_id is not None
    ]
    chosen = [one for one in known if chance.random() < 0.5] + [
        chance.randrange(1, 30) for _ in range(chance.randrange(3))
    ]
    return MappingProxyType({one: _number(chance) for one in chosen})


def _stage(readings: list[PlanReading], chance: Random) -> StageRun:
    start = chance.choice((None, 1_700_000_000_000 + chance.randrange(10**6)))
    return StageRun(
        stage_id=chance.randrange(6),
        attempt=chance.choice((0, 0, 0, 1)),
        run_ms=_milliseconds(chance),
        native_ns=chance.choice((None, None, 0, 10**6 * chance.randrange(10**5), _number(chance))),
        lost_run_ms=chance.choice((Fraction(0), Fraction(0), _milliseconds(chance))),
        task_count=chance.randrange(9),
        failed_task_count=chance.choice((0, 0, 1)),
        killed_task_count=chance.choice((0, 0, 1)),
        speculative_task_count=chance.choice((0, 0, 2)),
        succeeded=chance.random() < 0.85,
        accumulators=_accumulators(readings, chance),
        run_by_epoch_ms=tuple((at, _milliseconds(chance)) for at in range(chance.choice((0, 0, 1, 2)))),
        submitted_at_ms=start,
        completed_at_ms=None if start is None else start + chance.randrange(10**5),
        remarks=tuple(random_reason(chance) for _ in range(chance.choice((0, 0, 0, 1)))),
    )


def random_run(chance: Random) -> Observed:
    """One run of anything."""
    readings = [_reading(chance) for _ in range(chance.choice((1, 1, 1, 1, 2, 0)))]
    draw = chance.random()
    times: StageTimes | QueryTimes | Absent
    if draw < 0.8:
        times = StageTimes(tuple(_stage(readings, chance) for _ in range(chance.choice((0, 1, 2, 2, 4)))))
    elif draw < 0.9:
        times = QueryTimes(max(0, _number(chance)), chance.choice((None, 0, max(0, _number(chance)))))
    else:
        times = Absent(random_reason(chance))
    return Observed(
        query_id=chance.choice(("", "7", "q")),
        source=chance.choice(tuple(Source)),
        readings=tuple(readings),
        engine=EngineFact(
            chance.choice(("photon", "photon", "comet", "none", "", "gluten")),
            chance.choice(tuple(EngineState)),
            chance.choice(("", "conf")),
        ),
        times=times,
        description=chance.choice(_DESCRIPTIONS),
        text=read_explain_text(explain_text(chance)) if chance.random() < 0.5 else None,
        status=chance.choice(tuple(RunStatus)),
        root_id=chance.choice(("", "7", "3")),
        driver_accumulators=_accumulators(readings, chance),
        engine_words=tuple(
            (chance.choice(_WORDS), chance.choice(_SENTENCES)) for _ in range(chance.choice((0, 0, 1, 3)))
        ),
        start_at_ms=chance.choice((None, 1_700_000_000_000)),
        end_at_ms=chance.choice((None, 1_700_000_100_000)),
        events_dropped=chance.random() < 0.1,
        problems=tuple(random_reason(chance) for _ in range(chance.choice((0, 0, 0, 1)))),
    )


def run_text(chance: Random) -> str:
    """One input; one in eight damaged as JSON, one in eight an object of other members."""
    from observed_json import observed_json

    text = observed_json(random_run(chance), native_time_seen=chance.random() < 0.3)
    draw = chance.random()
    if draw < 0.125:
        return damaged_json(text, chance)
    if draw < 0.25:
        members = json.loads(text)
        members[chance.choice(sorted(members))] = chance.choice(
            (None, 1, -1.5, "x", [], {}, [["a", "b"]], True, "1/0", 10**30)
        )
        return json.dumps(members)
    return text
