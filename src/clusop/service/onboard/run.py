"""Runs the onboarding: makes what is missing, or nothing, and tells what may be read of the bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.service.databricks.fault import WarehouseError
from clusop.service.onboard.steps import TABLES, grants, permission, steps_of
from clusop.service.resolver.tier import PROBES, probe

if TYPE_CHECKING:
    from clusop.service.databricks.statements import Own, Statement
    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.resolver.tier import Tier

__all__ = ["Onboarding", "onboard", "statements_for_onboarding"]


@dataclass(frozen=True, slots=True)
class Onboarding:
    """What is there now, for whom the ``grants`` and the ``permission`` are, and which dollars there will be."""

    principal: str
    tables: tuple[str, ...]
    grants: tuple[str, ...]
    permission: str
    tier: Tier


def statements_for_onboarding(own: Own) -> tuple[Statement, ...]:
    """All statements the onboarding may make."""
    return (*steps_of(own).all, *PROBES)


def onboard(warehouse: Warehouse, own: Own, principal: str = "") -> Onboarding:
    """Create schema and tables where they are missing, and probe the bill. ``principal``: whom the grants are for, if not the
    user that runs this. Raises ``InputError`` in one sentence; then nothing was made, or only what a second run completes.
    """
    made: list[str] = []
    try:
        user = warehouse.user()
        told = grants(own, principal or user)
        _create(warehouse, own, made)
        tier = probe(warehouse)
    except WarehouseError as error:
        raise InputError("databricks", error.reason.sentence.rstrip("."), _remedy(error, own, made)) from error
    tables = tuple(f"{own.quoted}.{table}" for table in TABLES)
    return Onboarding(principal or user, tables, told, permission(principal or user, warehouse.identifier), tier)


def _create(warehouse: Warehouse, own: Own, made: list[str]) -> None:
    """Puts into ``made`` what is there after each step."""
    steps = steps_of(own)
    refused: WarehouseError | None = None
    try:
        warehouse.run(steps.schema)
        made.append(f"the schema {own.quoted}")
    except WarehouseError as error:
        if not error.is_refusal:
            raise
        # An administrator may have made the schema for us: then tables are all that is missing.
        refused = error
    try:
        for name, table in zip(TABLES, steps.tables, strict=True):
            warehouse.run(table)
            made.append(f"the table {name}")
    except WarehouseError as error:
        if refused is not None and error.is_refusal and not made:
            raise refused from error
        raise


def _remedy(error: WarehouseError, own: Own, made: list[str]) -> str:
    if error.reason.id == "no-permission" and not made:
        return (
            f"Nothing was made. Ask an administrator for USE CATALOG and CREATE SCHEMA on the catalog `{own.catalog}` (or to "
            f"create the schema {own.quoted} and grant USE SCHEMA and CREATE TABLE on it), and for CAN USE on the warehouse."
        )
    if error.reason.id == "no-permission":
        # Made now or by a run before: the statements make only what is missing, and do not tell which it was.
        there = f"There by now: {', '.join(made)}; the next run leaves that alone."
        if f"the table {TABLES[-1]}" in made:
            return f"{there} Ask an administrator for CAN USE on the warehouse."
        return f"{there} For the rest ask an administrator for USE SCHEMA and CREATE TABLE on the schema {own.quoted}."
    if error.reason.id == "table-missing":
        return f"See that the catalog `{own.catalog}` exists and that this user may use it."
    if error.reason.id == "warehouse-missing":
        return "Give the id of a SQL warehouse of this workspace."
    if error.reason.id == "not-authenticated":
        return "Check the token or the service principal's secret."
    return "Try again; what was made already is left alone by the next run."
