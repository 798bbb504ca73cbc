from __future__ import annotations

import json

import pytest

from compare_jars import differences
from fuzz import KINDS, disagreements, input_of, python_answer
from fuzz_shrink import shrunk


@pytest.mark.parametrize("kind", KINDS)
def test_an_input_depends_on_seed_kind_and_index_alone(kind: str) -> None:
    assert [input_of(kind, 3, index) for index in range(5)] == [input_of(kind, 3, index) for index in range(5)]
    assert input_of(kind, 3, 1) != input_of(kind, 4, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_input_has_an_answer_in_canonical_json(kind: str) -> None:
    for index in range(15):
        answer = python_answer(kind, input_of(kind, 5, index))
        assert answer == json.dumps(json.loads(answer), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@pytest.mark.parametrize("kind", KINDS)
def test_most_inputs_are_understood(kind: str) -> None:
    refused = sum('"refused"' in python_answer(kind, input_of(kind, 6, index))[:12] for index in range(60))
    assert refused < 30


def test_a_failing_input_is_made_small() -> None:
    text = "\n".join(["one", "two words", "three", "a needle in it", "five"] * 4)
    assert shrunk(text, lambda candidate: "needle" in candidate) == "needle"


def test_a_disagreement_is_found_made_small_and_can_be_made_again() -> None:
    def other(kind: str, text: str) -> str:
        return "other" if "Window" in text else python_answer(kind, text)

    found = disagreements("plan-text", 1, range(60), other)
    assert found
    assert {one.text for one in found} == {"Window"}
    assert f"--seed 1 --kind plan-text --only {found[0].index}" in found[0].report(1)


def test_no_disagreement_is_found_where_there_is_none() -> None:
    assert disagreements("numbers", 1, range(30), python_answer) == []


def test_two_builds_are_told_apart_entry_by_entry() -> None:
    ours = {"META-INF/MANIFEST.MF": b"1", "A.class": b"a", "B.class": b"b", "C.class": b"c"}
    other = {"META-INF/MANIFEST.MF": b"2", "A.class": b"a", "B.class": b"x", "D.class": b"d"}
    assert differences(ours, other) == [
        "only in the shipped jar: C.class",
        "only in sbt's jar: D.class",
        "other bytes: B.class",
    ]
    assert differences(ours, ours) == []
