"""The table that ships: its form, its sources, its conflicts, and that the facts still give it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from clusop.errors import BugError
from clusop.pricing.entry import UNIT_OF, PriceKind
from clusop.pricing.key import CLOUDS, PREMIUM_PRODUCTS, PRODUCTS, entry_id, folded
from clusop.pricing.table import load_price_table, parse_price_table
from clusop.units import Range

ROOT = Path(__file__).resolve().parents[3]
PRICING = ROOT / "src" / "clusop" / "pricing"
SCRIPT = ROOT / "harness" / "build_price_table.py"
FACTS = ROOT.parent / "shared" / "data" / "prices"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the price facts ../shared/data/prices are not here")


def table_document() -> dict[str, object]:
    return json.loads((PRICING / "price_table.json").read_text(encoding="utf-8"))


def entries_of(kind: PriceKind) -> dict[str, Range]:
    return {entry.key: entry.value for entry in load_price_table().entries if entry.kind is kind}


def build(facts: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--facts", str(facts), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def copied_facts(target: Path, name: str, change: tuple[str, str]) -> Path:
    shutil.copytree(FACTS, target)
    file = target / name
    text = file.read_text(encoding="utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change, 1), encoding="utf-8")
    return target


def test_table_is_valid_against_its_schema() -> None:
    schema = json.loads((PRICING / "price_table.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(table_document()))
    assert errors == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", 1.54),
        ("value", "1.540"),
        ("value", "-1"),
        ("as_of", ""),
        ("source", []),
        ("note", "see folder/file"),
        ("key", "IBM/x"),
    ],
)
def test_schema_refuses_a_spoiled_entry(field: str, value: object) -> None:
    schema = json.loads((PRICING / "price_table.schema.json").read_text(encoding="utf-8"))
    document = table_document()
    document["entries"][0][field] = value
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)


def test_table_has_one_entry_a_line() -> None:
    lines = (PRICING / "price_table.json").read_text(encoding="utf-8").splitlines()
    with_id = [line for line in lines if '"id": ' in line]
    assert len(with_id) == len(load_price_table().entries)
    assert all(line.count('"id": ') == 1 and line.startswith('    {"id"') for line in with_id)


def test_counts_of_the_facts() -> None:
    assert len(entries_of(PriceKind.NODE_DBU)) == 1091
    assert len(entries_of(PriceKind.VM_USD)) == 709
    assert len(entries_of(PriceKind.MULTIPLIER)) == len(CLOUDS) * len(PREMIUM_PRODUCTS)
    assert {key.split("/")[2] for key in entries_of(PriceKind.DBU_USD)} == set(PRODUCTS)


def test_ids_are_unique_and_follow_the_key() -> None:
    entries = load_price_table().entries
    assert len({entry.id for entry in entries}) == len(entries)
    assert [entry.id for entry in entries] == [entry_id(entry.kind, entry.key) for entry in entries]


def test_keys_are_unique_without_regard_to_case() -> None:
    keys = [(entry.kind, folded(key)) for entry in load_price_table().entries for key in (entry.key, *entry.also)]
    assert len(set(keys)) == len(keys)


def test_every_entry_has_a_date_a_unit_and_a_known_source() -> None:
    table = load_price_table()
    for entry in table.entries:
        assert entry.unit == UNIT_OF[entry.kind]
        assert entry.source
        assert entry.as_of == max(table.sources[name].as_of for name in entry.source)


def test_low_is_never_above_high() -> None:
    assert all(0 <= entry.value.low <= entry.value.high for entry in load_price_table().entries)


def test_table_names_no_address_and_no_path() -> None:
    text = (PRICING / "price_table.json").read_text(encoding="utf-8")
    assert not re.search(r"https?:|www\.|\\\\|\"/|~/", text)


def test_sources_that_disagree_become_a_range_naming_each() -> None:
    disputed = {
        entry.key: entry
        for entry in load_price_table().entries
        if entry.kind is PriceKind.NODE_DBU and not entry.value.is_exact
    }
    assert {key: entry.value for key, entry in disputed.items()} == {
        "AWS/m5.large": Range.of("0.34", "0.35"),
        "AZURE/Standard_D64as_v5": Range.of(16, "16.99"),
        "AZURE/Standard_H16": Range.of(4, 5),
        "GCP/n2d-highmem-64": Range.of("15.32", "15.36"),
    }
    for entry in disputed.values():
        assert len(entry.source) >= 2
        assert all(name in entry.note for name in entry.source)


def test_noise_of_binary_floats_is_gone() -> None:
    rates = entries_of(PriceKind.NODE_DBU)
    # 9.120000000000001 in the facts; 0.3071428571 is 0.31 in the other source, which is the same to the cent.
    assert rates["AWS/m6i.12xlarge"] == Range.of("9.12")
    assert rates["AWS/m5a.large"] == Range.of("0.307143")


def test_spot_share_is_declared_as_an_assumption() -> None:
    for entry in load_price_table().entries:
        if entry.kind is PriceKind.SPOT_SHARE:
            assert entry.value == Range.of("0.1", 1)
            assert "assumption, low confidence" in entry.note


def test_unknown_format_is_a_bug() -> None:
    with pytest.raises(BugError, match="format 99"):
        parse_price_table({**table_document(), "format": 99})


@needs_facts
def test_facts_still_give_this_table(tmp_path: Path) -> None:
    out = tmp_path / "table.json"
    assert build(FACTS, out).returncode == 0
    assert out.read_bytes() == (PRICING / "price_table.json").read_bytes()


@needs_facts
def test_every_rate_of_the_facts_is_in_the_table() -> None:
    rates = entries_of(PriceKind.NODE_DBU)
    with (FACTS / "merged_instance_dbu.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = re.sub(r"\s*\(-lssd\)$", "", row["instance_type"])
            value = rates[f"{row['cloud']}/{name}"]
            middle = float(row["base_dbu_per_hour"])
            assert float(value.low) - 1e-6 <= middle <= float(value.high) + 1e-6


@needs_facts
@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        (
            "merged_list_price_usd.csv",
            ("AWS,PREMIUM,JOBS_COMPUTE_(PHOTON),DBU,0.15,0.15", "AWS,PREMIUM,JOBS_COMPUTE_(PHOTON),DBU,0.15,0.3"),
            "JOBS_COMPUTE_(PHOTON) costs another price per DBU",
        ),
        (
            "merged_list_price_usd.csv",
            ("AWS,PREMIUM,JOBS_COMPUTE,DBU", "AWS,PREMIUM,JOBS_COMPUTE,HOUR"),
            "not sold by the DBU",
        ),
        ("merged_instance_dbu.csv", ("AWS,i3.2xlarge,", "AWS,I3.XLARGE,"), "two entries"),
    ],
)
def test_script_stops_where_the_facts_surprise(tmp_path: Path, name: str, change: tuple[str, str], told: str) -> None:
    facts = copied_facts(tmp_path / "facts", name, change)
    result = build(facts, tmp_path / "table.json")
    assert result.returncode == 1
    assert told in result.stderr
    assert not (tmp_path / "table.json").exists()
