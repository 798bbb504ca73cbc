"""A signal knows no bill; what is told of its problem does."""

from __future__ import annotations

from fractions import Fraction

import pytest

from clusop.analysis.figure import ModeledFigure
from clusop.service.suppression.legs import billed_ratio
from clusop.service.suppression.per_30_days import DerivedFigure
from clusop.units import Range


def figure(kind, low, high):
    return kind(Range(Fraction(low), Fraction(high)), "per-30-days-1", {})


@pytest.mark.parametrize(
    ("exposures", "ratio"),
    [
        ((), 0),
        ((figure(ModeledFigure, 1, 3),), 0),
        ((figure(DerivedFigure, 1, 3),), 1),
        ((figure(DerivedFigure, 1, 5), figure(ModeledFigure, 0, 2)), Fraction(3, 4)),
        ((figure(DerivedFigure, 0, 0),), 0),
    ],
)
def test_the_part_that_stands_on_a_bill_is_told_by_the_middles(exposures, ratio):
    assert billed_ratio(exposures) == ratio
