from __future__ import annotations

from fractions import Fraction

import pytest

from clusop.errors import BugError, InputError
from clusop.service.databricks.fault import NotAllowedError
from clusop.service.databricks.statements import Own, StatementSet, read_statement
from clusop.service.resolver import read_resolver_settings, statements_for, warehouse_for


def test_nothing_told_is_nothing_read() -> None:
    found = read_resolver_settings(None, None)
    assert (found.warehouse, found.own, found.days, found.currency) == ("", None, 35, "USD")
    assert warehouse_for(found) is None


def test_sections_are_read() -> None:
    section = {
        "host": "https://x",
        "warehouse": 123,
        "catalog": "main",
        "schema": "clusop",
        "currency": "eur",
        "days": 7,
    }
    found = read_resolver_settings(section, [{"sku": "PREMIUM_*", "ratio": 0.2}, {"sku": "*", "ratio": "1/10"}])
    assert (found.warehouse, found.own, found.currency, found.days) == ("123", Own("main", "clusop"), "EUR", 7)
    assert found.discount_of("premium_jobs").ratio == Fraction(1, 5)
    assert found.discount_of("OTHER").ratio == Fraction(1, 10)


@pytest.mark.parametrize(
    "host", ["https://x", "a.example", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost"]
)
def test_https_and_this_very_machine_are_hosts(host) -> None:
    assert read_resolver_settings({"host": host}, None).host == host


@pytest.mark.parametrize(
    ("databricks", "discounts", "named"),
    [
        ([], None, "databricks"),
        ({"hots": "x"}, None, "databricks.hots"),
        ({"catalog": "main"}, None, "catalog"),
        ({"catalog": "ma`in", "schema": "x"}, None, "databricks.catalog"),
        ({"catalog": "system", "schema": "x"}, None, "databricks.catalog"),
        ({"host": "http://evil.example"}, None, "databricks.host"),
        ({"host": "HTTP://evil.example"}, None, "databricks.host"),
        ({"host": "http://127.0.0.1.evil.example"}, None, "databricks.host"),
        ({"host": "http://["}, None, "databricks.host"),
        ({"host": "ftp://x"}, None, "databricks.host"),
        ({"days": 0}, None, "databricks.days"),
        ({"days": True}, None, "databricks.days"),
        ({"warehouse": ["x"]}, None, "databricks.warehouse"),
        ({"host": "foo"}, None, "databricks.host"),
        ({"host": "https://"}, None, "databricks.host"),
        ({"host": "my workspace.example"}, None, "databricks.host"),
        (None, {}, "discounts"),
        (None, [{"sku": "x"}], "discounts[0]"),
        (None, [{"sku": "x", "ratio": "much"}], "discounts[0].ratio"),
        (None, [{"sku": "x", "ratio": 1}], "discounts[0]"),
        (None, [{"sku": "", "ratio": 0.1}], "discounts[0]"),
        (None, [{"sku": "x", "ratio": "-0.1"}], "discounts[0]"),
        (None, [{"sku": "x", "ratio": "nan"}], "discounts[0].ratio"),
    ],
)
def test_a_fault_names_its_place(databricks, discounts, named) -> None:
    with pytest.raises(InputError) as fault:
        read_resolver_settings(databricks, discounts)
    assert named in fault.value.where or named in fault.value.what


@pytest.mark.parametrize(
    "host",
    [
        "https://x",
        "https://adb-1.7.azuredatabricks.net/?o=1",
        "adb-1.7.azuredatabricks.net",
        "dbc-1.cloud.databricks.com:443/",
        "http://127.0.0.1:8080",
    ],
)
def test_an_address_of_a_workspace_may_do_without_its_scheme(host) -> None:
    assert read_resolver_settings({"host": host}, None).host == host


def test_every_statement_of_a_run_is_one_select_or_a_merge_into_our_own_schema() -> None:
    settings = read_resolver_settings({"catalog": "main", "schema": "clusop"}, None)
    for statement in statements_for(settings):
        assert (
            statement.text.startswith("SELECT ")
            or statement.text.startswith("SELECT\n")
            or statement.text.startswith("MERGE INTO `main`.`clusop`.clusop_")
        ), statement.name
        assert ";" not in statement.text
        assert "{" not in statement.text


def test_every_statement_is_databricks_sql() -> None:
    sqlglot = pytest.importorskip("sqlglot")
    settings = read_resolver_settings({"catalog": "main", "schema": "clusop"}, None)
    for statement in statements_for(settings):
        assert len(sqlglot.parse(statement.text, read="databricks")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE {own}.clusop_hours",
        "DELETE FROM {own}.clusop_hours",
        "MERGE INTO main.other.table AS t USING x",
        "MERGE INTO {own}.other AS t USING x",
        "CREATE TABLE IF NOT EXISTS {own}.other (a STRING)",
        "CREATE OR REPLACE TABLE {own}.clusop_hours (a STRING)",
        "SELECT 1; DROP TABLE x",
        "UPDATE {own}.clusop_hours SET a = 1",
    ],
)
def test_a_file_with_anything_else_is_a_bug(tmp_path, monkeypatch, text) -> None:
    package = tmp_path / "some_queries"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "bad.sql").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BugError):
        read_statement("some_queries", "bad", Own("main", "clusop"))


def test_a_set_knows_its_statements_only() -> None:
    statement = read_statement("clusop.service.resolver", "queries/probe_usage")
    known = StatementSet([statement])
    assert known.refuse_others(statement.text) is statement
    for text in (statement.text.lower(), "", None, 7):
        with pytest.raises(NotAllowedError):
            known.refuse_others(text)
