"""Sums over signals, as problems and their days carry them, and how to add them up in SQL."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import func

from clusop.service.store.bounded_sum import bounded, bounded_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, RowMapping, Table

__all__ = ["NO_SUMS", "DatabaseRow", "Sums", "added", "day_exposure", "day_sums", "sums_of"]

DatabaseRow: TypeAlias = "Mapping[str, Any] | RowMapping"
"""A row by column names. Any: a database's value; PostgreSQL sums integers as decimals."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What is added up over signals; money in micro-USD. ``exposure`` rests on the bill for ``derived`` of it.

    Dollars of ``*_unpriced_runs`` are in no sum. ``capacity`` is avoidable that frees capacity and saves no cash.
    """

    run_count: int = 0
    run_ms: int = 0
    island_ms: int = 0
    island_unknown_runs: int = 0
    exposure_low_microusd: int = 0
    exposure_high_microusd: int = 0
    exposure_unpriced_runs: int = 0
    avoidable_low_microusd: int = 0
    avoidable_high_microusd: int = 0
    capacity_low_microusd: int = 0
    capacity_high_microusd: int = 0
    avoidable_unpriced_runs: int = 0
    derived_low_microusd: int = 0
    derived_high_microusd: int = 0

    @property
    def has_dollars(self) -> bool:
        """Whether any run of it was priced."""
        return self.run_count > self.exposure_unpriced_runs or self.run_count > self.avoidable_unpriced_runs

    @property
    def exposure_twice_mid(self) -> int:
        """Twice the middle of exposure: what things are ranked by, whole."""
        return self.exposure_low_microusd + self.exposure_high_microusd

    @property
    def avoidable_twice_mid(self) -> int:
        """Twice the middle of avoidable, capacity included."""
        return (
            self.avoidable_low_microusd
            + self.avoidable_high_microusd
            + self.capacity_low_microusd
            + self.capacity_high_microusd
        )


_NAMES = tuple(field.name for field in fields(Sums))
_VALUES = attrgetter(*_NAMES)
_EXPOSURE = {f"exposure_{end}_microusd": end for end in ("low", "high")}
NO_SUMS = Sums()


def added(sums: Iterable[Sums]) -> Sums:
    """The sum of sums."""
    columns = zip(*map(_VALUES, sums), strict=True)
    return Sums(*map(sum, columns))


def day_sums(table: Table) -> list[ColumnElement[int]]:
    """The columns of :class:`Sums`, added up over rows of ``problem_days``."""
    columns: list[ColumnElement[int]] = []
    for name in _NAMES:
        end = _EXPOSURE.get(name)
        summed = bounded_sum(table.c[name]) if end is None else func.sum(day_exposure(table, end))
        columns.append(func.coalesce(summed, 0).label(name))
    return columns


def day_exposure(table: Table, end: str) -> ColumnElement[int]:
    """Exposure of a row of ``problem_days``; ``end`` is low or high. What the bill tells counts with its dollars: of what was
    modeled, the part that they stand in place of is left out, as it is the same money.
    """
    modeled, replaced, derived = (table.c[f"{name}_{end}_microusd"] for name in ("exposure", "replaced", "derived"))
    return bounded(modeled) - bounded(replaced) + func.coalesce(bounded(derived), 0)


def sums_of(row: DatabaseRow) -> Sums:
    """The sums in a row, of a query or of a table; what it does not carry is 0."""
    return Sums(*(int(row.get(name) or 0) for name in _NAMES))
