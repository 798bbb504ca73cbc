"""What to do depends on the operator that left, not on its cause alone."""

from __future__ import annotations

import pytest

from clusop.reasons import Advice, catalogue

OPERATOR = catalogue()["unsupported-operator"]


def test_a_join_hint_is_told_of_joins_only() -> None:
    assert "MERGE" in OPERATOR.advice("SortMergeJoin").before
    for name in ("Generate", "Window", "TakeOrderedAndProject", ""):
        told = OPERATOR.advice(name)
        assert told.instead
        assert "SortMergeJoin" not in told.instead
        assert "MERGE" not in told.before


def test_an_operator_of_which_nothing_else_is_known_has_the_advice_of_its_cause() -> None:
    entry = catalogue()["python-udf"]
    assert entry.advice("BatchEvalPython") == Advice(entry.instead, entry.before, entry.after)


@pytest.mark.parametrize("operator", sorted(OPERATOR.by_operator))
def test_advice_by_operator_is_whole(operator: str) -> None:
    advice = OPERATOR.by_operator[operator]
    assert all((advice.instead, advice.before, advice.after))
    assert advice.before != advice.after
