"""Plans of any depth and width are judged without recursion and in linear time: a quadratic step would take minutes here."""

from __future__ import annotations

import pytest

from clusop.analysis.assessment import Verdict
from clusop.analysis.diagnosis import diagnose
from clusop.analysis.observed import EngineState
from clusop.plan.node import ROOT, Metric, Operator, Plan
from clusop.plan.reading import Phase, PlanReading, PlanSource

COUNT = 10_000


def chain_of(*names: str) -> list[Operator]:
    return [Operator(names[i % len(names)], i - 1, arguments=f"[a#{i}]") for i in range(COUNT)]


def sorts_above_many_bottoms() -> list[Operator]:
    chain = [Operator("Sort", i - 1) for i in range(COUNT)]
    return [*chain, Operator("Union", COUNT - 1), *(Operator("Sort", COUNT) for _ in range(COUNT))]


def bottoms_below_sorts() -> list[Operator]:
    chain = [Operator("Sort", i - 1) for i in range(COUNT)]
    return [*chain, *(Operator("Sort", COUNT - 1) for _ in range(COUNT))]


def python_below_wrappers() -> list[Operator]:
    chain = [Operator("PhotonArrowBatchSink", ROOT), *(Operator("InputAdapter", i) for i in range(COUNT))]
    return [*chain, *(Operator("ArrowEvalPython", COUNT) for _ in range(COUNT))]


def words_of_every_operator() -> list[Operator]:
    return [Operator("PhotonUnion", ROOT), *(Operator("Project", 0, arguments=f"f{i}(a#1)") for i in range(COUNT))]


@pytest.mark.parametrize(
    "operators",
    [
        chain_of("PhotonProject", "Project"),
        chain_of("Sort"),
        sorts_above_many_bottoms(),
        bottoms_below_sorts(),
        python_below_wrappers(),
        words_of_every_operator(),
    ],
    ids=["islands one above another", "deep", "sorts above", "sorts below", "wrappers", "words"],
)
def test_a_large_plan_is_judged(operators, stage_of, observed_of):
    measured = tuple(
        Operator(o.name, o.parent, o.link, o.arguments, (Metric("rows", "sum", index),))
        for index, o in enumerate(operators)
    )
    words = tuple((f"Project f{i}(a#9)", f"f{i}(a#9) is not supported") for i in range(COUNT))
    stages = [
        stage_of(number, 1000, 400, ids=range(number * COUNT // 50, (number + 1) * COUNT // 50))
        for number in range(100)
    ]
    reading = PlanReading(Plan(measured), Phase.FINAL, PlanSource.EXPLAIN_TEXT)
    found = diagnose(
        observed_of(reading, engine="photon", state=EngineState.ON, stages=stages, engine_words=words),
        native_time_seen=True,
    )
    assert found.verdict is Verdict.FALLBACK
    members = [index for island in found.islands for index in island.operators]
    assert sorted(members) == sorted(
        index
        for finding in found.findings
        if finding.island is not None
        for index in (finding.index, *finding.inherited)
    )
