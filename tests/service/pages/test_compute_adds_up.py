"""The page of compute definitions beside the overview: the same days and dollars, and each amount says its days."""

from __future__ import annotations

import re

from page_reading import reading


def main_of(server, path):
    return " ".join(reading(server.get(path).text).all("main")[0].text.split())


def row_of(server, name):
    rows = [one for one in reading(server.get("/compute").text).elements if one.tag == "tr"]
    return " ".join(next(one.text for one in rows if one.text.strip().startswith(name)).split())


def test_its_totals_are_those_of_the_overview(pages):
    """The seed's problems all have a compute definition, and of none the engine's saving counts."""
    overview, compute = main_of(pages, "/"), main_of(pages, "/compute")
    cash, capacity = re.search(
        r"Avoidable, last 30 days ?(\$[\d.,–]+)\s*cash, modeled; and (\$[\d.,–]+) of capacity", overview
    ).groups()
    assert re.search(rf"Cash that could be saved ?{re.escape(cash)}", compute)
    assert re.search(
        rf"Capacity ?{re.escape(capacity)}\s*modeled, last 30 days; of compute that stays up anyway", compute
    )
    assert "Cash or capacity" not in compute


def test_a_row_says_which_alternative_the_total_counts(pages):
    assert "Switch the engine off" in row_of(pages, "job 42")
    assert "In the total above: repairing its queries in place of this, the better of both." in row_of(pages, "job 42")
    assert "In the total above: repairing its queries." in row_of(pages, "job 57")


def test_a_saving_says_which_days_it_is_of(pages):
    days = "over 2026-11-15 to 2026-11-29"
    assert re.search(rf"\$[\d.,–]+ {days}", row_of(pages, "job 42"))
    one = main_of(pages, "/compute/one?workspace=1234567890&compute=job%3A42")
    assert re.search(rf"Would save ?\$[\d.,–]+ modeled {days}", one)
    assert "Savingover those days" in one
