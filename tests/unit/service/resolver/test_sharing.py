from __future__ import annotations

from fractions import Fraction

import pytest
from hours_of_agents import HOUR, MINUTE, agent, shape
from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.economics.exact_text import parse_range
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.service.resolver.bill import BillHour, BillKey, BillPart
from clusop.service.resolver.draft import Expectation, draft_of
from clusop.service.resolver.premium import premium_part
from clusop.service.resolver.rounding import whole_parts
from clusop.service.resolver.sharing import LINES, parts_of
from clusop.service.resolver.sku import premium_of, product_of
from clusop.service.resolver.uptime import uptime
from clusop.units import Range

BOOK = PriceBook.default()
KEY = BillKey("1", "c", 0, "PREMIUM_JOBS_COMPUTE_(PHOTON)", is_photon=True, cloud="AWS", unit="DBU")


@st.composite
def agents_of(draw):
    busy = draw(st.integers(0, 10**9))
    return agent(draw(st.integers(0, 10**9)), busy, draw(st.integers(0, busy)))


ratios = st.fractions(0, 1, max_denominator=10**6)
decimals = st.integers(-(10**24), 10**24).map(lambda number: Fraction(number, 10**18))


@given(
    decimals,
    st.integers(0, 10**9).map(lambda number: Fraction(number, 10**6)),
    st.tuples(ratios, ratios),
    st.lists(agents_of(), max_size=4),
    st.dictionaries(st.integers(1, 9), st.fractions(0, 10**9, max_denominator=1000), max_size=5),
)
def test_the_lines_are_the_bill_in_dbus_and_to_the_micro_dollar(quantity, price, seen_alive, agents, problems) -> None:
    parts = parts_of(*seen_alive, agents, problems)
    assert sum((part.share for part in parts), Fraction(0)) == 1
    assert {part.line for part in parts} <= set(LINES)
    hour = BillHour(KEY, [BillPart(0, HOUR * 1000, quantity)], quantity * price, "billed-at-list")
    draft = draft_of(hour, parts, Expectation(quantity, None, seen_alive[0], 0), BOOK, "USD")
    assert sum((Fraction(line.dbu) for line in draft.lines), Fraction(0)) == quantity
    assert sum(line.microusd for line in draft.lines) == draft.microusd
    assert abs(draft.microusd - quantity * price * 10**6) <= Fraction(1, 2)
    for line in draft.lines:
        assert abs(line.microusd - Fraction(line.dbu) * price * 10**6) < 2
        if line.derived_low_microusd is not None:
            assert 0 <= line.derived_low_microusd <= line.derived_high_microusd <= max(0, line.microusd + 1)


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_whole_parts_add_up_and_none_is_off_by_one(total, weights) -> None:
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    parts = whole_parts(total, shares)
    assert sum(parts) == total
    assert all(abs(part - total * share) < 1 for part, share in zip(parts, shares, strict=True))


@pytest.mark.parametrize("weights", [[Fraction(1, 2)], [], [Fraction(2), Fraction(-1)]])
def test_weights_that_are_no_whole_are_a_bug(weights) -> None:
    with pytest.raises(ValueError, match="parts of a whole"):
        whole_parts(1, weights)


def test_nobody_there_is_unobserved_and_slots_nobody_held_are_unused() -> None:
    assert [(part.line, part.share) for part in parts_of(Fraction(0), Fraction(1), [], {})] == [("unobserved", 1)]
    assert [(part.line, part.share) for part in parts_of(Fraction(3, 4), Fraction(1), [agent(100)], {})] == [
        ("unused", Fraction(3, 4)),
        ("unobserved", Fraction(1, 4)),
    ]


def test_an_agent_without_slots_has_seen_the_hour_all_the_same() -> None:
    """Python at work on a driver without executors holds no slot; that is unused, never idle."""
    assert [(part.line, part.share) for part in parts_of(Fraction(1), Fraction(1), [agent()], {})] == [("unused", 1)]
    assert not any("idle" in line for line in LINES)


def test_what_had_no_slot_alive_is_unused_and_no_work_of_the_rest() -> None:
    parts = parts_of(Fraction(4, 5), Fraction(1, 4), [agent(100, 60)], {1: Fraction(30)})
    assert [(part.line, part.share) for part in parts] == [
        ("attributed", Fraction(6, 100)),
        ("attributed-other", Fraction(6, 100)),
        ("unused", Fraction(68, 100)),
        ("unobserved", Fraction(1, 5)),
    ]


def test_problems_never_take_more_than_all_sql_did() -> None:
    parts = parts_of(Fraction(1), Fraction(1), [agent(100, 60, 20)], {1: Fraction(30), 2: Fraction(90)})
    assert [(part.line, part.problem_id, part.share) for part in parts] == [
        ("attributed", 1, Fraction(1, 10)),
        ("attributed", 2, Fraction(3, 10)),
        ("non-sql-and-failed", None, Fraction(1, 5)),
        ("unused", None, Fraction(2, 5)),
    ]


