from __future__ import annotations

import pytest

from clusop.certify.agreement import agreement_of, wilson
from clusop.certify.cell import Cell, Outcome, Side, Witnesses


def cell(name, masked, engine_off, disagreement=""):
    witnesses = Witnesses(Side(masked), Side(masked), engine_off, (("Window", "no"),) if engine_off else ())
    return Cell(name, "a", "s", Outcome(masked), witnesses=witnesses, disagreement=disagreement)


def test_rates_and_every_disagreement():
    found = agreement_of(
        [
            cell("caught", "fallback", engine_off=True),
            cell("caught-too", "partial", engine_off=True),
            cell("missed", "native", engine_off=True, disagreement="Why."),
            cell("clean", "native", engine_off=False),
            cell("alarm", "fallback", engine_off=False),
            cell("unheard", "fallback", engine_off=None),
            Cell("not-run", "a", "s", Outcome.NOT_RUN),
        ]
    )
    assert (found.caught.successes, found.caught.trials) == (2, 3)
    assert (found.false_alarms.successes, found.false_alarms.trials) == (1, 2)
    assert [(one.fixture, one.kind, one.explanation) for one in found.disagreements] == [
        ("missed", "miss", "Why."),
        ("alarm", "false-alarm", ""),
    ]
    assert found.unheard == ("unheard", "not-run")


def test_not_knowing_is_a_miss_where_something_is_off_and_is_named():
    found = agreement_of([cell("one", "unknown", engine_off=True)])
    assert (found.caught.successes, found.untold) == (0, ("one",))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Worked by the formula of Wilson (1927) with z = 1.96.
    [(0, 0, 0.0, 1.0), (10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)],
)
def test_wilson(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)
