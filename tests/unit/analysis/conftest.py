"""Builders: plans written as indented names, observed runs around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

import pytest

from clusop.analysis.observed import Absent, EngineFact, EngineState, Observed, RunStatus, Source, StageRun, StageTimes
from clusop.plan.node import Codegen, Link, Metric, Operator, Plan
from clusop.plan.reading import ABSENT, Explanation, Phase, PlanReading, PlanSource
from clusop.reasons import Reason

_LINE = re.compile(
    r"^(?P<indent> *)(?P<link>\?|~)?(?P<name>[^|\[]+?)(?: *\[(?P<ids>[^\]]*)\])?(?: *\| *(?P<args>.*))?$"
)


def build_plan(text: str, codegens: Sequence[Codegen] = ()) -> Plan:
    """One operator a line, two blanks a level. ``?X`` is a subquery, ``~X`` a cached plan; ``[12 exclusive time, 13]`` gives
    metric ids with names, ``[w1]`` code generation scope 1; ``| args`` its arguments.
    """
    if " / " in text and "\n" not in text:
        # One chain on one line, the root first.
        text = "\n".join("  " * depth + line for depth, line in enumerate(text.split(" / ")))
    operators: list[Operator] = []
    path: list[tuple[int, int]] = []
    for line in text.strip("\n").splitlines():
        match = _LINE.match(line)
        assert match, line
        indent = len(match["indent"])
        while path and path[-1][0] >= indent:
            path.pop()
        metrics: list[Metric] = []
        codegen: int | None = None
        for entry in filter(None, (part.strip() for part in (match["ids"] or "").split(","))):
            if entry.startswith("w"):
                codegen = int(entry[1:])
                continue
            number, _, name = entry.partition(" ")
            metrics.append(
                Metric(name or "number of output rows", "nsTiming" if "time" in name else "sum", int(number))
            )
        link = {"?": Link.SUBQUERY, "~": Link.CACHED, None: Link.CHILD}[match["link"]]
        parent = path[-1][1] if path else -1
        operators.append(
            Operator(match["name"].strip(), parent, link, match["args"] or "", tuple(metrics), codegen=codegen)
        )
        path.append((indent, len(operators) - 1))
    return Plan(tuple(operators), tuple(codegens))


def build_reading(
    text: str,
    phase: Phase = Phase.STATIC,
    explanation: Explanation = ABSENT,
    problems: Sequence[Reason] = (),
    codegens: Sequence[Codegen] = (),
) -> PlanReading:
    return PlanReading(build_plan(text, codegens), phase, PlanSource.EXPLAIN_TEXT, explanation, tuple(problems))


def build_stage(
    stage_id: int,
    run_ms: int,
    native_ms: int | None = None,
    ids: Sequence[int] | Mapping[int, int] = (),
    **more: object,
) -> StageRun:
    values = ids if isinstance(ids, Mapping) else dict.fromkeys(ids, 1)
    return StageRun(
        stage_id=stage_id,
        attempt=0,
        run_ms=Fraction(run_ms),
        native_ns=None if native_ms is None else native_ms * 1_000_000,
        accumulators=MappingProxyType(dict(values)),
        **more,
    )


def build_observed(
    *readings: PlanReading,
    engine: str = "",
    state: EngineState = EngineState.UNKNOWN,
    stages: Sequence[StageRun] | None = None,
    **more: object,
) -> Observed:
    return Observed(
        query_id="1",
        source=Source.EVENT_LOG if stages is not None else Source.EXPLAIN_TEXT,
        readings=readings,
        engine=EngineFact(engine, state),
        times=StageTimes(tuple(stages)) if stages is not None else Absent(Reason("no-times")),
        status=RunStatus.SUCCEEDED,
        **more,
    )


@pytest.fixture
def plan_of() -> Callable[..., Plan]:
    return build_plan


@pytest.fixture
def reading_of() -> Callable[..., PlanReading]:
    return build_reading


@pytest.fixture
def stage_of() -> Callable[..., StageRun]:
    return build_stage


@pytest.fixture
def observed_of() -> Callable[..., Observed]:
    return build_observed