@pytest.mark.parametrize(
    ("agents", "billed_us", "neighbours", "expected"),
    [
        ([], None, (True, True), (60, 0)),
        ([agent()], None, (True, True), (60, 60)),
        ([agent(armed_since_at_ms=HOUR // 2)], None, (True, True), (60, 30)),
        # The bill itself is narrower than the hour.
        ([agent(armed_since_at_ms=HOUR // 2)], (15, 60), (False, True), (45, 30)),
        # Its first hour: whole hours on the bill, a JVM that began late.
        ([agent(started_at_ms=HOUR // 2, armed_since_at_ms=HOUR // 2)], (0, 60), (False, True), (30, 30)),
        ([agent(started_at_ms=HOUR // 2, armed_since_at_ms=HOUR // 2)], (0, 60), (True, True), (60, 30)),
        # Two agents, one after the other and overlapping.
        ([agent(armed_since_at_ms=HOUR // 4), agent(armed_since_at_ms=HOUR // 2)], None, (True, True), (60, 45)),
        ([agent(armed_since_at_ms=2 * HOUR)], None, (True, True), (60, 0)),
        # Its last hour, slots for six minutes: on the bill as a whole hour it is up until the agent was last there.
        ([agent(96 * MINUTE, is_last=True, shape=shape())], None, (True, False), (6, 6)),
        # Another agent's hour follows, or the bill goes on: nobody saw the rest.
        ([agent(96 * MINUTE, is_last=True, shape=shape())], None, (True, True), (60, 6)),
        ([agent(96 * MINUTE, is_last=True, shape=shape())], (0, 30), (True, False), (30, 6)),
        # Its state tells of a later time: the driver was there, without slots.
        ([agent(96 * MINUTE, is_last=True, shape=shape(), last_told_at_ms=30 * MINUTE)], None, (True, False), (30, 30)),
        ([agent(96 * MINUTE, is_last=True, shape=shape(), last_told_at_ms=9 * HOUR)], None, (True, False), (60, 60)),
    ],
)
def test_seen_is_what_lies_after_arming_within_what_was_billed(agents, billed_us, neighbours, expected) -> None:
    span = None if billed_us is None else (billed_us[0] * MINUTE * 1000, billed_us[1] * MINUTE * 1000)
    up = uptime(0, span, agents, is_billed_before=neighbours[0], is_billed_after=neighbours[1])
    assert (up.up_ms / MINUTE, up.seen_ms / MINUTE) == expected


@given(
    st.lists(
        st.builds(
            agent,
            st.integers(0, 10**9),
            armed_since_at_ms=st.integers(0, 2 * HOUR),
            started_at_ms=st.none() | st.integers(0, 2 * HOUR),
            is_last=st.booleans(),
            last_told_at_ms=st.integers(0, 2 * HOUR),
            shape=st.sampled_from((None, shape())),
        ),
        max_size=4,
    ),
    st.none() | st.tuples(st.integers(0, HOUR * 1000), st.integers(0, HOUR * 1000)).map(lambda two: tuple(sorted(two))),
    st.booleans(),
    st.booleans(),
)
def test_seen_never_exceeds_up(agents, billed_us, before, after) -> None:
    up = uptime(0, billed_us, agents, is_billed_before=before, is_billed_after=after)
    assert 0 <= up.seen_ms <= up.up_ms <= HOUR
    assert 0 <= up.seen_ratio <= 1


def test_what_is_premium_of_billed_dollars() -> None:
    """$2.90 at 2.9 times is $1.00 of base and $1.90 of premium."""
    assert premium_part(Fraction("2.9"), Price(Range.of("2.9"), "ratio", ())) == Range.of("1.9")
    two_sources = premium_part(Fraction(10), Price(Range.of("2.5", "2.9"), "ratio", ()))
    assert two_sources == Range(Fraction(6), Fraction(190, 29))
    assert premium_part(Fraction(-5), Price(Range.of(2), "ratio", ())) == Range.of(0)
    gap = Unpriced(Reason("no-premium"))
    assert premium_part(Fraction(1), gap) is gap


@pytest.mark.parametrize(
    ("sku", "is_photon", "expected"),
    [
        ("PREMIUM_JOBS_COMPUTE_(PHOTON)", True, Range.of("2.9")),
        ("ENTERPRISE_ALL_PURPOSE_COMPUTE_(PHOTON)", True, Range.of(2)),
        ("PREMIUM_JOBS_COMPUTE", False, "no-premium"),
        ("PREMIUM_JOBS_SERVERLESS_COMPUTE_US_EAST_N_VIRGINIA", True, "serverless-no-premium"),
        ("SOMETHING_NEW_(PHOTON)", True, "unknown-product"),
    ],
)
def test_a_sku_tells_its_premium_or_why_it_has_none(sku, is_photon, expected) -> None:
    found = premium_of(BOOK, "AWS", sku, is_photon=is_photon)
    assert (found.value if isinstance(found, Price) else found.reason.id) == expected


def test_a_sku_tells_its_product() -> None:
    assert product_of("PREMIUM_JOBS_COMPUTE_(PHOTON)") == "JOBS_COMPUTE"
    assert product_of("jobs_compute") == "JOBS_COMPUTE"


def test_a_line_holds_what_its_exposure_is_recomputed_from() -> None:
    import json

    hour = BillHour(KEY, [BillPart(0, 1, Fraction(29))], Fraction(29), "billed-at-list")
    parts = parts_of(Fraction(1), Fraction(1), [agent(100, 50)], {7: Fraction(25)})
    line = draft_of(hour, parts, Expectation(Fraction(29), None, Fraction(1), 0), BOOK, "USD").lines[0]
    inputs = json.loads(line.inputs)
    usd, m = parse_range("usd", inputs["usd"]).low, parse_range("m", inputs["m"])
    assert round(usd * (1 - 1 / m.low) * 10**6) == line.derived_low_microusd
    assert inputs["price_ids"]
