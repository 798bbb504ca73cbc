"""SPEC P9: 20,000 fuzzed inputs, the same bytes in Scala and Python. ``make fuzz`` does the same with another seed or count."""

from __future__ import annotations

import pytest

from fuzz import DEFAULT_COUNT, DEFAULT_SEED, KINDS, disagreements

pytestmark = pytest.mark.spark

PARTS = sum(kind.parts for kind in KINDS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_scala_and_python_agree(scala, scala_binary, kind):
    # Half of the inputs for each Scala version; together all of them.
    count = DEFAULT_COUNT * KINDS[kind].parts // PARTS
    half = count // 2
    indexes = range(half) if scala_binary == "2.12" else range(half, 2 * half)
    found = disagreements(kind, DEFAULT_SEED, indexes, scala)
    assert not found, "\n".join(one.report(DEFAULT_SEED) for one in found)
