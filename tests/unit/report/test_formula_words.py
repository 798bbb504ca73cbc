"""Every formula of money is said in words."""

from __future__ import annotations

import pytest

from clusop.analysis.economics import FORMULA_IDS
from clusop.report.formula_text import formula_text


@pytest.mark.parametrize("formula", FORMULA_IDS)
def test_each_formula_has_words(formula: str) -> None:
    assert formula_text(formula)


def test_an_unknown_formula_is_no_error() -> None:
    assert formula_text("exposure-99") == ""
