"""How one attempt to hand over a batch ended, and what a transport is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.reasons import Reason

__all__ = ["Delivered", "Outcome", "Rejected", "RetryLater", "Transport"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The whole batch is in safe hands. ``lost`` are the lines that the receiver refused one by one, each with the reason."""

    lost: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Nothing is known to have arrived; the same bytes may be sent again. ``after_s``: not earlier, if the receiver said so."""

    reason: Reason
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rejected:
    """The receiver does not take this batch as a whole. ``lost_as`` is what a single record, rejected alone, is counted as."""

    lost_as: str


Outcome: TypeAlias = Delivered | RetryLater | Rejected


class Transport(Protocol):
    """A way out of the driver."""

    def send(self, lines: Sequence[str]) -> Outcome:
        """Hand over records, each one line of canonical JSON, byte for byte. Does not raise."""
        ...
