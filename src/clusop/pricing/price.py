"""Prices as values: a price remembers the entries it was read from; the lack of one is a value with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.reasons import Reason
    from clusop.units import Range

__all__ = ["Price", "Unpriced"]

_NOTHING = frozenset({"no-island", "no-premium", "no-tasks", "serverless-no-premium"})


@dataclass(frozen=True, slots=True)
class Price:
    """A rate with a range: USD per DBU, USD per VM-hour, DBU per node-hour, or a multiplier (``unit`` says which:
    ``usd/dbu``, ``usd/hour``, ``dbu/hour``, ``ratio``). ``entry_ids`` name the dated, sourced entries of
    ``price_table.json`` (or of the user's own file) behind it.
    """

    value: Range
    unit: str
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unpriced:
    """There is no figure, and why."""

    reason: Reason

    @property
    def is_nothing(self) -> bool:
        """Whether that is because there is nothing to be paid or saved, rather than because it is not known."""
        return self.reason.id in _NOTHING

    def to_json(self) -> dict[str, dict[str, str]]:
        """The wire form of a figure without dollars."""
        return {"unpriced": self.reason.to_json()}
