from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from clusop.cli.onboard import onboard
from clusop.errors import InputError

GOLDEN = Path(__file__).with_name("dry_run.txt")


def run(*options: str) -> None:
    app = typer.Typer()
    app.command()(onboard)
    app([*options, "--dry-run"], standalone_mode=False)


def test_the_dry_run_shows_all_sql_and_exactly_the_grants(capsys) -> None:
    run("--catalog", "finops", "--schema", "clusop", "--warehouse", "0123456789abcdef", "--principal", "svc-clusop")
    assert capsys.readouterr().out == GOLDEN.read_text(encoding="utf-8")


def test_as_json_too(capsys) -> None:
    run("--catalog", "finops", "--schema", "clusop", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (len(told["statements"]), told["dry_run"]) == (4, True)
    assert "<the user or service principal that clusop runs as>" in told["grants"][0]
    assert all(one.startswith("GRANT ") for one in told["grants"]), "an administrator runs all of it as it stands"
    assert "CAN USE on the SQL warehouse" in told["permission"]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--catalog", "finops"),
        ("--catalog", "fin`ops", "--schema", "clusop"),
        ("--catalog", "finops", "--schema", "clusop", "--principal", "x`; DROP"),
    ],
)
def test_what_is_missing_or_no_name_is_one_sentence(options) -> None:
    with pytest.raises(InputError):
        run(*options)
