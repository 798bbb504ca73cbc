"""Names, times, charts and figures of the pages."""

from __future__ import annotations

import pytest

from clusop.api.pages.charts import DayValue, day_chart, sparkline
from clusop.api.pages.figures import figure_of_json, known_reason
from clusop.api.pages.links import Links
from clusop.api.pages.template_words import PAGE_FILTERS, dollars, until
from clusop.api.pages.words import compute_words, engine_words, place_words, reason_words
from clusop.pricing.price import Unpriced


def test_names_in_words():
    assert place_words("job:42", "load") == "job 42, task load"
    assert place_words("name:" + "ab" * 16, "~" + "cd" * 16) == "workload abababab, task cdcdcdcd"
    assert place_words("", "") == "a workload without a name"
    assert compute_words("job:7:" + "ef" * 16) == "job 7, job cluster efefefef"
    assert compute_words("cluster:1122-334455-abc") == "cluster 1122-334455-abc"
    assert engine_words("photon") == "Databricks Photon"
    assert engine_words("") == "the engine"


def test_a_reason_of_a_newer_clusop_is_said_by_its_id():
    assert reason_words("from-the-future", "x") == "from-the-future: x"
    assert reason_words({"reason": "cannot-tell", "sentence": "So it is."}) == "So it is."
    assert "(from-the-future)" in known_reason("from-the-future").sentence


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0, 0, "$0"), (120_000, 150_000, "$0.12–0.15"), (150_000, 120_000, "$0.12–0.15"), (5_000, 5_000, "< $0.01")],
)
def test_dollars(low, high, text):
    assert dollars(low, high) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-5, "less than a minute"),
        (61_000, "1 min"),
        (7_199_999, "119 min"),
        (7_200_000, "2 h"),
        (172_800_000, "2 days"),
    ],
)
def test_stretches_of_time(ms, text):
    assert until(ms) == text


def test_times_beyond_the_calendar_do_no_harm():
    assert "9999" in PAGE_FILTERS["when"](2**63 - 1)
    assert "1970" in PAGE_FILTERS["when"](-5)
    assert PAGE_FILTERS["date"](2**63 - 1) == "9999-12-31"
    assert PAGE_FILTERS["ago"](None, 0) == "not known"


def test_links_keep_the_proxys_path_and_escape_what_they_carry():
    at = Links("/clusop/")
    assert at("/problems", q="a&b c", team="", after=None) == "/clusop/problems?q=a%26b%20c"


def test_a_chart_shows_low_ends_within_ranges_and_the_same_as_a_table():
    values = [
        DayValue(20_000, 0, 0, "$0"),
        DayValue(20_001, 30, 60, "thirty to sixty"),
        DayValue(20_002, 0, 0, "$0", "1 run not priced"),
    ]
    chart = day_chart("c", "Burned", values, str)
    assert (chart.top, chart.middle, chart.width) == ("100", "50", 3)
    (bar,) = chart.bars
    assert (bar.low_height, bar.high_height, bar.high_y) == (30.0, 60.0, 40.0)
    assert bar.label == "2024-10-05: thirty to sixty"
    assert [row[1:] for row in chart.rows] == [("$0", "1 run not priced"), ("thirty to sixty", "")]
    assert day_chart("c", "Burned", [], str).is_empty
    assert sparkline([0, 0]) == ""
    assert sparkline([0, 5, 10]) == "M1.1 100v-50h.8v50zM2.1 100v-100h.8v100z"


@pytest.mark.parametrize("most", [1, 2, 3, 9, 10, 11, 25, 26, 999, 10**12 + 1])
def test_the_scale_ends_at_a_round_number_above_all(most):
    top = int(day_chart("c", "t", [DayValue(1, 0, most, "")], str).top)
    assert most <= top <= most * 2 or most == 1


def test_a_decisions_figure_is_read_or_left_out():
    told = {
        "low_microusd": -5,
        "high_microusd": 7,
        "basis": "billed-at-list",
        "formula": "disable-1",
        "inputs": {"J": "1"},
        "price_ids": [],
    }
    found = figure_of_json(told)
    assert found is not None
    assert not isinstance(found, Unpriced)
    assert found.basis == "billed-at-list"
    assert isinstance(figure_of_json({"unpriced": {"reason": "no-premium"}}), Unpriced)
    for broken in ({}, {"low_microusd": "x"}, told | {"basis": "guessed"}, told | {"inputs": None}):
        assert figure_of_json(broken) is None


@pytest.mark.parametrize(
    ("part", "least", "most", "is_upper_bound", "text"),
    [
        (30, 100, 100, False, "30 %"),
        (30, 100, 100, True, "≤ 30 %"),
        (30, 50, 100, False, "30 to 60 %"),
        (30, 50, 100, True, "≤ 60 %"),
        (1, 50, 1000, False, "< 1 to 2 %"),
        (300, 1000, 1001, False, "30 %"),
        (0, 0, 0, False, "not known"),
    ],
)
def test_a_share_of_what_is_known_as_a_range(part, least, most, is_upper_bound, text):
    assert PAGE_FILTERS["part_between"](part, least, most, is_upper_bound=is_upper_bound) == text
