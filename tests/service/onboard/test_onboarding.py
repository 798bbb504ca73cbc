from __future__ import annotations

import json

import pytest
import typer

from clusop.cli.onboard import onboard as command
from clusop.errors import InputError
from clusop.service.databricks.client import ReadOnlyApiClient
from clusop.service.databricks.statements import Own, StatementSet
from clusop.service.databricks.warehouse import Warehouse
from clusop.service.onboard.run import onboard, statements_for_onboarding
from fake_databricks import ACCESS, WAREHOUSE

OWN = Own("finops", "clusop")
TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'finops' ORDER BY ALL"
SCHEMAS = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'finops' AND NOT internal"


@pytest.fixture
def warehouse(config):
    client = ReadOnlyApiClient(
        config, StatementSet(statements_for_onboarding(OWN)), WAREHOUSE, pause=lambda _seconds: None
    )
    return Warehouse(client, WAREHOUSE)


def test_schema_and_tables_are_made_and_nothing_else(fake, warehouse) -> None:
    done = onboard(warehouse, OWN)
    assert fake.sql.direct(TABLES) == [("clusop_hours",), ("clusop_problems",), ("clusop_signals",)]
    assert (done.principal, done.tier.name) == ("clusop@example.com", "billed-negotiated")
    written = [text for text in fake.statements if not text.startswith("SELECT")]
    assert [text.split("(")[0].strip() for text in written] == [
        "CREATE SCHEMA IF NOT EXISTS `finops`.`clusop`",
        "CREATE TABLE IF NOT EXISTS `finops`.`clusop`.clusop_signals",
        "CREATE TABLE IF NOT EXISTS `finops`.`clusop`.clusop_problems",
        "CREATE TABLE IF NOT EXISTS `finops`.`clusop`.clusop_hours",
    ]
    onboard(warehouse, OWN)


def test_without_permission_it_says_what_to_ask_for_and_makes_nothing(fake, warehouse) -> None:
    fake.sql.denied = {"create"}
    with pytest.raises(InputError) as refused:
        onboard(warehouse, OWN)
    assert "Nothing was made." in str(refused.value)
    assert "CREATE SCHEMA on the catalog `finops`" in str(refused.value)
    assert fake.sql.direct(TABLES) == []


def test_what_was_made_before_a_table_was_refused_is_told(fake, warehouse, monkeypatch) -> None:
    fake.sql.denied = {"create table"}
    with pytest.raises(InputError) as refused:
        onboard(warehouse, OWN)
    assert "Nothing was made" not in str(refused.value)
    assert "There by now: the schema `finops`.`clusop`;" in refused.value.remedy
    assert "CREATE TABLE on the schema `finops`.`clusop`" in refused.value.remedy
    assert ("clusop",) in fake.sql.direct(SCHEMAS)
    fake.sql.denied = set()
    run = warehouse.run

    def run_until(statement):
        if statement.name.endswith("create_problems"):
            fake.sql.denied = {"create table"}
        return run(statement)

    monkeypatch.setattr(warehouse, "run", run_until)
    with pytest.raises(InputError) as refused:
        onboard(warehouse, OWN)
    assert "There by now: the schema `finops`.`clusop`, the table clusop_signals;" in refused.value.remedy
    assert fake.sql.direct(TABLES) == [("clusop_signals",)]


def test_a_schema_that_an_administrator_made_is_enough(fake, warehouse) -> None:
    fake.sql.direct("CREATE SCHEMA finops.clusop")
    fake.sql.denied = {"create schema"}
    onboard(warehouse, OWN)
    assert len(fake.sql.direct(TABLES)) == 3


def test_the_tier_is_told_with_its_reason(fake, warehouse) -> None:
    fake.sql.denied = {"system.billing.usage"}
    done = onboard(warehouse, OWN)
    assert (done.tier.name, done.tier.reason.id) == ("modeled", "bill-not-readable")


@pytest.mark.parametrize("catalog", ["", "a`b", "a b", "a.b", "a;b", "ä", "-a", "a" * 256, "system", "SYSTEM", "a\n"])
def test_a_name_that_is_none_is_refused(catalog) -> None:
    with pytest.raises(InputError):
        Own(catalog, "clusop")


@pytest.fixture
def door(fake, monkeypatch):
    monkeypatch.setenv("DATABRICKS_HOST", fake.host)
    monkeypatch.setenv("DATABRICKS_TOKEN", ACCESS)
    app = typer.Typer()
    app.command()(command)

    def run(*options: str) -> object:
        return app(
            ["--catalog", "finops", "--schema", "clusop", "--warehouse", WAREHOUSE, *options], standalone_mode=False
        )

    return run


def test_the_command_does_it(fake, door, capsys) -> None:
    door("--json")
    told = json.loads(capsys.readouterr().out)
    assert told["tier"] == "billed-negotiated"
    assert "GRANT SELECT ON TABLE system.billing.usage TO `clusop@example.com`;" in told["grants"]
    assert len(fake.sql.direct(TABLES)) == 3


def test_the_command_prints_nothing_where_it_is_refused(fake, door, capsys) -> None:
    fake.sql.denied = {"create"}
    with pytest.raises(InputError):
        door()
    assert capsys.readouterr().out == ""


def test_the_command_says_first_whom_it_asks(fake, door, capsys) -> None:
    fake.sql.denied = {"create"}
    with pytest.raises(InputError):
        door("--host", fake.host)
    assert capsys.readouterr().err == "clusop: asking 127.0.0.1 …\n"
    door("--dry-run")
    assert capsys.readouterr().err == ""


def test_the_permission_that_no_sql_grants_stands_apart_from_the_sql(door, capsys) -> None:
    door()
    parts = capsys.readouterr().out.split("\n\n")
    (grants,) = (part for part in parts if "GRANT " in part)
    assert "CAN USE" not in grants
    assert any(part.startswith("Besides, clusop@example.com needs the permission CAN USE") for part in parts)


def test_a_dry_run_sends_nothing(fake, door, capsys) -> None:
    door("--dry-run")
    assert "CREATE SCHEMA IF NOT EXISTS `finops`.`clusop`;" in capsys.readouterr().out
    assert fake.requests == []
