"""Writes what clusop knows to its tables in the customer's schema, in batches that may be repeated without harm."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import OperationalError

from clusop.reasons import Reason
from clusop.service.databricks.fault import WarehouseError
from clusop.service.databricks.parameters import text
from clusop.service.databricks.statements import read_statement
from clusop.service.resolver.rounding import whole_parts
from clusop.service.store.facts import fact, raise_to
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.store.tables.problems import problem_days, problems, signals
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import RowMapping

    from clusop.service.databricks.statements import Own, Statement
    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.store.database import Database

__all__ = ["OwnTables"]

_PACKAGE = "clusop.service.resolver"
_SIGNALS_WRITTEN = "own-tables.signals"
_LOCK_NOT_AVAILABLE = "55P03"
# All values of a statement together may have a megabyte.
_MAX_BYTES = 900_000
_AT_ONCE = 400
_DBU_GRAIN = 10**18
_PROBLEM = [
    "workspace",
    "signature",
    "workload",
    "task_key",
    "cause",
    "family",
    "engine",
    "verdict",
    "action",
    "dbr",
    "cluster",
    "state",
    "owner",
    "team",
    "first_seen_at_ms",
    "last_seen_at_ms",
    "run_count",
    "exposure_low_microusd",
    "exposure_high_microusd",
    "exposure_unpriced_runs",
    "avoidable_low_microusd",
    "avoidable_high_microusd",
    "capacity_low_microusd",
    "capacity_high_microusd",
    "avoidable_unpriced_runs",
]

_SIGNALS = (
    select(
        signals.c.id,
        signals.c.sequence,
        signals.c.start_at_ms,
        signals.c.end_at_ms,
        signals.c.line,
        signals.c.is_offline,
        signals.c.left_out,
        agents.c.workspace,
        agents.c.agent,
        problems.c.signature,
    )
    .join(agents, agents.c.id == signals.c.agent_id)
    .join(problems, problems.c.id == signals.c.problem_id)
)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnTables:
    """The statements for one catalog and schema."""

    probes: tuple[Statement, ...]
    hours: Statement
    problems: Statement
    signals: Statement

    @classmethod
    def of(cls, own: Own) -> OwnTables:
        """Those of ``own``."""
        probes = tuple(
            read_statement(_PACKAGE, f"queries/probe_{name}", own) for name in ("hours", "problems", "signals")
        )
        merges = (read_statement(_PACKAGE, f"queries/merge_{name}", own) for name in ("hours", "problems", "signals"))
        return cls(probes, *merges)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them."""
        return (*self.probes, self.hours, self.problems, self.signals)

    def gap(self, warehouse: Warehouse) -> Reason | None:
        """Why nothing can be written: ``not-onboarded`` where a table is missing."""
        try:
            for probe in self.probes:
                for _row in warehouse.rows(probe, ("workspace",)):
                    pass
        except WarehouseError as error:
            return Reason("not-onboarded") if error.reason.id == "table-missing" else error.reason
        return None

    def write(self, database: Database, warehouse: Warehouse, now_ms: int) -> int:
        """Write what is new or changed; how many rows."""
        return (
            self._write_hours(database, warehouse, now_ms)
            + self._write_problems(database, warehouse)
            + self._write_signals(database, warehouse)
        )

    def _write_hours(self, database: Database, warehouse: Warehouse, now_ms: int) -> int:
        count, after = 0, 0
        while True:
            with database.reading() as connection:
                hours = (
                    connection.execute(
                        select(bill_hours)
                        .where(bill_hours.c.written_at_ms.is_(None), bill_hours.c.id > after)
                        .order_by(bill_hours.c.id)
                        .limit(_AT_ONCE)
                    )
                    .mappings()
                    .all()
                )
                rows = list(_hour_rows(connection, hours))
            if not hours:
                return count
            count += _send(warehouse, self.hours, rows)
            after = hours[-1]["id"]
            written = update(bill_hours).where(bill_hours.c.id.in_([hour["id"] for hour in hours]))
            database.write(partial(Connection.execute, statement=written.values(written_at_ms=now_ms)))

    def _write_problems(self, database: Database, warehouse: Warehouse) -> int:
        derived = (
            select(
                problem_days.c.problem_id,
                func.sum(problem_days.c.derived_low_microusd).label("derived_low_microusd"),
                func.sum(problem_days.c.derived_high_microusd).label("derived_high_microusd"),
            )
            .group_by(problem_days.c.problem_id)
            .subquery()
        )
        columns = [problems.c[name] for name in _PROBLEM]
        query = select(*columns, derived.c.derived_low_microusd, derived.c.derived_high_microusd).outerjoin(
            derived, derived.c.problem_id == problems.c.id
        )
        with database.reading() as connection:
            rows = [
                {name: _plain(value) for name, value in row.items()}
                for row in connection.execute(query.order_by(problems.c.id)).mappings()
            ]
        return _send(warehouse, self.problems, rows)

    def _write_signals(self, database: Database, warehouse: Warehouse) -> int:
        count = 0
        last = _last_signal(database)
        while True:
            with database.reading() as connection:
                after = fact(connection, _SIGNALS_WRITTEN)[0]
                new = _SIGNALS.where(signals.c.id > after, signals.c.id <= last).order_by(signals.c.id).limit(_AT_ONCE)
                found = connection.execute(new).mappings().all()
            if not found:
                return count
            count += _send(warehouse, self.signals, map(_signal_row, found))
            count += self._take_back(database, warehouse, found, after)
            database.write(partial(raise_to, name=_SIGNALS_WRITTEN, least=found[-1]["id"]))

    def _take_back(self, database: Database, warehouse: Warehouse, live: Sequence[RowMapping], up_to: int) -> int:
        """Signals of logs that were written before these came, and are in no sum since: of runs that these tell of as well."""
        spans = [(row["start_at_ms"], row["end_at_ms"]) for row in live if not row["is_offline"]]
        if not spans:
            return 0
        within = signals.c.end_at_ms.between(min(start for start, _ in spans), max(end for _, end in spans))
        told_twice = _SIGNALS.where(signals.c.is_offline, signals.c.left_out != "", within).order_by(signals.c.id)
        count = after = 0
        while True:
            with database.reading() as connection:
                asked = told_twice.where(signals.c.id > after, signals.c.id <= up_to).limit(_AT_ONCE)
                some = connection.execute(asked).mappings().all()
            if not some:
                return count
            count += _send(warehouse, self.signals, map(_signal_row, some))
            after = some[-1]["id"]


