"""Readings of the bill in words, whatever a database holds of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clusop.api.pages.reading_words import count_words, how_it_went, is_good, may_be_read
from clusop.reasons import Reason
from clusop.service.resolver.ledger import Written
from clusop.service.resolver.reconciliation import Reconciliation
from clusop.service.views.reconciliations import ReconciliationLine

LINE = ReconciliationLine(1, 0, 1, 0, 1, "billed-at-list", "done", "33 hours were read.", {})


def test_every_count_of_a_run_is_words():
    """What a run counts and nobody put into words would stand on the page as a Python dict."""
    told = Reconciliation(
        "billed-at-list", is_done=True, reason=None, from_at_ms=0, to_at_ms=1, hours=1_200, written=Written(1, 2, 3),
        unmatched={"no-billed-price": 1}, provisional=4, left=5, remarks=(Reason("job-owners-not-readable", "no SELECT"),),
        owners=1, rows_out=7,
    )  # fmt: skip
    assert count_words(told.counts) == (
        "1,200 hours",
        "1 new",
        "2 corrected",
        "3 with another label only",
        "4 provisional",
        "1 hour without a price: The price lists have no price for what was billed",
        "5 on the bill no more",
        "1 job owner",
        "7 rows written to clusop's own tables",
        "Owners of jobs cannot be read: no SELECT",
    )
    nothing = Reconciliation("modeled", is_done=False, reason=None, from_at_ms=0, to_at_ms=1)
    assert count_words(nothing.counts) == ()


@pytest.mark.parametrize(
    "told",
    [
        {"a": {"b": 1}},
        {"unmatched": {"x": [1]}},
        {"remarks": [7, {"reason": "x"}]},
        {"hours": "many"},
        {"new": {"x": 1}},
        {"job_owners": [1]},
        {"rows_written_to_own_tables": 1.5},
    ],
)
def test_no_count_is_shown_as_python(told):
    for words in count_words(told):
        assert not set("{}[]") & set(words), words


def test_what_may_be_read_is_no_label_of_dollars():
    tiers = ("modeled", "billed-at-list", "billed-negotiated", "of-a-newer-clusop")
    words = [may_be_read(replace(LINE, tier=tier)) for tier in tiers]
    assert words == ["no bill with prices", "usage and list prices", "usage and your own prices", "of-a-newer-clusop"]
    # Modeled is what stands there before it was asked.
    assert {
        may_be_read(replace(LINE, tier="modeled", outcome=one)) for one in ("running", "failed", "interrupted")
    } == {""}


def test_a_reading_is_good_where_it_came_to_a_bill_with_prices_and_to_its_end():
    assert is_good(LINE)
    assert not is_good(replace(LINE, tier="modeled"))
    assert not is_good(replace(LINE, outcome="failed"))


def test_how_it_went_is_a_sentence_even_where_none_was_told():
    assert how_it_went(LINE) == "33 hours were read."
    for outcome in ("running", "done", "failed", "interrupted"):
        assert how_it_went(replace(LINE, outcome=outcome, sentence="")).endswith(".")
