"""Writes drafts: nothing where nothing changed, a new version where something did, exposure of problems with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from clusop.service.resolver.draft import DraftLine
from clusop.service.resolver.exposure_days import write_exposure
from clusop.service.store.tables.money import bill_hours, bill_shares
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, RowMapping

    from clusop.service.resolver.draft import Draft
    from clusop.service.resolver.modeled_hours import ModeledHours

__all__ = ["Written", "write_drafts"]

_KEY = ("workspace", "cluster", "hour_at_ms", "sku", "is_photon", "cloud", "unit")
_VERSIONED = ("dbu", "microusd", "unpriced_reason", "basis", "currency", "price_ids")
_LABELS = ("modeled_dbu", "is_provisional")
_LINE = tuple(DraftLine.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Written:
    """How many hours were new, got another version, or only another label."""

    new: int = 0
    corrected: int = 0
    relabeled: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.new + other.new, self.corrected + other.corrected, self.relabeled + other.relabeled)


def write_drafts(
    connection: Connection,
    drafts: Sequence[Draft],
    modeled: ModeledHours,
    span_ms: tuple[int, int],
    reconciliation_id: int,
) -> Written:
    """Bring the hours of ``[from, to)``, which lie in one UTC day, to ``drafts``, in the caller's transaction: dollars, their
    label and the exposure of problems change together or not at all.
    """
    current = _current(connection, span_ms)
    fresh: list[tuple[Draft, int]] = []
    replaced: list[int] = []
    relabeled: list[dict[str, object]] = []
    for draft in drafts:
        before = current.get(tuple(draft.key))
        if before is not None and _is_same(draft, *before):
            row = before[0]
            if any(row[name] != getattr(draft, name) for name in _LABELS):
                relabeled.append({"of": row["id"], **{name: getattr(draft, name) for name in _LABELS}})
            continue
        fresh.append((draft, 1 if before is None else before[0]["version"] + 1))
        if before is not None:
            replaced.append(before[0]["id"])
    _retire(connection, replaced)
    _relabel(connection, relabeled)
    for draft, version in fresh:
        _insert(connection, draft, version, reconciliation_id)
    write_exposure(connection, modeled, span_ms[0])
    return Written(len(fresh) - len(replaced), len(replaced), len(relabeled))


def _current(
    connection: Connection, span_ms: tuple[int, int]
) -> dict[tuple[object, ...], tuple[RowMapping, tuple[DraftLine, ...]]]:
    inside = (
        bill_hours.c.is_current.is_(True),
        bill_hours.c.hour_at_ms >= span_ms[0],
        bill_hours.c.hour_at_ms < span_ms[1],
    )
    lines: dict[int, list[DraftLine]] = {}
    shares = select(bill_shares).join(bill_hours, bill_hours.c.id == bill_shares.c.bill_hour_id).where(*inside)
    for row in connection.execute(shares.order_by(bill_shares.c.id)).mappings():
        lines.setdefault(row["bill_hour_id"], []).append(DraftLine(**{name: row[name] for name in _LINE}))
    return {
        tuple(row[name] for name in _KEY): (row, tuple(lines.get(row["id"], ())))
        for row in connection.execute(select(bill_hours).where(*inside)).mappings()
    }


def _is_same(draft: Draft, row: RowMapping, lines: tuple[DraftLine, ...]) -> bool:
    return all(row[name] == getattr(draft, name) for name in _VERSIONED) and lines == draft.lines


def _retire(connection: Connection, ids: Iterable[int]) -> None:
    for some in chunks(ids):
        connection.execute(
            update(bill_hours).where(bill_hours.c.id.in_(some)).values(is_current=False, written_at_ms=None)
        )


def _relabel(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(
            update(bill_hours)
            .where(bill_hours.c.id == bindparam("of"))
            .values(
                {bill_hours.c[name]: bindparam(f"new_{name}") for name in _LABELS} | {bill_hours.c.written_at_ms: None}
            ),
            [{"of": row["of"], **{f"new_{name}": row[name] for name in _LABELS}} for row in rows],
        )


def _insert(connection: Connection, draft: Draft, version: int, reconciliation_id: int) -> None:
    values = {name: getattr(draft, name) for name in (*_VERSIONED, *_LABELS)}
    identifier = connection.execute(
        bill_hours.insert()
        .values(**draft.key._asdict(), **values, version=version, is_current=True, reconciliation_id=reconciliation_id)
        .returning(bill_hours.c.id)
    ).scalar_one()
    if draft.lines:
        connection.execute(bill_shares.insert(), [{"bill_hour_id": identifier, **asdict(line)} for line in draft.lines])
