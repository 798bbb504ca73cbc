"""Owners of saved jobs, read from the customer's system tables: whose a problem is, where no tag and no rule tells it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from clusop.service.databricks.parameters import text
from clusop.service.databricks.statements import read_statement
from clusop.service.store.tables.problems import job_owners
from clusop.service.store.upsert import chunks, inserting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.store.database import Database

__all__ = ["JOB_OWNERS", "read_job_owners"]

JOB_OWNERS = read_statement("clusop.service.resolver", "queries/job_owners")
_COLUMNS = ("workspace", "job_id", "run_as", "creator")
_AT_ONCE = 2000


def read_job_owners(database: Database, warehouse: Warehouse, workspaces: Iterable[str], now_ms: int) -> int:
    """Read them all; how many. A job that is deleted keeps its last owner here: its problems are still somebody's."""
    parameters = (text("workspaces", ",".join(sorted(workspaces))),)
    rows: list[dict[str, object]] = [
        dict(zip(_COLUMNS, map(str, row), strict=True), read_at_ms=now_ms)
        for row in warehouse.rows(JOB_OWNERS, _COLUMNS, parameters, is_large=True)
    ]
    # By key: two runs at once write the same rows.
    rows.sort(key=lambda row: (str(row["workspace"]), str(row["job_id"])))
    for some in chunks(rows, _AT_ONCE):
        database.write(partial(_put, rows=some))
    return len(rows)


def _put(connection: Connection, rows: list[dict[str, object]]) -> None:
    insert = inserting(connection, job_owners)
    told = {name: insert.excluded[name] for name in ("run_as", "creator", "read_at_ms")}
    connection.execute(insert.on_conflict_do_update(index_elements=["workspace", "job_id"], set_=told), rows)
