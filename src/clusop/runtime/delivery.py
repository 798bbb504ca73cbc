"""Handing one batch to a transport: whole if it goes, in halves down to the record that is refused if it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.runtime.transport.outcome import Delivered, RetryLater

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.runtime.transport.outcome import Transport

__all__ = ["Delivery", "deliver"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a batch fared. ``retry`` is set where some of it still has to go: then all of it stays unacknowledged.

    ``lost`` are the lines that the receiver refused for good, each with the reason. They only count once the whole batch is
    settled.
    """

    lost: Mapping[str, str]
    retry: RetryLater | None = None


def deliver(transport: Transport, lines: Sequence[str]) -> Delivery:
    """Send ``lines``. What arrived before a half had to wait is sent again with it; the receiver knows it by then."""
    lost: dict[str, str] = {}
    waiting = [tuple(lines)]
    while waiting:
        batch = waiting.pop()
        outcome = transport.send(batch)
        if isinstance(outcome, RetryLater):
            return Delivery({}, outcome)
        if isinstance(outcome, Delivered):
            lost.update(outcome.lost)
        elif not batch:
            continue  # nothing was sent, so nothing was refused
        elif len(batch) == 1:
            lost[batch[0]] = outcome.lost_as
        else:
            middle = len(batch) // 2
            waiting += [batch[middle:], batch[:middle]]
    return Delivery(lost)
