"""The stream that agents send under torture: how far it is, which requests are under way, and where in it each kill falls.

A kill falls at a place of the stream and not at a time: on a slow machine and on a fast one it meets senders. Nothing is proven
by one that fell when nobody sent, so each is recorded with the requests that it cut off, and :func:`faults_of` judges them.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DATABASE", "REPLICA", "Kill", "Planned", "Stream", "faults_of", "planned"]

REPLICA, DATABASE = "replica", "database"
# Neither before the first receipts nor among the last, which are over before a kill can fall.
_FIRST, _LAST = 0.02, 0.85
_POLL_S = 0.002
# Of ten kills nine must have cut a request off: between the look and the kill one may have ended.
_OF_TEN = 9


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be killed once this ``share`` of the stream is acknowledged."""

    what: str
    share: float


@dataclass(frozen=True, slots=True)
class Kill:
    """What was killed, which ``share`` of the stream was acknowledged by then, and how many requests to it were under way."""

    what: str
    share: float
    requests: int

    def __str__(self) -> str:
        return f"the {self.what} at {self.share:.0%} of the stream, {self.requests} requests under way"


def planned(replicas: int, databases: int, seed: int) -> list[Planned]:
    """So many kills of each, anywhere in the stream, in its order."""
    chance = random.Random(seed)
    what = [REPLICA] * replicas + [DATABASE] * databases
    chance.shuffle(what)
    shares = sorted(chance.uniform(_FIRST, _LAST) for _ in what)
    return [Planned(*one) for one in zip(what, shares, strict=True)]


def faults_of(kills: Sequence[Kill], wanted: int) -> list[str]:
    """Why they prove too little; empty where they do not."""
    hits = sum(kill.requests > 0 for kill in kills)
    if hits * 10 >= wanted * _OF_TEN:
        return []
    return [f"{hits} of {wanted} kills fell while a request was under way, which proves too little"]


class Stream:
    """``total`` records, of which senders tell what becomes of them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.acknowledged = 0
        self._under_way: Counter[int] = Counter()
        self._hold_at: float | None = None
        self._is_over = False
        self._changed = threading.Condition()

    @property
    def share(self) -> float:
        """How much of it is acknowledged."""
        return self.acknowledged / self.total

    def begin(self, replica: int) -> None:
        """A request to this replica begins; it waits while the stream is held."""
        with self._changed:
            while not self._is_over and self._hold_at is not None and self.share >= self._hold_at:
                self._changed.wait()
            self._under_way[replica] += 1

    def end(self, replica: int, acknowledged: int) -> None:
        """It is over, with so many records acknowledged."""
        with self._changed:
            self._under_way[replica] -= 1
            self.acknowledged += acknowledged

    def requests(self, replica: int | None) -> int:
        """How many are under way; ``None``: to any replica."""
        with self._changed:
            return self._under_way.total() if replica is None else self._under_way[replica]

    def hold_at(self, share: float | None) -> None:
        """Nobody passes this place, lest all be sent while what was killed still starts; ``None``: let go."""
        with self._changed:
            self._hold_at = share
            self._changed.notify_all()

    def close(self) -> None:
        """Whoever waits goes on: there is nothing to wait for any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def reached(self, share: float, replica: int | None, senders: Sequence[threading.Thread]) -> int:
        """Waits for this place and a request to ``replica`` under way; how many there are, 0 where all senders ended before."""
        for _ in _while_alive(senders):
            if self.share >= share and (found := self.requests(replica)):
                return found
        return 0


def _while_alive(threads: Sequence[threading.Thread]) -> Iterator[None]:
    while any(thread.is_alive() for thread in threads):
        yield
        time.sleep(_POLL_S)
