"""SparkPlanInfo and explain text of the same event give the same tree; q88's operators are counted and located."""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from clusop.plan.dialect import PLAIN_SPARK, classify, dialect
from clusop.plan.kind import Kind
from clusop.plan.plan_info import looks_like_plan_info, read_plan_info
from clusop.plan.reading import Phase
from clusop.plan.text import read_explain_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clusop.plan.node import Plan

Event = dict[str, Any]
LOGS = [
    "aqeshuffle_eventlog.zstd",
    "comet_delta.zstd",
    "comet_udfs_exprs.zstd",
    "db_sim_eventlog",
    "db_subExecution_id.zstd",
    "nds_q88_photon_db_13_3.zstd",
    "python_udf_eventlog",
    "spark2-eventlog.zstd",
]
Q88 = "nds_q88_photon_db_13_3.zstd"
SHOWN_BY_TEXT_ALONE = "CommandResult"
"""SparkPlanInfo gives a CommandResult no children; the text shows the command that made the result."""


def lines_of(path: Path) -> Iterator[str]:
    if path.is_dir():
        for part in sorted(path.iterdir()):
            yield from lines_of(part)
        return
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as unpacked:
            yield from unpacked
        return
    if path.suffix != ".zstd":
        with path.open(encoding="utf-8", errors="replace") as stream:
            yield from stream
        return
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    with path.open("rb") as stream:
        reader = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
        yield from io.TextIOWrapper(reader, encoding="utf-8", errors="replace")


def events_with_plans(path: Path) -> Iterator[Event]:
    for line in lines_of(path):
        if "physicalPlanDescription" in line and "sparkPlanInfo" in line:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:  # a damaged record; what the log's reader makes of it is tested there
                continue


def comparable(plan: Plan) -> tuple[Counter[str], Counter[tuple[str, str, str]]]:
    """Names, and edges with their links, of what both sources can show."""
    kinds = classify(plan, dialect(PLAIN_SPARK))
    shown: list[bool] = []
    for operator, kind in zip(plan.operators, kinds, strict=True):
        above = operator.parent >= 0 and (
            not shown[operator.parent] or plan.operators[operator.parent].name == SHOWN_BY_TEXT_ALONE
        )
        shown.append(kind is not Kind.LOGICAL and not above)
    kept = [operator for operator, stays in zip(plan.operators, shown, strict=True) if stays]
    edges = Counter(
        (plan.operators[operator.parent].name if operator.parent >= 0 else "", operator.name, operator.link.value)
        for operator in kept
    )
    return Counter(operator.name for operator in kept), edges


@pytest.mark.parametrize("log", LOGS)
def test_text_and_plan_info_of_an_event_are_one_tree(corpus: Path, log: str) -> None:
    path = corpus / "eventlogs" / log
    compared = differing = 0
    differences: list[str] = []
    for event in events_with_plans(path):
        assert looks_like_plan_info(event["sparkPlanInfo"])
        told = read_explain_text(event["physicalPlanDescription"])
        info = read_plan_info(event["sparkPlanInfo"])
        assert info.plan is not None
        assert told.plan is not None
        assert info.problems == ()
        if (told.phase, info.phase) == (Phase.INITIAL, Phase.CURRENT):
            # The text of an unfinished plan is judged by its initial copy, SparkPlanInfo shows the current one.
            continue
        compared += 1
        assert told.phase is info.phase
        if comparable(told.plan) != comparable(info.plan):
            differing += 1
            differences.append(f"execution {event['executionId']}: {told.plan.edges()} != {info.plan.edges()}")
    assert not differences, "\n".join(differences[:3])
    assert compared, "no event of this log has both readings"
    print(f"{log}: {compared} events, {differing} differ")


def final_q88(corpus: Path) -> Event:
    last: Event | None = None
    for event in events_with_plans(corpus / "eventlogs" / Q88):
        if event["executionId"] == 26:
            last = event
    assert last is not None
    return last


def test_q88_has_253_photon_nodes_in_its_json_and_197_operators(corpus: Path) -> None:
    info = final_q88(corpus)["sparkPlanInfo"]
    raw, pending = 0, [info]
    while pending:
        entry = pending.pop()
        raw += entry["nodeName"].startswith("Photon")
        pending.extend(entry["children"])
    reading = read_plan_info(info)
    assert reading.plan is not None
    spoken = dialect("photon")
    native = [index for index, kind in enumerate(classify(reading.plan, spoken)) if kind is Kind.NATIVE]
    assert (raw, len(native)) == (253, 197)
    assert reading.phase is Phase.FINAL
    assert set(classify(reading.plan, spoken)) == {Kind.NATIVE, Kind.BOUNDARY, Kind.WRAPPER}


def test_every_native_operator_of_q88_was_updated_in_a_stage(corpus: Path) -> None:
    updated: set[int] = set()
    for line in lines_of(corpus / "eventlogs" / Q88):
        if '"SparkListenerStageCompleted"' in line[:80]:
            updated.update(entry["ID"] for entry in json.loads(line)["Stage Info"]["Accumulables"])
    reading = read_plan_info(final_q88(corpus)["sparkPlanInfo"])
    assert reading.plan is not None
    native = [operator for operator in reading.plan.operators if operator.name.startswith("Photon")]
    located = [operator for operator in native if updated & {metric.accumulator_id for metric in operator.metrics}]
    assert (len(native), len(located)) == (197, 197)


@pytest.mark.parametrize("log", LOGS)
def test_only_the_readers_of_one_shuffle_share_accumulators(corpus: Path, log: str) -> None:
    for event in events_with_plans(corpus / "eventlogs" / log):
        reading = read_plan_info(event["sparkPlanInfo"])
        assert reading.plan is not None
        owners: dict[int | None, list[str]] = {}
        for operator in reading.plan.operators:
            for metric in operator.metrics:
                owners.setdefault(metric.accumulator_id, []).append(operator.name)
        shared = {name for names in owners.values() if len(names) > 1 for name in names}
        assert shared <= {"PhotonShuffleExchangeSource"}, event["executionId"]
