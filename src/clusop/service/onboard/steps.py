"""What onboarding runs, and the grants that clusop needs afterwards, for one catalog and schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.service.databricks.statements import read_statement

if TYPE_CHECKING:
    from clusop.service.databricks.statements import Own, Statement

__all__ = ["NOBODY_YET", "TABLES", "Steps", "grants", "permission", "steps_of"]

TABLES = ("clusop_signals", "clusop_problems", "clusop_hours")
NOBODY_YET = "<the user or service principal that clusop runs as>"
_PACKAGE = "clusop.service.onboard"
_PRINCIPAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]{0,254}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Steps:
    """The statements in their order: the schema, then its tables."""

    schema: Statement
    tables: tuple[Statement, ...]

    @property
    def all(self) -> tuple[Statement, ...]:
        """In order."""
        return (self.schema, *self.tables)


def steps_of(own: Own) -> Steps:
    """For ``own``. Each creates only what is not there yet, so that they may be run again."""
    names = ("signals", "problems", "hours")
    return Steps(
        read_statement(_PACKAGE, "statements/create_schema", own),
        tuple(read_statement(_PACKAGE, f"statements/create_{name}", own) for name in names),
    )


def grants(own: Own, principal: str) -> tuple[str, ...]:
    """Exactly what the resolver needs, as statements for an administrator. clusop itself grants nothing."""
    if principal != NOBODY_YET and not _PRINCIPAL.fullmatch(principal):
        raise InputError("principal", f"{principal[:80]!r} is no name of a user or service principal", "Give its name.")
    to = f"TO `{principal}`"
    return (
        f"GRANT USE CATALOG ON CATALOG system {to};",
        f"GRANT USE SCHEMA ON SCHEMA system.billing {to};",
        f"GRANT SELECT ON TABLE system.billing.usage {to};",
        f"GRANT SELECT ON TABLE system.billing.list_prices {to};",
        f"GRANT SELECT ON TABLE system.billing.account_prices {to};  -- only where Databricks gave you this table",
        f"GRANT USE SCHEMA ON SCHEMA system.lakeflow {to};  -- for owners of jobs",
        f"GRANT SELECT ON TABLE system.lakeflow.jobs {to};",
        f"GRANT USE CATALOG ON CATALOG `{own.catalog}` {to};",
        f"GRANT USE SCHEMA ON SCHEMA {own.quoted} {to};",
        *(f"GRANT SELECT, MODIFY ON TABLE {own.quoted}.{table} {to};" for table in TABLES),
    )


def permission(principal: str, warehouse: str) -> str:
    """What is needed besides the :func:`grants`, as a sentence: no SQL gives it."""
    return (
        f"Besides, {principal} needs the permission CAN USE on the SQL warehouse {warehouse or '<id>'}. No SQL grants it: an "
        "administrator opens SQL Warehouses, the warehouse, Permissions, and adds it there."
    )
