"""Databricks SQL on DuckDB: statements are parsed as Databricks', rewritten, and run on real tables.

What differs from the real thing, and only that: the catalog ``system`` has another name inside (DuckDB keeps it for itself);
``from_json`` takes its type in DuckDB's words; ``TIMESTAMP`` holds UTC.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

__all__ = ["RefusedError", "WarehouseSql"]

_SYSTEM = "dbx_system"
_STRUCT = re.compile(r"'ARRAY<STRUCT<([^>]*)>>'")
_TYPES = {"STRING": "VARCHAR", "BIGINT": "BIGINT", "BOOLEAN": "BOOLEAN"}
_NAMES = {
    "VARCHAR": "STRING",
    "BIGINT": "LONG",
    "INTEGER": "INT",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP",
}
_CASTS = {"STRING": "VARCHAR", "BIGINT": "BIGINT", "INT": "INTEGER", "DATE": "DATE", "BOOLEAN": "BOOLEAN"}
_FIXTURES = """
ATTACH ':memory:' AS dbx_system;
ATTACH ':memory:' AS finops;
CREATE SCHEMA dbx_system.billing;
CREATE SCHEMA dbx_system.lakeflow;
CREATE TABLE dbx_system.billing.usage (
  record_id VARCHAR, account_id VARCHAR, workspace_id VARCHAR, sku_name VARCHAR, cloud VARCHAR,
  usage_start_time TIMESTAMP, usage_end_time TIMESTAMP, usage_date DATE, usage_unit VARCHAR, usage_quantity DECIMAL(38, 18),
  usage_metadata STRUCT(cluster_id VARCHAR, job_id VARCHAR, warehouse_id VARCHAR),
  product_features STRUCT(is_photon BOOLEAN, is_serverless BOOLEAN), record_type VARCHAR);
CREATE TABLE dbx_system.billing.list_prices (
  sku_name VARCHAR, cloud VARCHAR, currency_code VARCHAR, usage_unit VARCHAR, price_start_time TIMESTAMP,
  price_end_time TIMESTAMP,
  pricing STRUCT("default" DECIMAL(38, 18), effective_list STRUCT("default" DECIMAL(38, 18))));
CREATE TABLE dbx_system.billing.account_prices AS SELECT * FROM dbx_system.billing.list_prices;
CREATE TABLE dbx_system.lakeflow.jobs (
  workspace_id VARCHAR, job_id VARCHAR, name VARCHAR, run_as_user_name VARCHAR, creator_user_name VARCHAR,
  change_time TIMESTAMP, delete_time TIMESTAMP);
"""


class RefusedError(Exception):
    """What the warehouse says instead of a result: an error class, a sentence and a SQLSTATE."""

    def __init__(self, message: str, sql_state: str) -> None:
        super().__init__(message)
        self.sql_state = sql_state


class WarehouseSql:
    """One account. ``denied`` are tables this user may not read, or ``create``, ``create schema``, ``create table``; ``missing``
    are not there.
    """

    def __init__(self) -> None:
        self.denied: set[str] = set()
        self.missing: set[str] = set()
        self._lock = threading.Lock()
        self._duck = duckdb.connect()
        self._duck.execute(_FIXTURES)

    def direct(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """DuckDB's own SQL, for fixtures and for looking at what was written."""
        with self._lock:
            return self._duck.execute(sql, values or []).fetchall()

    def run(
        self, statement: str, parameters: list[dict[str, str]]
    ) -> tuple[list[dict[str, Any]], list[list[str | None]]]:
        """Columns of the manifest, and rows of strings. Raises ``RefusedError``."""
        read = _read(statement)
        self._permit(read)
        wanted = read.parameters
        given = {str(one["name"]): one for one in parameters}
        if wanted - given.keys():
            raise RefusedError(
                f"[UNBOUND_SQL_PARAMETER] Found the unbound parameter: {min(wanted - given.keys())}.", "42P02"
            )
        sql = read.sql
        for name in wanted:
            kind = _CASTS[given[name].get("type", "STRING")]
            sql = re.sub(rf"\${name}\b", f"CAST(${name} AS {kind})", sql)
        with self._lock:
            try:
                cursor = self._duck.execute(sql, {name: given[name].get("value") for name in wanted})
                return _result(cursor)
            except duckdb.Error as error:
                raise _refusal(error) from error

    def _permit(self, read: _Read) -> None:
        if self.denied & {"create", f"create {read.creates}"} and read.creates:
            raise _denied(f"CREATE {read.creates.upper()} on Catalog 'finops'")
        for name in read.tables:
            if name in self.denied:
                raise _denied(f"SELECT on Table '{name}'")
            if name in self.missing:
                raise _not_found(name)


@dataclass(frozen=True, slots=True)
class _Read:
    sql: str
    tables: tuple[str, ...]
    parameters: frozenset[str]
    creates: str


@cache
def _read(statement: str) -> _Read:
    """A statement in Databricks' dialect, in DuckDB's."""
    try:
        tree = sqlglot.parse_one(statement, read="databricks")
    except sqlglot.errors.ParseError as error:
        raise RefusedError(f"[PARSE_SYNTAX_ERROR] Syntax error: {error}", "42601") from error
    tables = []
    for table in tree.find_all(exp.Table):
        tables.append(".".join(part for part in (table.catalog, table.db, table.name) if part))
        if table.catalog == "system":
            table.set("catalog", exp.to_identifier(_SYSTEM))
    return _Read(
        _STRUCT.sub(_duck_struct, tree.sql(dialect="duckdb")),
        tuple(tables),
        frozenset(node.name for node in tree.find_all(exp.Placeholder, exp.Parameter)),
        (tree.kind or "").lower() if isinstance(tree, exp.Create) else "",
    )


def _denied(what: str) -> RefusedError:
    return RefusedError(
        f"[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have {what}. SQLSTATE: 42501", "42501"
    )


def _duck_struct(found: re.Match[str]) -> str:
    pairs = (pair.split(":") for pair in found[1].split(","))
    return "'" + json.dumps([{name.strip(): _TYPES[kind.strip()] for name, kind in pairs}]) + "'"


def _result(cursor: Any) -> tuple[list[dict[str, Any]], list[list[str | None]]]:
    columns = []
    for position, (name, kind, *_rest) in enumerate(cursor.description or ()):
        text = str(kind)
        decimal = re.fullmatch(r"DECIMAL\((\d+),\s?(\d+)\)", text)
        told: dict[str, Any] = {"name": name, "position": position, "type_text": text}
        if decimal:
            told |= {"type_name": "DECIMAL", "type_precision": int(decimal[1]), "type_scale": int(decimal[2])}
        else:
            told["type_name"] = _NAMES.get(text, "STRING")
        columns.append(told)
    return columns, [[_text(cell) for cell in row] for row in cursor.fetchall()]


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _refusal(error: duckdb.Error) -> RefusedError:
    message = str(error)
    if "does not exist" in message:
        return _not_found(message.splitlines()[0])
    return RefusedError(f"[DELTA_OR_SPARK_ERROR] {message.splitlines()[0]}", "XX000")


def _not_found(name: str) -> RefusedError:
    return RefusedError(
        f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `{name}` cannot be found. Verify the spelling. SQLSTATE: 42P01",
        "42P01",
    )
