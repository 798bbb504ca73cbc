"""Deciding about every compute definition, and keeping what was decided: where it changed, and once a day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.decisions.judging import judged
from clusop.service.decisions.observation import Span
from clusop.service.decisions.use_query import bill_ratio, computes_in, use_of
from clusop.service.store.tables.decisions import engine_decisions
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from clusop.service.decisions.decision import Decision
    from clusop.service.decisions.prices_in_force import PricesInForce
    from clusop.service.store.database import Database

__all__ = ["decide", "decide_apart", "decisions_of", "window_of"]

_DAY_MS = 24 * MS_PER_HOUR


def window_of(now_ms: int, window_days: int) -> Span:
    """The last ``window_days`` days, from a full hour on."""
    since = now_ms - window_days * _DAY_MS
    return Span(since - since % MS_PER_HOUR, now_ms)


def decisions_of(connection: Connection, prices: PricesInForce, span: Span) -> Iterator[Decision]:
    """The decision about each compute definition that has one, one after the other."""
    for compute in computes_in(connection, span):
        agents = use_of(connection, compute, span)
        found = judged(compute, span, agents, bill_ratio(connection, compute, span), prices) if agents else None
        if found is not None:
            yield found


def decide(connection: Connection, prices: PricesInForce, now_ms: int, window_days: int = 30) -> int:
    """Decide and write in one transaction. How many decisions were written."""
    return _kept(connection, decisions_of(connection, prices, window_of(now_ms, window_days)), now_ms)


def decide_apart(database: Database, prices: PricesInForce, now_ms: int, window_days: int = 30) -> int:
    """As :func:`decide`, reading in one transaction and writing in another: ingest need not wait while it thinks."""
    with database.reading() as connection:
        found = list(decisions_of(connection, prices, window_of(now_ms, window_days)))
    return database.write(lambda connection: _kept(connection, found, now_ms))


def _kept(connection: Connection, found: Iterable[Decision], now_ms: int) -> int:
    written = 0
    for decision in found:
        if not _is_news(connection, decision, now_ms):
            continue
        saving = decision.proposal.saving
        connection.execute(
            engine_decisions.insert().values(
                workspace=decision.compute.workspace,
                compute=decision.compute.name,
                decided_at_ms=now_ms,
                from_at_ms=decision.span.from_at_ms,
                to_at_ms=decision.span.to_at_ms,
                action=decision.action,
                reasons=json.dumps(list(decision.reason_ids)),
                saving=json.dumps(None if saving is None else saving.to_json(), sort_keys=True),
                facts=json.dumps(dict(decision.facts), sort_keys=True),
            )
        )
        written += 1
    return written


def _is_news(connection: Connection, decision: Decision, now_ms: int) -> bool:
    """Whether the last decision was another one, or is a day old."""
    table = engine_decisions
    mine = (table.c.workspace == decision.compute.workspace, table.c.compute == decision.compute.name)
    newest = select(func.max(table.c.decided_at_ms)).where(*mine).scalar_subquery()
    last = connection.execute(
        select(table.c.decided_at_ms, table.c.action, table.c.reasons).where(*mine, table.c.decided_at_ms == newest)
    ).one_or_none()
    if last is None:
        return True
    if last.decided_at_ms >= now_ms:
        return False
    is_same = last.action == decision.action and last.reasons == json.dumps(list(decision.reason_ids))
    return not is_same or now_ms - last.decided_at_ms >= _DAY_MS
