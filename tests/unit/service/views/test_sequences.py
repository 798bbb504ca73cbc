"""Gaps in an agent's sequences."""

from __future__ import annotations

import pytest

from clusop.service.views.sequences import sequences_of


@pytest.mark.parametrize(
    ("accepted", "count", "highest", "gaps", "missing"),
    [
        ("[]", 0, 0, (), 0),
        ("[[1,7]]", 7, 7, (), 0),
        ("[[3,7]]", 5, 7, ((1, 2),), 2),
        ("[[1, 1], [3, 3], [10, 12]]", 5, 12, ((2, 2), (4, 9)), 7),
    ],
)
def test_what_never_came_is_what_lies_between(accepted, count, highest, gaps, missing):
    found = sequences_of(accepted)
    assert (found.accepted_count, found.highest, found.gaps, found.missing_count) == (count, highest, gaps, missing)
