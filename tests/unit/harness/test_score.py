"""Precision, recall and their Wilson intervals, with numbers worked by hand."""

from __future__ import annotations

import pytest

from clusop.analysis.assessment import Verdict
from score import LABEL_OF_VERDICT, Case, Rate, Score, manifest_label, wilson, worst_verdict


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (50, 100, 0.4038, 0.5962),
        (9, 10, 0.5958, 0.9821),
    ],
)
def test_wilson_intervals(successes, trials, low, high):
    found = wilson(successes, trials)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_nothing_tried_is_nothing_known():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert str(Rate(0, 0)) == "none to count"


@pytest.fixture
def score():
    said = [("fallback", "fallback")] * 3 + [("fallback", "clean")] + [("clean", "clean")] * 5 + [("clean", "fallback")]
    return Score(tuple(Case(f"case {n}", truth, answer) for n, (truth, answer) in enumerate(said)))


def test_precision_counts_what_was_said_and_recall_what_is(score):
    assert (score.precision("fallback").successes, score.precision("fallback").trials) == (3, 4)
    assert (score.recall("fallback").successes, score.recall("fallback").trials) == (3, 4)
    assert (score.precision("clean").successes, score.precision("clean").trials) == (5, 6)
    assert (score.recall("clean").successes, score.recall("clean").trials) == (5, 6)


def test_the_table_shows_every_disagreement_by_name(score):
    text = score.render()
    assert "case 3: is fallback, said clean" in text
    assert "case 9: is clean, said fallback" in text
    assert "10 cases, 2 disagreements" in text
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines()[1:3]}
    assert rows == {"fallback": ["3", "1"], "clean": ["1", "5"]}


def test_every_verdict_has_a_label_and_a_rank():
    verdicts = {verdict.value for verdict in Verdict}
    assert set(LABEL_OF_VERDICT) == verdicts
    assert {worst_verdict([verdict]) for verdict in verdicts} == verdicts


def test_the_worst_of_several_executions_counts():
    assert worst_verdict(["command", "native", "fallback"]) == "fallback"
    assert worst_verdict(["command", "native"]) == "native"
    assert worst_verdict([]) is None


@pytest.mark.parametrize(
    ("fallback", "label"), [(True, "fallback"), (False, "clean"), ("partial", "partial"), ("unknown", "unknown")]
)
def test_labels_of_the_manifest(fallback, label):
    assert manifest_label({"fallback": fallback}) == label
