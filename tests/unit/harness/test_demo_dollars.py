"""The demo compares page and log in every figure: what differs is said, what is only rounded is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from demo_dollars import Side, differences

LOG = Side(
    problems=2,
    runs=3,
    exposure=(0, 0),
    avoidable=(1_000, 2_000),
    bases={"exposure no-premium": 3, "avoidable modeled": 3},
    rounded=3,
)
PAGE = replace(LOG, rounded=2)


def test_the_same_is_no_difference_nor_is_a_micro_dollar_for_each_rounding():
    assert differences(PAGE, LOG) == []
    assert differences(replace(PAGE, avoidable=(1_005, 1_995)), LOG) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"avoidable": (1_006, 2_000)}, "avoidable"),
        ({"avoidable": (1_000, 1_994)}, "avoidable"),
        ({"exposure": (0, 6)}, "exposure"),
        ({"runs": 4}, "runs with a problem"),
        ({"problems": 3}, "problems"),
        ({"problems": 1}, "problems"),
        ({"bases": {"exposure no-premium": 3, "avoidable modeled": 2, "avoidable unknown-tier": 1}}, "runs by basis"),
    ],
)
def test_each_difference_is_told(changed, what):
    (sentence,) = differences(replace(PAGE, **changed), LOG)
    assert what in sentence


def test_a_log_that_tells_causes_coarsely_may_have_fewer_problems_but_not_more():
    log = replace(LOG, is_coarse=True)
    assert differences(replace(PAGE, problems=3), log) == []
    assert len(differences(replace(PAGE, problems=4), log)) == 1
    assert len(differences(replace(PAGE, problems=1), log)) == 1
