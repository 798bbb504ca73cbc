"""The corpus' query profiles: read without problems, counted as the profile flags them, JVM operators as labelled."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from clusop.plan.dialect import classify, dialect
from clusop.plan.kind import Kind
from clusop.plan.profile import ProfileReading, looks_like_query_profile, read_query_profile, read_query_profile_json
from clusop.plan.reading import Phase

if TYPE_CHECKING:
    from pathlib import Path

Document = dict[str, Any]
JVM_WORK = {Kind.JVM, Kind.PYTHON}


@pytest.fixture(scope="module")
def profiles(corpus: Path) -> dict[str, tuple[Document, ProfileReading]]:
    found = {}
    for path in sorted((corpus / "profiles").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert looks_like_query_profile(document)
        found[f"profiles/{path.name}"] = (document, read_query_profile_json(path.read_bytes()))
    assert found, "the corpus has no profiles"
    return found


def test_every_profile_is_read_whole(profiles: dict[str, tuple[Document, ProfileReading]]) -> None:
    for name, (document, reading) in profiles.items():
        assert reading == read_query_profile(document)
        assert reading.problems == (), name
        assert len(reading.graphs) == len(document["graphs"])
        assert reading.query_id == document["query"]["id"]
        assert reading.query_text_hash or not document["query"].get("queryText")
        for graph in reading.graphs:
            assert graph.problems == (), name
            assert graph.plan is not None
            assert len(graph.plan.roots) == 1
            assert graph.phase in {Phase.FINAL, Phase.STATIC}


def test_the_native_share_is_photon_time_over_task_time(profiles: dict[str, tuple[Document, ProfileReading]]) -> None:
    for document, reading in profiles.values():
        metrics = document["query"]["metrics"]
        assert reading.native_ms is not None
        assert reading.run_ms
        assert Fraction(reading.native_ms, reading.run_ms) == Fraction(
            metrics["photonTotalTimeMs"], metrics["taskTotalTimeMs"]
        )


def test_native_operators_are_the_flagged_nodes_without_boundaries_and_wrappers(
    profiles: dict[str, tuple[Document, ProfileReading]],
) -> None:
    spoken = dialect("photon")
    for document, reading in profiles.values():
        for graph, raw in zip(reading.graphs, document["graphs"], strict=True):
            assert graph.plan is not None
            kinds = classify(graph.plan, spoken)
            flagged = sum(any(entry["key"] == "IS_PHOTON" for entry in node["metadata"]) for node in raw["nodes"])
            others = sum(
                operator.flagged_native is True and kind is not Kind.NATIVE
                for operator, kind in zip(graph.plan.operators, kinds, strict=True)
            )
            assert sum(kind is Kind.NATIVE for kind in kinds) == flagged - others
            assert {kind for kind, o in zip(kinds, graph.plan.operators, strict=True) if o.flagged_native} <= {
                Kind.NATIVE,
                Kind.BOUNDARY,
                Kind.WRAPPER,
            }


def test_the_jvm_operators_are_the_labelled_ones(
    profiles: dict[str, tuple[Document, ProfileReading]], labels: list[Document]
) -> None:
    spoken = dialect("photon")
    compared = 0
    for label in labels:
        if label["file"] not in profiles:
            continue
        _, reading = profiles[label["file"]]
        found: dict[Kind, set[str]] = {}
        for graph in reading.graphs:
            assert graph.plan is not None
            for operator, kind in zip(graph.plan.operators, classify(graph.plan, spoken), strict=True):
                found.setdefault(kind, set()).add(operator.name)
        assert set().union(*(found.get(kind, set()) for kind in JVM_WORK)) == set(label["jvm_nodes"]), label["file"]
        assert found.get(Kind.TERMINAL, set()) == set(label["terminal_nodes"]), label["file"]
        assert found.get(Kind.ROW_SOURCE, set()) == set(label["jvm_leaf_sources"]), label["file"]
        compared += 1
    assert compared == len(profiles)


def test_a_stage_stands_above_one_operator_and_a_reuse_above_none(
    profiles: dict[str, tuple[Document, ProfileReading]],
) -> None:
    for _, reading in profiles.values():
        for graph in reading.graphs:
            assert graph.plan is not None
            for index, operator in enumerate(graph.plan.operators):
                if operator.name in {"PhotonResultStage", "PhotonShuffleMapStage", "PhotonWriteStage"}:
                    assert len(graph.plan.data_children(index)) == 1
                if operator.name.startswith("Reused"):
                    assert graph.plan.children[index] == ()