def _last_signal(database: Database) -> int:
    """The greatest id up to which all signals are there. Several writers draw ids and commit in another order: a moment without
    any is waited for, lest one that comes late be passed over for good. Whoever wants to write waits behind us, so we wait for
    two seconds at the most; 0, and another try an hour later, where that is not enough.
    """

    def work(connection: Connection) -> int:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            connection.exec_driver_sql("LOCK TABLE signals IN SHARE MODE")
        return int(connection.scalar(select(func.max(signals.c.id))) or 0)

    try:
        return database.write(work)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
            raise
        _logger.warning("no signals go to clusop_signals this time: somebody has held their table for two seconds")
        return 0


def _signal_row(row: RowMapping) -> dict[str, object]:
    names = ("workspace", "agent", "sequence", "signature", "start_at_ms", "end_at_ms")
    is_left_out = bool(row["left_out"])
    record = "" if is_left_out else bytes(row["line"]).decode()
    return {**{name: row[name] for name in names}, "record": record, "is_left_out": is_left_out}


def _hour_rows(connection: Connection, hours: Sequence[RowMapping]) -> Iterator[dict[str, object]]:
    lines: dict[int, list[RowMapping]] = {}
    found = connection.execute(
        select(bill_shares, problems.c.signature)
        .outerjoin(problems, problems.c.id == bill_shares.c.problem_id)
        .where(bill_shares.c.bill_hour_id.in_([hour["id"] for hour in hours]))
        .order_by(bill_shares.c.id)
    ).mappings()
    for line in found:
        lines.setdefault(line["bill_hour_id"], []).append(line)
    for hour in hours:
        own = lines.get(hour["id"], [])
        shares = [Fraction(json.loads(line["inputs"])["share"]) for line in own]
        # A table holds 18 decimals, a share of an hour seldom ends there: rounded so that the lines still add up.
        grains = whole_parts(round(Fraction(hour["dbu"]) * _DBU_GRAIN), shares)
        for line, grain in zip(own, grains, strict=True):
            yield {
                **{
                    name: hour[name]
                    for name in ("workspace", "cluster", "hour_at_ms", "sku", "is_photon", "cloud", "unit")
                },
                "version": hour["version"],
                "line": line["kind"],
                "signature": line["signature"] or "",
                "dbu": _decimal(grain),
                "microusd": line["microusd"],
                **{
                    name: hour[name]
                    for name in ("currency", "basis", "unpriced_reason", "is_provisional", "is_current")
                },
            }


def _decimal(grain: int) -> str:
    digits = str(abs(grain)).rjust(19, "0")
    return f"{'-' if grain < 0 else ''}{digits[:-18]}.{digits[-18:]}"


def _plain(value: object) -> object:
    """PostgreSQL sums integers to decimals."""
    return value if value is None or isinstance(value, str) else int(str(value))


def _send(warehouse: Warehouse, statement: Statement, rows: Iterable[dict[str, object]]) -> int:
    count = 0
    for batch in _batches(json.dumps(row, separators=(",", ":")) for row in rows):
        warehouse.run(statement, (text("rows", f"[{','.join(batch)}]"),))
        count += len(batch)
    return count


def _batches(rows: Iterator[str]) -> Iterator[list[str]]:
    for some in chunks(rows, _AT_ONCE):
        batch: list[str] = []
        size = 0
        for row in some:
            if batch and size + len(row) > _MAX_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(row)
            size += len(row) + 1
        if batch:
            yield batch
