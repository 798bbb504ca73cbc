"""One run: probe what may be read, read the bill of the window day by day, share it out, keep what changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select, update

from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.service.databricks.fault import WarehouseError
from clusop.service.resolver.bill import USAGE, read_bill
from clusop.service.resolver.day_digest import day_digest, forget_days, is_known, remember
from clusop.service.resolver.draft import SETTLED_MS
from clusop.service.resolver.job_owner_list import JOB_OWNERS, read_job_owners
from clusop.service.resolver.learned import Lessons, read_learned, write_learned
from clusop.service.resolver.ledger import Written, write_drafts
from clusop.service.resolver.left_bill import LEFT, left_draft, left_keys
from clusop.service.resolver.modeled import DbuRates
from clusop.service.resolver.modeled_hours import read_modeled_hours
from clusop.service.resolver.observed import Known, read_known, read_seen
from clusop.service.resolver.own_tables import OwnTables
from clusop.service.resolver.price_list import PRICE_QUERIES, PriceList, read_price_list
from clusop.service.resolver.problem_time import read_problem_time
from clusop.service.resolver.reconciliation import Reconciliation
from clusop.service.resolver.share_day import Sharing
from clusop.service.resolver.tier import PROBES, Tier, probe
from clusop.service.store.tables.money import bill_hours, reconciliations
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from clusop.service.databricks.statements import Statement
    from clusop.service.databricks.warehouse import Warehouse
    from clusop.service.resolver.bill import BillHour
    from clusop.service.resolver.settings import ResolverSettings
    from clusop.service.store.database import Database

__all__ = ["reconcile", "statements_for", "tell_failed"]

_MS_PER_DAY = 24 * MS_PER_HOUR


def statements_for(settings: ResolverSettings) -> tuple[Statement, ...]:
    """All statements a run may make: what the client is to be limited to."""
    own = OwnTables.of(settings.own).statements if settings.own is not None else ()
    return (*PROBES, *PRICE_QUERIES, USAGE, JOB_OWNERS, *own)


def reconcile(
    database: Database, warehouse: Warehouse | None, settings: ResolverSettings, now_ms: int
) -> Reconciliation:
    """Read the bill of the last ``settings.days`` days and share it out. Run again on the same bill it changes nothing.

    Never raises for what the workspace says: a run that failed says why, and what it had done by then stands.
    """
    run = _begun(database, warehouse, settings, now_ms)
    try:
        run.work()
    except WarehouseError as error:
        run.found = replace(run.found, reason=error.reason)
    except BaseException as error:
        run.end(f"{type(error).__name__}: a bug; see the log.")
        raise
    return run.end()


def tell_failed(database: Database, settings: ResolverSettings, now_ms: int, sentence: str) -> None:
    """Write down a run that never came to its warehouse, so that the page of the bill tells why."""
    _begun(database, None, settings, now_ms).end(sentence)


def _begun(database: Database, warehouse: Warehouse | None, settings: ResolverSettings, now_ms: int) -> _Run:
    from_ms = (now_ms - settings.days * _MS_PER_DAY) // MS_PER_HOUR * MS_PER_HOUR
    nothing = Reconciliation("modeled", is_done=False, reason=None, from_at_ms=from_ms, to_at_ms=now_ms)
    run = _Run(database, warehouse, settings, now_ms, nothing)
    run.begin()
    return run


@dataclass(slots=True)
class _Run:
    database: Database
    warehouse: Warehouse | None
    settings: ResolverSettings
    now_ms: int
    found: Reconciliation
    id: int = 0
    lessons: Lessons = field(default_factory=Lessons)

    def begin(self) -> None:
        statement = reconciliations.insert().values(
            started_at_ms=self.now_ms,
            from_at_ms=self.found.from_at_ms,
            to_at_ms=self.found.to_at_ms,
            tier="modeled",
            outcome="running",
        )
        made = statement.returning(reconciliations.c.id)

        def work(connection: Connection) -> int:
            _tell_interrupted(connection)
            return int(connection.execute(made).scalar_one())

        self.id = self.database.write(work)

    def end(self, sentence: str = "") -> Reconciliation:
        reason = self.found.reason
        statement = (
            update(reconciliations)
            .where(reconciliations.c.id == self.id)
            .values(
                ended_at_ms=self.now_ms,
                tier=self.found.tier,
                outcome="done" if self.found.is_done else "failed",
                reason="" if reason is None else reason.id,
                sentence=sentence or ("" if reason is None else reason.sentence),
                counts=json.dumps(self.found.counts),
            )
        )
        self.database.write(lambda connection: connection.execute(statement))
        return self.found

    def work(self) -> None:
        tier = probe(self.warehouse)
        self.found = replace(self.found, tier=tier.name, reason=tier.reason)
        if self.warehouse is not None:
            with self.database.reading() as connection:
                known = read_known(connection)
            if tier.name != "modeled" and not known.is_nothing:
                self._bill(self.warehouse, tier, known)
            self._aside(self.warehouse, known)
        self.found = replace(self.found, is_done=True)

    def _bill(self, warehouse: Warehouse, tier: Tier, known: Known) -> None:
        prices = read_price_list(warehouse, tier, self.settings, self.found.from_at_ms * 1000)
        with self.database.reading() as connection:
            rates = DbuRates(self.settings.book, read_learned(connection))
        for span_ms in self._days():
            self._span(warehouse, prices, rates, span_ms, known)
        self.database.write(self._end_of_bill)
        with self.database.reading() as connection:
            provisional, left = _standing(connection, self.found)
        self.found = replace(self.found, provisional=provisional, left=left)

    def _end_of_bill(self, connection: Connection) -> None:
        write_learned(connection, self.lessons, self.now_ms)
        forget_days(connection, self.found.from_at_ms - _MS_PER_DAY)

    def _days(self) -> Iterator[tuple[int, int]]:
        at_ms = self.found.from_at_ms
        while at_ms < self.found.to_at_ms:
            following = min((at_ms // _MS_PER_DAY + 1) * _MS_PER_DAY, self.found.to_at_ms)
            yield at_ms, following
            at_ms = following

    def _span(
        self,
        warehouse: Warehouse,
        prices: PriceList,
        rates: DbuRates,
        span_ms: tuple[int, int],
        known: Known,
    ) -> None:
        bill = read_bill(warehouse, prices, span_ms[0] - MS_PER_HOUR, span_ms[1] + MS_PER_HOUR, known)
        with self.database.reading() as connection:
            is_settled = self.now_ms - span_ms[1] >= SETTLED_MS
            digest = day_digest(connection, bill, span_ms, rates, self.settings) if is_settled else ""
            if is_settled and is_known(connection, span_ms, digest):
                self.lessons.is_whole = False
                self._count([hour for hour in bill.values() if span_ms[0] <= hour.key.hour_at_ms < span_ms[1]])
                return
            seen, spent = read_seen(connection, *span_ms), read_problem_time(connection, *span_ms)
            modeled = read_modeled_hours(connection, span_ms[0])
            left = left_keys(connection, bill, span_ms, known)
        # Nothing is computed under the writer's lock.
        on_bill = Sharing(seen, spent, rates, self.settings, self.lessons, self.now_ms).drafts(bill, span_ms)
        drafts = [*on_bill, *(left_draft(key, self.settings, self.now_ms) for key in left)]

        def work(connection: Connection) -> Written:
            written = write_drafts(connection, drafts, modeled, span_ms, self.id)
            if is_settled:
                remember(connection, span_ms, digest)
            return written

        self.found = replace(self.found, written=self.found.written + self.database.write(work))
        self._count([bill[draft.key] for draft in on_bill])

    def _count(self, hours: Sequence[BillHour]) -> None:
        unmatched = dict(self.found.unmatched)
        for hour in hours:
            if isinstance(hour.usd, Unpriced):
                unmatched[hour.usd.reason.id] = unmatched.get(hour.usd.reason.id, 0) + 1
        self.found = replace(self.found, hours=self.found.hours + len(hours), unmatched=unmatched)

    def _aside(self, warehouse: Warehouse, known: Known) -> None:
        """What may fail without harm to the dollars: owners of jobs, and clusop's tables at the customer's."""
        remarks: list[Reason] = []
        owners = rows_out = 0
        try:
            owners = read_job_owners(self.database, warehouse, known.asked_for, self.now_ms)
        except WarehouseError as error:
            remarks.append(Reason("job-owners-not-readable", error.reason.sentence))
        if self.settings.own is not None:
            tables = OwnTables.of(self.settings.own)
            try:
                gap = tables.gap(warehouse)
                rows_out = tables.write(self.database, warehouse, self.now_ms) if gap is None else 0
                remarks += [] if gap is None else [gap]
            except WarehouseError as error:
                remarks.append(Reason("own-tables-not-written", error.reason.sentence))
        self.found = replace(self.found, remarks=tuple(remarks), owners=owners, rows_out=rows_out)


def _tell_interrupted(connection: Connection) -> None:
    """Runs that never told their end: whoever begins one holds the lease, so nobody is at another."""
    reason = Reason("reading-interrupted")
    connection.execute(
        update(reconciliations)
        .where(reconciliations.c.outcome == "running")
        .values(outcome="interrupted", reason=reason.id, sentence=reason.sentence)
    )


def _standing(connection: Connection, run: Reconciliation) -> tuple[int, int]:
    """Of the hours of the window as they stand now: how many are on the bill and provisional, and how many left it."""
    column = bill_hours.c
    has_left = column.unpriced_reason == LEFT
    asked = select(
        func.coalesce(func.sum(case((column.is_provisional & ~has_left, 1), else_=0)), 0),
        func.coalesce(func.sum(case((has_left, 1), else_=0)), 0),
    ).where(column.is_current, column.hour_at_ms >= run.from_at_ms, column.hour_at_ms < run.to_at_ms)
    provisional, left = connection.execute(asked).one()
    return int(provisional), int(left)
