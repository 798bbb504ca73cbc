"""A batch that is refused whole is halved down to the record nobody takes. SPEC P11."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clusop.reasons import Reason
from clusop.runtime.delivery import deliver
from clusop.runtime.transport.outcome import Delivered, Rejected, RetryLater

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.runtime.transport.outcome import Outcome


class Picky:
    """Takes at most ``most`` records at once, none that is bad, and nothing at all once it is ``busy_after`` sends old."""

    def __init__(self, most: int = 1000, bad: frozenset[str] = frozenset(), busy_after: int = 1000) -> None:
        self.most, self.bad, self.busy_after = most, bad, busy_after
        self.taken: list[str] = []
        self.sends = 0

    def send(self, lines: Sequence[str]) -> Outcome:
        self.sends += 1
        if self.sends > self.busy_after:
            return RetryLater(Reason("endpoint-busy"), 3.0)
        if len(lines) > self.most:
            return Rejected("too-large")
        if self.bad & set(lines):
            return Rejected("refused")
        self.taken += lines
        return Delivered({})


def lines(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 7, 100])
@pytest.mark.parametrize("most", [1, 3])
def test_all_arrive_in_order_however_small_the_pieces_must_be(count: int, most: int) -> None:
    picky = Picky(most)
    assert deliver(picky, lines(count)).retry is None
    assert picky.taken == lines(count)


def test_the_bad_ones_are_found_and_counted_and_the_rest_arrives() -> None:
    picky = Picky(bad=frozenset({"3", "64", "99"}))
    delivery = deliver(picky, lines(100))
    assert delivery.lost == {"3": "refused", "64": "refused", "99": "refused"}
    assert len(picky.taken) == 97
    assert picky.sends <= 3 * 2 * 7 + 1


def test_a_single_record_too_large_is_lost_as_such() -> None:
    assert deliver(Picky(most=0), lines(4)).lost == dict.fromkeys("0123", "too-large")


def test_a_half_that_must_wait_leaves_the_whole_batch_unsettled() -> None:
    delivery = deliver(Picky(most=2, bad=frozenset({"0"}), busy_after=4), lines(4))
    assert delivery.retry == RetryLater(Reason("endpoint-busy"), 3.0)
    assert delivery.lost == {}, "what is sent again would be counted again"


def test_an_empty_batch_ends() -> None:
    class Refusing:
        def __init__(self) -> None:
            self.count = 0

        def send(self, _lines: object) -> Outcome:
            self.count += 1
            assert self.count < 10, "its halves are empty too, for ever"
            return Rejected("refused")

    assert deliver(Refusing(), ()).lost == {}
