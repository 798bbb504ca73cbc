"""What of an hour fell to the time in which slots were alive; the rest is unused, whoever ran in the few live minutes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hours_of_agents import HOUR, MINUTE, agent, shape
from hypothesis import given
from hypothesis import strategies as st

from clusop.pricing.provider import PriceBook
from clusop.service.resolver.alive import alive_ratio

BOOK = PriceBook.default()
WHOLE = Fraction(HOUR)
LOCAL = shape((0, 0), (4, 4), is_single_node=True)


def ratio(*agents, seen_ms=WHOLE) -> Fraction:
    return alive_ratio(agents, seen_ms, "AWS", BOOK)


@pytest.mark.parametrize(
    ("what", "agents", "expected"),
    [
        ("a full hour", [agent(16 * HOUR, shape=shape())], 1),
        ("fixed size, a minute of slots: all nodes are billed", [agent(16 * MINUTE, shape=shape())], Fraction(1, 60)),
        # The driver for an hour and four workers for a minute; five nodes were there for a minute.
        ("from none", [agent(16 * MINUTE, shape=shape((0, 4), (0, 16)))], Fraction(1 + 4, 60 + 4)),
        ("from one worker, at it all the time", [agent(4 * HOUR, shape=shape((1, 4), (4, 16)))], 1),
        ("from one worker, all of them for 20 minutes", [agent(640 * MINUTE, shape=shape((1, 4), (4, 16)))], 1),
        # One worker's slots for half an hour: 30 + 30 of 60 + 60 node-minutes, for one worker is billed anyway.
        ("from one worker, half an hour", [agent(2 * HOUR, shape=shape((1, 4), (4, 16)))], Fraction(1, 2)),
        ("spot loss of two of four", [agent(8 * HOUR, shape=shape((2, 4), (8, 16)))], 1),
        ("executors that came late", [agent(16 * 45 * MINUTE, shape=shape())], Fraction(3, 4)),
        ("a single node, all the time", [agent(4 * HOUR, shape=LOCAL)], 1),
        ("a single node, six minutes", [agent(24 * MINUTE, shape=LOCAL)], Fraction(1, 10)),
        ("work without slots", [agent(0, 5000, shape=shape())], Fraction(5000, 16 * HOUR)),
        ("nothing at all", [agent(shape=shape())], 0),
        # One slot is taken where none is told.
        ("no shape, five seconds of work", [agent(0, 5000)], Fraction(5000, HOUR)),
        ("no shape, sixteen slots for a minute", [agent(16 * MINUTE)], Fraction(16, 60)),
        ("no shape, a full hour", [agent(16 * HOUR)], 1),
        # Workers of another size: nobody can tell how many these slots were.
        ("mixed workers", [agent(8 * 30 * MINUTE, shape=shape((2, 2), (8, 16)))], Fraction(1, 2)),
        ("two drivers, one after the other", [agent(8 * HOUR, shape=shape())] * 2, 1),
        ("two drivers, a minute each", [agent(16 * MINUTE, shape=shape())] * 2, Fraction(2, 60)),
        ("one of two is not known", [agent(16 * MINUTE, shape=shape((0, 4), (0, 16))), agent(60_000)], Fraction(2, 60)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_a_whole_hour(what, agents, expected) -> None:
    assert ratio(*agents) == expected, what


def test_a_driver_that_costs_more_is_unused_for_more() -> None:
    """i3.2xlarge has two DBU an hour, i3.xlarge one; a node type without a rate counts as one of the others."""
    told = shape((0, 4), (0, 16), driver_node_type="i3.2xlarge")
    assert ratio(agent(16 * MINUTE, shape=told)) == Fraction(2 + 4, 120 + 4)
    odd = shape((0, 4), (0, 16), driver_node_type="no.such.node")
    assert ratio(agent(16 * MINUTE, shape=odd)) == Fraction(1 + 4, 60 + 4)


def test_nothing_seen_divides_by_nothing() -> None:
    assert alive_ratio([], WHOLE, "AWS", BOOK) == 1
    assert ratio(agent(5), seen_ms=Fraction(0)) == 1


spreads = st.none() | st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda two: tuple(sorted(two)))


@given(
    st.lists(
        st.builds(
            agent,
            st.integers(0, 10**9),
            st.integers(0, 10**9),
            shape=st.none() | st.builds(shape, spreads, spreads, is_single_node=st.booleans()),
        ),
        max_size=4,
    ),
    st.fractions(0, HOUR, max_denominator=1000),
)
def test_it_is_a_share(agents, seen_ms) -> None:
    assert 0 <= alive_ratio(agents, seen_ms, "AWS", BOOK) <= 1


@given(st.integers(0, 16 * HOUR), st.integers(0, 16 * HOUR))
def test_more_slots_are_no_smaller_share(one, other) -> None:
    few, many = sorted((one, other))
    for told in (shape(), shape((0, 4), (0, 16)), shape((1, 4), (4, 16)), LOCAL, None):
        assert ratio(agent(few, shape=told)) <= ratio(agent(many, shape=told))
