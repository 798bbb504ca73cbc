"""``clusop onboard``: clusop's own schema and tables in the customer's catalog, and the grants it needs."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.cli.asking import tell_asking
from clusop.cli.service_door import read_settings
from clusop.cli.writing import write_stdout
from clusop.errors import InputError

if TYPE_CHECKING:
    from clusop.service.databricks.statements import Own
    from clusop.service.onboard.run import Onboarding

__all__ = ["onboard"]

_DRY = "Nothing was sent. clusop onboard runs these statements, and no others:"
_GRANTS = "Grants that clusop needs, for an administrator to run:"


def onboard(
    *,
    catalog: Annotated[str | None, typer.Option(metavar="NAME", help="The catalog that gets clusop's schema.")] = None,
    schema: Annotated[str | None, typer.Option(metavar="NAME", help="The schema; it is created if missing.")] = None,
    warehouse: Annotated[str | None, typer.Option(metavar="ID", help="The SQL warehouse to use.")] = None,
    host: Annotated[
        str | None, typer.Option(metavar="URL", help="The workspace; else the environment tells it.")
    ] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="A profile of ~/.databrickscfg.")] = None,
    principal: Annotated[
        str, typer.Option(metavar="NAME", help="Who the grants are for; else the user that runs this.")
    ] = "",
    config: Annotated[str, typer.Option(metavar="FILE", help="YAML file with settings.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the SQL and the grants; send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Create the schema and the tables clusop_signals, clusop_problems and clusop_hours, and probe the bill.

    Nothing else is written, and no permission is granted: the grants are printed for an administrator.
    """
    told = {"catalog": catalog, "schema": schema, "warehouse": warehouse, "host": host, "profile": profile}
    settings = read_settings(os.environ, config)
    from clusop.service.onboard.run import onboard as run
    from clusop.service.onboard.run import statements_for_onboarding
    from clusop.service.resolver import read_resolver_settings
    from clusop.service.settings.fault_place import naming_file

    section = settings.section("databricks")
    given = {name: value for name, value in told.items() if value is not None}
    merged = {**section, **given} if isinstance(section, dict) else (given if section is None else section)
    with naming_file(settings, {f"databricks.{name}": f"--{name}" for name in given}):
        found = read_resolver_settings(merged, None)
    if found.own is None:
        raise InputError("onboard", "no catalog and schema are named", "Give --catalog and --schema.")
    if dry_run:
        write_stdout(_dry(found.own, principal, found.warehouse, as_json=as_json))
        return
    from clusop.service.databricks.connect import connect
    from clusop.service.databricks.statements import StatementSet

    tell_asking(found.host, found.profile, os.environ)
    door = connect(found.host, found.profile, found.warehouse, StatementSet(statements_for_onboarding(found.own)))
    write_stdout(_done(run(door, found.own, principal), as_json=as_json))


def _dry(own: Own, principal: str, warehouse: str, *, as_json: bool) -> str:
    from clusop.service.onboard.steps import NOBODY_YET, grants, permission, steps_of

    statements = [statement.text for statement in steps_of(own).all]
    needed, besides = grants(own, principal or NOBODY_YET), permission(principal or NOBODY_YET, warehouse)
    if as_json:
        document = {"dry_run": True, "statements": statements, "grants": list(needed), "permission": besides}
        return json.dumps(document, indent=2) + "\n"
    return "\n\n".join([_DRY, *(f"{text};" for text in statements), _GRANTS, "\n".join(needed), besides]) + "\n"


def _done(done: Onboarding, *, as_json: bool) -> str:
    tier = done.tier
    if as_json:
        document = {
            "principal": done.principal,
            "tables": list(done.tables),
            "grants": list(done.grants),
            "permission": done.permission,
            "tier": tier.name,
            "reason": None if tier.reason is None else tier.reason.to_json(),
        }
        return json.dumps(document, indent=2) + "\n"
    why = "" if tier.reason is None else f" {tier.reason.sentence}"
    lines = [
        f"The tables are there: {', '.join(done.tables)}.",
        "",
        _GRANTS,
        *done.grants,
        "",
        done.permission,
        "",
        f"Dollars for {done.principal} will be {tier.name}.{why}",
    ]
    return "\n".join(lines) + "\n"
