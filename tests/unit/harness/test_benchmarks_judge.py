"""Benchmarks judge counts and ratios: each bound can be missed, and what is missed is said in a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claims import missed_sentences
from ingest_counts import Bare, Counts
from ingest_judged import Round, Told, counts_judged, ratios_judged
from page_counts import Answers, Work, judged
from page_list import Growth

BARE = Bare(signals=1000, clock_s=0.1, cpu_s=0.1, wal_bytes=3_000_000)
ALONE = Counts(batches=10, signals=1000, accepted=1000, stored=1000, statements=115, commits=10, wal_bytes=5_000_000)
TOGETHER = Counts(batches=100, signals=1000, accepted=1000, stored=1000, statements=27, commits=2, wal_bytes=3_100_000)


def counts(alone=ALONE, together=TOGETHER, after=ALONE):
    return missed_sentences(counts_judged(alone, together, after, BARE))


def test_what_is_measured_today_holds():
    assert counts() == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"alone": replace(ALONE, statements=300), "after": replace(ALONE, statements=300)}, "statements a batch"),
        ({"after": replace(ALONE, statements=130)}, "with the others stored"),
        ({"together": replace(TOGETHER, statements=200)}, "statements a batch, together"),
        ({"alone": replace(ALONE, commits=20)}, "commits a batch, one by one"),
        ({"together": replace(TOGETHER, commits=100)}, "commits a batch, together"),
        ({"together": replace(TOGETHER, wal_bytes=6_000_000)}, "bytes written ahead"),
        ({"together": replace(TOGETHER, stored=999)}, "signals stored"),
        ({"together": replace(TOGETHER, stored=1001)}, "signals stored"),
        ({"after": replace(ALONE, accepted=999)}, "signals acknowledged"),
    ],
)
def test_each_count_can_be_missed(changed, what):
    (sentence,) = counts(**changed)
    assert what in sentence
    assert "it must be" in sentence


def one_round(**changed):
    told = {"own_cpu_s": 0.1, "children_cpu_s": 0.1, "resident_mib": 200.0, "sent": 1000} | changed
    return Round(told=Told([1.0], told.pop("accepted", 1000), 0, 0.0, 1.0), **told)


def test_the_service_is_judged_by_its_processor_time_and_never_by_the_clock():
    slow = [replace(one_round(), told=Told([90_000.0], 1000, 0, 0.0, 1000.0))] * 3
    assert missed_sentences(ratios_judged(slow, [BARE], 3000)) == []
    (sentence,) = missed_sentences(ratios_judged([one_round(own_cpu_s=0.9)] * 3, [BARE], 3000))
    assert "CPU a signal" in sentence


@pytest.mark.parametrize(("accepted", "stored"), [(999, 1000), (1000, 999), (1000, 1001)])
def test_a_signal_lost_or_doubled_is_missed(accepted, stored):
    assert len(missed_sentences(ratios_judged([one_round(accepted=accepted)], [BARE], stored))) == 1


def test_memory_may_not_grow_with_what_is_stored():
    rounds = [one_round(), one_round(resident_mib=233.0)]
    assert missed_sentences(ratios_judged(rounds, [BARE], 2000)) == []
    (sentence,) = missed_sentences(ratios_judged(rounds, [BARE], 2000, has_more=True))
    assert "MiB" in sentence


SMALL = Work(statements=5, rows=60, steps=10_000)


ANSWERS = Answers(SMALL, SMALL)


def test_a_page_whose_work_stays_as_it_is_holds():
    assert missed_sentences(judged("/", ANSWERS, ANSWERS)) == []


@pytest.mark.parametrize(
    ("large", "what"),
    [
        (replace(SMALL, statements=60), "/: statements"),
        (replace(SMALL, rows=600), "/: rows"),
        (replace(SMALL, steps=100_000), "/: steps"),
    ],
)
def test_a_page_that_does_more_as_data_grow_is_missed(large, what):
    (sentence,) = missed_sentences(judged("/", ANSWERS, replace(ANSWERS, later=large)))
    assert what in sentence
    (sentence,) = missed_sentences(judged("/", ANSWERS, replace(ANSWERS, first=large)))
    assert what.replace("rows", "rows fetched") in sentence
    assert "first answer" in sentence


def test_what_a_page_may_do_more_counts_for_that_answer_alone():
    large = replace(SMALL, rows=600, steps=110_000)
    growth = Growth(later=1.5, first=12.0)
    assert missed_sentences(judged("/", ANSWERS, replace(ANSWERS, first=large), growth)) == []
    assert len(missed_sentences(judged("/", ANSWERS, replace(ANSWERS, later=large), growth))) == 2
