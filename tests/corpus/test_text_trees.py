"""The text reader against the labelled plans: operators and the engine's verdict, and text against SparkPlanInfo's tree."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from clusop.plan.dialect import classify, dialect
from clusop.plan.kind import Kind
from clusop.plan.naming import canonical_name
from clusop.plan.reading import ExplanationVerdict
from clusop.plan.text import read_explain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clusop.plan.reading import PlanReading

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the labelled corpus is not beside the checkout (../shared/corpus)"),
]
NO_WORK = {Kind.NATIVE, Kind.WRAPPER, Kind.BOUNDARY, Kind.COMMAND, Kind.LOGICAL}
EXECUTION = re.compile(r"#.*-exec(\d+)(-initial)?\.txt$")
LOGS = ["comet_udfs_exprs.zstd", "comet_delta.zstd", "nds_q88_photon_db_13_3.zstd"]


def labelled() -> list[dict]:
    if not CORPUS.is_dir():
        return []
    lines = (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry for line in lines if line.strip() and (entry := json.loads(line))["format"] == "plan_text"]


def sql_events(log: str) -> Iterator[dict]:
    """The SQL events of a log that carry a plan, in order."""
    with (CORPUS / "eventlogs" / log).open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            if '"physicalPlanDescription"' in line and '"sparkPlanInfo"' in line:
                yield json.loads(line)


def text_of(label: dict) -> str:
    execution = EXECUTION.search(label["file"])
    if execution is None:
        return (CORPUS / label["file"]).read_text(encoding="utf-8")
    log = Path(label["file"].partition("#")[0]).name
    texts = [e["physicalPlanDescription"] for e in sql_events(log) if e["executionId"] == int(execution.group(1))]
    return texts[0 if execution.group(2) else -1]


def photon_names(reading: PlanReading) -> Counter[str]:
    assert reading.plan is not None
    return Counter(o.name for o in reading.plan.operators if o.name.startswith("Photon"))


def printed_again(text: str) -> int:
    """Photon operators in second copies of a subquery: the labels count what is printed, a plan holds each once."""
    seen: set[str] = set()
    again = 0
    inside = -1
    for line in text.split("\n"):
        column = len(line) - len(line.lstrip(" :"))
        if column <= inside:
            inside = -1
        name = re.search(r"[+:]- (Subquery subquery#\d+, \[id=#\d+\])", line)
        if name and inside < 0:
            inside = column if name.group(1) in seen else -1
            seen.add(name.group(1))
        again += inside >= 0 and re.match(r"[ :]*(?:[+:]- )?Photon", line) is not None
    return again


@pytest.mark.parametrize("label", labelled(), ids=lambda label: Path(label["file"]).name)
def test_the_judged_tree_has_the_labelled_operators(label: dict) -> None:
    text = text_of(label)
    reading = read_explain_text(text)
    assert reading.plan is not None
    assert photon_names(reading).total() == label["photon_nodes"] - printed_again(text)
    kinds = classify(reading.plan, dialect("photon"))
    working = {o.name for o, kind in zip(reading.plan.operators, kinds, strict=True) if kind not in NO_WORK}
    expected = [*label["jvm_nodes"], *label["jvm_leaf_sources"], *label["terminal_nodes"]]
    assert working == {canonical_name(name)[0] for name in expected}
    verdict = {"none": ExplanationVerdict.ABSENT}.get(label["explanation_verdict"])
    assert reading.explanation.verdict is (
        verdict or ExplanationVerdict(label["explanation_verdict"].replace("_", "-"))
    )
    if label["explanation_verdict"] == "not_fully":
        assert all(block.subject_kind != "other" and block.reference for block in reading.explanation.blocks)


def info_edges(info: dict) -> list[tuple[str, str]]:
    """Edges of a SparkPlanInfo without codegen scopes and without what reused nodes repeat, parents first."""
    edges = []
    stack = [(info, "")]
    while stack:
        node, parent = stack.pop()
        name = canonical_name(node["nodeName"])[0]
        if name not in {"WholeStageCodegen", "InputAdapter"}:
            edges.append((parent, name))
            parent = name
        if name not in {"ReusedExchange", "ReusedSubquery"}:
            stack += [(child, parent) for child in reversed(node.get("children", []))]
    return edges


@pytest.mark.parametrize("log", LOGS)
def test_text_and_plan_info_of_one_moment_are_the_same_tree(log: str) -> None:
    compared = 0
    for event in sql_events(log):
        text = event["physicalPlanDescription"]
        if "== Current Plan ==" in text or ("Photon" in text and "== Final Plan ==" not in text):
            continue  # what a text shows best, its initial plan, is not what sparkPlanInfo holds then
        reading = read_explain_text(text)
        assert reading.plan is not None
        assert reading.problems == ()
        operators = reading.plan.operators
        edges = [(operators[o.parent].name if o.parent >= 0 else "", o.name) for o in operators]
        if any(name == "CommandResult" or name.startswith("Execute ") for _, name in edges):
            # Only the text shows a command's logical plan, and the command whose result a CommandResult holds.
            assert edges[: len(info_edges(event["sparkPlanInfo"]))] == info_edges(event["sparkPlanInfo"])
        else:
            assert edges == info_edges(event["sparkPlanInfo"])
        compared += 1
    assert compared
