"""``clusop prices``: what a person sees, what a program reads, how it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from clusop.cli.prices import app, price_book
from clusop.pricing.node_sheet import node_sheets
from clusop.pricing.price import Price
from clusop.pricing.provider import PriceBook
from clusop.units import Range

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: str, width: int = 80) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": str(width), "TERM": "dumb"})


def price_file(folder: Path, text: str) -> str:
    path = folder / "prices.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_show_tells_rates_dollars_dates_and_sources() -> None:
    result = run("show", "i3.xlarge")
    assert result.exit_code == 0
    for word in (
        "i3.xlarge on AWS",
        "1 DBU/h without Photon",
        "machine $0.312/h on demand",
        "0.435",  # 1 DBU/h at $0.15 times 2.9
        "1.62×",
        "dbu-aws-i3.xlarge",
        "usd-aws-enterprise-all-purpose-compute",
        "2026-04-10",
        "Databricks list prices",
        "assumption, low confidence",
    ):
        assert word in result.output


def test_wide_terminals_get_the_machine_in_the_hour() -> None:
    result = run("show", "i3.xlarge", width=120)
    assert "+ machine" in result.output
    assert "0.747" in result.output  # 0.435 + 0.312


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "node",
    [
        "i3.xlarge",
        "m5.large",
        "n2d-highmem-64",
        "Standard_D64as_v5",
        "Standard_ND96asr_A100_v4",
        "c3d-highmem-360-lssd",
        "p5.48xlarge",
    ],
)
def test_nothing_is_cut_or_wider_than_the_terminal(node: str, width: int) -> None:
    result = run("show", node, width=width)
    assert result.exit_code == 0
    assert max(len(line) for line in result.output.splitlines()) <= width
    assert "…" not in result.output


def test_show_without_a_machine_price_still_shows_the_rest() -> None:
    result = run("show", "Standard_ND96asr_A100_v4")
    assert result.exit_code == 0
    assert "No VM price is known" in result.output
    assert "13.20" in result.output  # 44 DBU/h at $0.30


def test_show_as_json_holds_exact_figures_and_their_entries() -> None:
    result = run("show", "m6gd.xlarge", "--cloud", "aws", "--json")
    document = json.loads(result.output)
    (cloud,) = document["clouds"]
    assert cloud["node_dbu"] == {
        "low": "0.77",
        "high": "0.77",
        "unit": "dbu/hour",
        "price_ids": ["dbu-aws-m6gd.xlarge"],
    }
    jobs = cloud["hours"][0]
    assert (jobs["product"], jobs["tier"]) == ("JOBS_COMPUTE", "PREMIUM")
    assert jobs["usd_per_hour"]["low"] == "0.1155"
    known = {entry["id"] for entry in document["entries"]}
    assert all(set(row["photon_usd_per_hour"].get("price_ids", [])) <= known for row in cloud["hours"])
    assert {name for entry in document["entries"] for name in entry["source"]} == set(document["sources"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["i3.xlrage"], "Did you mean AWS/i3.xlarge"),
        (["i3.xlarge", "--cloud", "azure"], "It is known in AWS"),
        (["ds3_v2"], "Did you mean AZURE/Standard_DS3_v2"),
        (["nosuchthing"], "docs/prices.md"),
        ([""], "no DBU rate"),
        (["[bold]x"], '"[bold]x"'),
        (["i3.xlarge", "--cloud", "amazon"], "Allowed are AWS, AZURE, GCP."),
        (["i3.xlarge", "--price", "dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=-1"], "is negative"),
        (["i3.xlarge", "--price-file", "does-not-exist.json"], "there is no such file"),
    ],
)
def test_show_refuses_with_a_sentence(arguments: list[str], told: str) -> None:
    result = run("show", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


def test_unknown_node_as_json() -> None:
    result = run("show", "i3.xlrage", "--json")
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["unpriced"]["reason"] == "unknown-node-type"
    assert "AWS/i3.xlarge" in document["near"]


def test_show_counts_with_ones_own_prices(tmp_path: Path) -> None:
    path = price_file(tmp_path, '{"title": "Contract of 2026", "node_dbu": {"AWS/i3.xlarge": "2"}}')
    result = run("show", "i3.xlarge", "--price-file", path, "--price", "dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=0.11")
    assert "2 DBU/h" in result.output
    assert "0.638" in result.output  # 2 * 0.11 * 2.9
    assert "Contract of 2026 (no date given)" in result.output
    assert "given by the user (no date given)" in result.output
    assert "user-dbu-aws-i3.xlarge" in result.output
    assert "user-usd-aws-premium-jobs-compute" in result.output


def test_check_lists_what_each_price_replaces(tmp_path: Path) -> None:
    prices = {
        "dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "1.5"},
        "node_dbu": {"AWS/m9gd.xlarge": 1},
        "discount": {"SQL_COMPUTE": 0.2},
    }
    result = run("check", price_file(tmp_path, json.dumps(prices)), width=200)
    assert result.exit_code == 0
    assert "3 prices" in result.output
    line = next(line for line in result.output.splitlines() if "AWS/PREMIUM/JOBS_COMPUTE" in line)
    assert "1.5" in line
    assert "0.15" in line
    assert "10 times the former price" in line
    assert "near AWS/m" in result.output
    assert "off the list price of SQL_COMPUTE" in result.output


def test_check_as_json(tmp_path: Path) -> None:
    path = price_file(tmp_path, '{"vm_usd": {"AWS/i3.xlarge": "0.20", "AWS/i3.xlarge/SPOT": "0.1"}}')
    document = json.loads(run("check", path, "--json").stdout)
    plain, spot = document["overrides"]
    assert plain["instead_of"]["id"] == "vm-aws-i3.xlarge"
    assert spot["instead_of"]["price_ids"] == ["vm-aws-i3.xlarge", "spot-aws"]


def test_check_of_an_empty_document(tmp_path: Path) -> None:
    result = run("check", price_file(tmp_path, "{}"))
    assert result.exit_code == 0
    assert "overrides nothing" in " ".join(result.output.split())


def test_check_tells_every_fault_on_its_own_line(tmp_path: Path) -> None:
    text = '{"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "-0.12", "IBM/PREMIUM/JOBS_COMPUTE": 1}}'
    path = price_file(tmp_path, text)
    result = run("check", path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 2
    assert all(line.startswith(path) for line in result.stderr.splitlines())
    document = json.loads(run("check", path, "--json").stdout)
    assert document["ok"] is False
    assert [problem["what"] for problem in document["problems"]] == [
        '"-0.12" is negative',
        'the cloud "IBM" is not known',
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe{}", "no text in UTF-8"),
        (b"\x7fELF\x00\x00", "no JSON"),
        (b"", "no JSON"),
        (b" " * (9 << 20), "larger than"),
    ],
)
def test_check_of_files_that_are_no_price_files(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(content)
    result = run("check", str(path))
    assert result.exit_code == 2
    assert told in result.stderr


def test_check_of_a_directory_and_of_nothing(tmp_path: Path) -> None:
    assert "this is a directory" in run("check", str(tmp_path)).stderr
    assert "there is no such file" in run("check", str(tmp_path / "x.json")).stderr


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(b'\xef\xbb\xbf{"vm_usd": {"AWS/i3.xlarge": "0.2"}}')
    assert run("check", str(path)).exit_code == 0


def test_options_win_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_text('{"node_dbu": {"AWS/i3.xlarge": "2"}}', encoding="utf-8")
    price = price_book(path, ["node_dbu/AWS/i3.xlarge=3"]).node_dbu("AWS", "i3.xlarge")
    assert isinstance(price, Price)
    assert price.value == Range.of(3)


def test_break_even_of_the_worked_examples() -> None:
    # (2.9 * 0.15 + 0.312) / (0.15 + 0.312) = 0.747 / 0.462; all-purpose: (2 * 0.55 + 0.312) / (0.55 + 0.312)
    (sheet,) = node_sheets(PriceBook.default(), "i3.xlarge")
    found = {(row.product, row.tier): row.break_even for row in sheet.rows}
    jobs, interactive = found["JOBS_COMPUTE", "PREMIUM"], found["ALL_PURPOSE_COMPUTE", "PREMIUM"]
    assert isinstance(jobs, Price)
    assert isinstance(interactive, Price)
    assert float(jobs.value.low) == pytest.approx(1.6169, abs=1e-4)
    assert float(interactive.value.high) == pytest.approx(1.6381, abs=1e-4)


def test_break_even_range_holds_every_combination() -> None:
    book = price_book(None, ["vm_usd/AZURE/Standard_D64as_v5=2..3"])
    (sheet,) = node_sheets(book, "standard_d64as_v5")
    row = sheet.rows[0]
    assert isinstance(row.break_even, Price)
    ends = [
        (times * dbu + machine) / (dbu + machine)
        for times in (2.5, 2.9)
        for dbu in (16 * 0.3, 16.99 * 0.3)
        for machine in (2.0, 3.0)
    ]
    assert float(row.break_even.value.low) == pytest.approx(min(ends))
    assert float(row.break_even.value.high) == pytest.approx(max(ends))
