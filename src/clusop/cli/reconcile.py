"""``clusop reconcile``: one run of the resolver, now."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.cli.asking import tell_asking
from clusop.cli.service_door import open_service
from clusop.cli.writing import write_stdout
from clusop.clock import SystemClock

if TYPE_CHECKING:
    from clusop.service.resolver import Reconciliation

__all__ = ["reconcile"]

_EXIT_BAD_INPUT = 2


def reconcile(
    *,
    config: Annotated[str, typer.Option(metavar="FILE", help="YAML file with settings.")] = "",
    days: Annotated[int | None, typer.Option(metavar="N", help="How many days back the bill is read; 35.")] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="sqlite:////path or postgresql://user@host/name.")
    ] = None,
    data: Annotated[str | None, typer.Option(metavar="FOLDER", help="Folder of the service's own files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read the customer's bill and share each hour of it out over what agents saw.

    Run again on the same bill it changes nothing. Workspace and SQL warehouse are in the section databricks of the settings'
    file; without them, or without permission, dollars stay modeled and the reason is told.
    """
    settings, opened = open_service({"database": database, "data": data}, os.environ, config)
    try:
        from clusop.service.resolver import check_days_are_kept, read_resolver_settings, warehouse_for
        from clusop.service.resolver import reconcile as run
        from clusop.service.schedule.hold import hold_now
        from clusop.service.settings.fault_place import naming_file

        section = settings.section("databricks")
        if days is not None:
            section = {**(section if isinstance(section, dict) else {}), "days": days}
        with naming_file(settings, {} if days is None else {"databricks.days": "--days"}):
            found = read_resolver_settings(section, settings.section("discounts"))
            where = "databricks.days" if days is None else "--days"
            check_days_are_kept(found.days, settings.count("retain_days"), where)
        clock = SystemClock()
        with hold_now(opened, clock, "reconcile"):
            if found.warehouse:
                tell_asking(found.host, found.profile, os.environ)
            done = run(opened, warehouse_for(found), found, int(clock.now_at().timestamp() * 1000))
    finally:
        opened.close()
    write_stdout(_json(done) if as_json else _text(done))
    if not done.is_done:
        raise typer.Exit(_EXIT_BAD_INPUT)


def _json(done: Reconciliation) -> str:
    document = {
        "tier": done.tier,
        "done": done.is_done,
        "reason": None if done.reason is None else done.reason.to_json(),
        "from_at_ms": done.from_at_ms,
        "to_at_ms": done.to_at_ms,
        **done.counts,
    }
    return json.dumps(document, indent=2) + "\n"


def _text(done: Reconciliation) -> str:
    lines = [
        f"Dollars are {done.tier}." if done.is_done else "The run did not end well; what it had done by then stands."
    ]
    if done.reason is not None:
        lines.append(done.reason.sentence)
    if done.tier != "modeled":
        written = done.written
        lines.append(
            f"{done.hours} billed hours read: {written.new} new, {written.corrected} corrected, {written.relabeled} relabeled."
        )
    lines += [f"{count} of them have no price ({reason})." for reason, count in sorted(done.unmatched.items())]
    if done.left:
        lines.append(f"{done.left} stored hours are on the bill no more.")
    if done.rows_out:
        lines.append(f"{done.rows_out} rows written to clusop's own tables.")
    return "\n".join([*lines, *(remark.sentence for remark in done.remarks)]) + "\n"
