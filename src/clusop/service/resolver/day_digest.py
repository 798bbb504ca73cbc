"""Whether a day has to be shared out again: a digest over all that its lines follow from.

A day whose hours are settled and whose digest is the one of the last run needs nothing: the same inputs give the same lines.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select

from clusop.pricing.entry import PriceKind
from clusop.pricing.price import Unpriced
from clusop.service.store.bounded_sum import bounded_sum
from clusop.service.store.facts import fact
from clusop.service.store.tables.access import facts
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.problems import signals
from clusop.service.store.upsert import inserting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from clusop.service.resolver.bill import BillHour, BillKey
    from clusop.service.resolver.modeled import DbuRates
    from clusop.service.resolver.settings import ResolverSettings

__all__ = ["day_digest", "forget_days", "is_known", "remember"]

# A change of how hours are shared out changes the number: all days are then done once more.
_METHOD = "share-4"
_PREFIX = "resolver.day:"


def day_digest(
    connection: Connection,
    bill: Mapping[BillKey, BillHour],
    span_ms: tuple[int, int],
    rates: DbuRates,
    settings: ResolverSettings,
) -> str:
    """Over the bill with its prices, what agents and signals told (by how many, and up to which), rates, and what the price
    book says of multipliers and node types.
    """
    found = sha256(f"{_METHOD} {span_ms} {settings.currency} {sorted(rates.learned.items())}".encode())
    for kind in (PriceKind.MULTIPLIER, PriceKind.NODE_DBU):
        for entry in settings.book.in_force(kind):
            found.update(f"{entry.id} {entry.value}".encode())
    for key in sorted(bill):
        hour = bill[key]
        usd = hour.usd.reason.id if isinstance(hour.usd, Unpriced) else hour.usd
        found.update(f"{tuple(key)} {hour.parts} {usd} {hour.price_ids}".encode())
    inside = (usage_hours.c.hour_at_ms >= span_ms[0], usage_hours.c.hour_at_ms < span_ms[1])
    hours = select(func.count(), bounded_sum(usage_hours.c.revision), func.sum(usage_hours.c.agent_id)).where(*inside)
    # What an agent is known to be may become known later: its shape, its start, how long it was there within these hours.
    told_at_ms = case((agents.c.last_told_at_ms < span_ms[1], agents.c.last_told_at_ms), else_=span_ms[1])
    known = (
        select(agents.c.id, agents.c.workspace, agents.c.shape, agents.c.started_at_ms, told_at_ms)
        .where(agents.c.id.in_(select(usage_hours.c.agent_id).where(*inside)))
        .order_by(agents.c.id)
    )
    for row in connection.execute(known):
        found.update(str(tuple(row)).encode())
    # One hour more: an agent that goes on has not ended in the hour before.
    later = select(func.count()).where(
        usage_hours.c.hour_at_ms >= span_ms[1], usage_hours.c.hour_at_ms < span_ms[1] + (span_ms[1] - span_ms[0])
    )
    touching = (signals.c.end_at_ms >= span_ms[0], signals.c.start_at_ms < span_ms[1])
    told = select(func.count(), func.max(signals.c.id), func.sum(signals.c.problem_id)).where(*touching)
    for query in (hours, later, told):
        found.update(str(tuple(str(value) for value in connection.execute(query).one())).encode())
    return found.hexdigest()


def is_known(connection: Connection, span_ms: tuple[int, int], digest: str) -> bool:
    """Whether the day was shared out by exactly this."""
    return fact(connection, f"{_PREFIX}{span_ms[0]}")[1] == digest


def remember(connection: Connection, span_ms: tuple[int, int], digest: str) -> None:
    """In the transaction that writes the lines of a day whose hours are all settled. An earlier run with the same inputs still
    called some of them provisional.
    """
    insert = inserting(connection, facts).values(name=f"{_PREFIX}{span_ms[0]}", count=span_ms[0], value=digest)
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": digest}))


def forget_days(connection: Connection, before_ms: int) -> None:
    """Days that are read no more."""
    connection.execute(
        delete(facts).where(facts.c.name.startswith(_PREFIX, autoescape=True), facts.c["count"] < before_ms)
    )
