"""The terminal report: golden texts, and what must hold at any width."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import log_report, native, of_verdict, plan_report, query, unknown, usd

from clusop.analysis.assessment import QueryCost, Verdict
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.compose import Selection, compose
from clusop.report.input_report import InputReport
from clusop.report.text import render_text

_REAL = replace(usd("0.12", "0.15"), price_ids=("dbu-aws-c3.2xlarge",))
GOLDEN = Path(__file__).parent / "golden"
REPORTS = {
    "one-fallback": [plan_report(query())],
    "one-native": [plan_report(native())],
    "one-unknown": [plan_report(unknown())],
    "application": [log_report(query(), query(query_id="8"), native(), unknown(), of_verdict(Verdict.COMMAND))],
    "several-inputs": [
        plan_report(query(), "a/slow.txt"),
        plan_report(native(), "a/fast.txt"),
        InputReport("a/x.bin", errors=(Reason("binary-file", ": a/x.bin"),)),
    ],
}


def text_of(*reports: InputReport, width: int = 80, color: bool = False, **selection: int) -> str:
    return render_text(compose(reports, PriceBook.default(), Selection(**selection)), width, color=color)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_the_report_reads_as_before(name: str, width: int) -> None:
    """A change is looked at by a person: CLUSOP_GOLDEN=write writes the files anew, the diff shows what changed."""
    text = text_of(*REPORTS[name], width=width)
    file = GOLDEN / f"{name}-{width}.txt"
    if os.environ.get("CLUSOP_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for reports in REPORTS.values():
        assert max(len(line) for line in text_of(*reports, width=width).splitlines()) <= width


def test_without_colour_there_is_no_escape_and_no_trailing_blank() -> None:
    text = text_of(*REPORTS["application"])
    assert "\x1b" not in text
    assert not any(line.endswith(" ") for line in text.splitlines())
    assert "\x1b" in text_of(*REPORTS["application"], color=True)


@pytest.mark.parametrize("width", [40, 80])
def test_the_cause_is_never_cut(width: int) -> None:
    said = (
        "sequence(cast(check_in as date), date_add(check_out, -1), Some(INTERVAL '1' DAY)) does not support DateType."
    )
    finding = query().findings[0]
    assessed = query(findings=(replace(finding, engine_says=said, cause="unsupported-expression"),))
    together = "".join(text_of(plan_report(assessed), width=width).split())
    assert "".join(said.split()) in together
    table = "".join(text_of(log_report(assessed, native()), width=width).split())
    assert "unsupported-expressionatBatchEvalPython" in table


def test_hostile_names_cannot_drive_the_terminal() -> None:
    outline = "PhotonSort\n Project\x1b[2J | \x1b]0;owned\x07\n"
    text = text_of(log_report(query(outline, description="\x1b[31mred\u202e"), native()), color=False)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_a_plan_too_long_to_show_says_how_much_is_missing() -> None:
    outline = "".join(" " * level + "Generate\n" for level in range(200))
    assert "… 80 more lines of this plan are not shown" in text_of(plan_report(query(outline)))


def test_top_0_still_says_the_verdict() -> None:
    text = text_of(plan_report(query()), top=0)
    assert text.startswith("The query ran partly outside Databricks Photon.")
    assert "fallback" in text


def test_prices_are_dated_in_one_line_and_the_inputs_stay_out_of_the_terminal() -> None:
    text = " ".join(text_of(plan_report(query(cost=QueryCost(_REAL, _REAL, _REAL)))).split())
    assert text.count("; --json and --html name them") == 1
    assert re.search(r"list prices as of \d{4}-\d\d; --json", text)
    assert "0.375" not in text


def test_500_queries_are_30_lines_and_a_count() -> None:
    many = (query(query_id=str(number), description=f"query {number}") for number in range(500))
    text = text_of(log_report(*many), top=1)
    assert "Not listed: 470 queries with less to tell; --all lists them." in text
    assert text.count("\n") < 250
