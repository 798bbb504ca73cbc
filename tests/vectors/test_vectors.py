"""SPEC P9: on every vector Python gives the answer that is written down, and so does Scala, in both its versions."""

from __future__ import annotations

import pytest

from fuzz import KINDS, python_answer
from vectors import vectors

VECTORS = list(vectors())


def test_there_are_vectors_of_every_kind():
    assert {vector.kind for vector in VECTORS} == set(KINDS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_python_gives_the_answer(vector):
    assert python_answer(vector.kind, vector.text) == vector.answer


@pytest.mark.spark
@pytest.mark.parametrize("kind", KINDS)
def test_scala_gives_the_answer(scala, kind):
    chosen = [vector for vector in VECTORS if vector.kind == kind]
    wrong = [vector.name for vector in chosen if scala(kind, vector.text) != vector.answer]
    assert wrong == []
