"""A user's own prices as a value, and the error that names everything wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.pricing.entry import PriceEntry, PriceSource

__all__ = ["Overrides", "OverridesError"]

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Overrides:
    """Prices a user gave, and where from. Use with :meth:`clusop.pricing.provider.PriceBook.with_overrides`."""

    entries: tuple[PriceEntry, ...]
    sources: Mapping[str, PriceSource]


class OverridesError(InputError):
    """A user's prices cannot be used. ``problems`` holds every fault of the document, one error each."""

    def __init__(self, where: str, problems: Sequence[InputError]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            only = self.problems[0]
            super().__init__(only.where, only.what, only.remedy)
            return
        shown = [f"({number}) {problem}" for number, problem in enumerate(self.problems[:_MOST_SHOWN], start=1)]
        more = len(self.problems) - len(shown)
        tail = f" and {more} more" if more else ""
        what = f"{len(self.problems)} faults: {' '.join(shown).rstrip('.')}{tail}"
        super().__init__(where, what, "Mend these; none of the prices was used.")
