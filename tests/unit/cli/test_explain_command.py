"""``clusop explain``: figures follow from their own records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from clusop.cli.root import main

if TYPE_CHECKING:
    from pathlib import Path

# (2 − 1) × 3 node-hours × 1.54 DBU/h × 0.55..0.65 $/DBU × 1/2 = 1.2705 to 1.5015
INPUTS = {
    "m": "2",
    "driver_node_hours": "0",
    "on_demand_worker_node_hours": "3",
    "spot_worker_node_hours": "0",
    "driver_dbu_per_hour": "0",
    "worker_dbu_per_hour": "1.54",
    "usd_per_dbu": "0.55..0.65",
    "J": "1/2",
}


def report(tmp_path: Path, low: int = 1_270_500) -> str:
    figure = {
        "low_microusd": low,
        "high_microusd": 1_501_500,
        "basis": "modeled",
        "formula": "exposure-1",
        "inputs": INPUTS,
        "price_ids": ["p1"],
    }
    document = {
        "clusop_report": 1,
        "inputs": [{"queries": [{"cost": {"exposure": figure, "attributed": {"unpriced": {}}}}]}],
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def test_a_figure_is_recomputed_with_its_formula_and_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", report(tmp_path), "/inputs/0/queries/0/cost/exposure"]) == 0
    out = capsys.readouterr().out
    assert "$1.27–1.50 (modeled)  exposure-1" in out
    assert "usd_per_dbu = 0.55 to 0.65" in out
    assert "prices: p1" in out


def test_small_dollars_keep_the_digits_that_tell_their_ends_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = {"usd_per_run": "0.000071..0.000142", "runs_per_day": "1/2..1", "days": "30"}
    figure = {
        "low_microusd": 1065,
        "high_microusd": 4260,
        "basis": "modeled",
        "formula": "per-30-days-1",
        "inputs": inputs,
    }
    path = tmp_path / "problem.json"
    path.write_text(json.dumps({"signature": "0" * 32, "per_30_days": {"cash": figure}}), encoding="utf-8")
    assert main(["explain", str(path)]) == 0
    assert "per_30_days/cash  $0.0011–0.0043 (modeled)" in capsys.readouterr().out


def test_without_a_pointer_all_figures_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", report(tmp_path), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {
        "pointer": "inputs/0/queries/0/cost/exposure",
        "formula": "exposure-1",
        "low_microusd": 1_270_500,
        "high_microusd": 1_501_500,
        "agrees": True,
    }


def test_a_figure_that_does_not_follow_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", report(tmp_path, low=1)]) == 2
    captured = capsys.readouterr()
    assert "BUT the report says 1..1501500 microusd" in captured.out
    assert "1 of 1 figures do not follow" in captured.err


def test_a_report_where_nothing_was_priced_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"clusop_report": 1, "inputs": []}', encoding="utf-8")
    assert main(["explain", str(path)]) == 0
    assert capsys.readouterr().out == "This report has no figures: nothing was priced.\n"
    assert main(["explain", report(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("\n1 of 1 figure follows from its record.\n")


@pytest.mark.parametrize("pointer", ["inputs/7", "inputs/0/queries/0/cost/attributed", "x"])
def test_a_place_without_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str], pointer: str) -> None:
    assert main(["explain", report(tmp_path), pointer]) == 2
    assert capsys.readouterr().err.startswith("clusop: ")


def test_a_list_of_problems_is_refused_and_the_remedy_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "export.json"
    one = {"signature": "0f", "total": {"exposure": {"low_microusd": 1, "high_microusd": 2, "unpriced_runs": 0}}}
    for document in ([one], {"problems": [one], "cursor": ""}):
        path.write_text(json.dumps(document), encoding="utf-8")
        assert main(["explain", str(path)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.endswith(
            "a list of problems holds sums, which have no formula. Give the JSON of one problem: /v1/problems/ID."
        )


def test_engine_decisions_of_the_service_are_read_like_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads((tmp_path / "report.json").read_text()) if report(tmp_path) else {}
    figure = whole["inputs"][0]["queries"][0]["cost"]["exposure"]
    path = tmp_path / "decisions.json"
    path.write_text(
        json.dumps({"decisions": [{"saving": figure, "facts": {"bill": {"unpriced": {}}}}]}), encoding="utf-8"
    )
    assert main(["explain", str(path), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["pointer"], row["agrees"]) == ("decisions/0/saving", True)


@pytest.mark.parametrize("content", ["", "[1]", "[]", "not json", '{"a": 1}', '{"problems": []}'])
def test_what_is_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    assert main(["explain", str(path)]) == 2
    assert main(["explain", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
