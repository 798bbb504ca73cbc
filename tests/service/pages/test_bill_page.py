"""The page of the bill says what was billed and what was not: no label without dollars, no $0 for what has no price."""

from __future__ import annotations

import pytest
import seed
from page_reading import reading
from sqlalchemy import func, update

from clusop.service.resolver.left_bill import LEFT
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.money import bill_hours, bill_shares, reconciliations

HOUR_MS = 3_600_000


def main_of(server, path="/bill", token=None):
    return " ".join(reading(server.get(path, token).text).all("main")[0].text.split())


def badges(server):
    return [
        one.text.strip()
        for one in reading(server.get("/bill").text).elements
        if "basis" in one.attributes.get("class", "").split()
    ]


def take_prices_away(server):
    with server.database.writing() as connection:
        connection.execute(update(bill_shares).values(microusd=None))
        connection.execute(update(bill_hours).values(microusd=None, basis="", unpriced_reason="no-billed-price"))


def change_reading(server, **told):
    with server.database.writing() as connection:
        connection.execute(update(reconciliations).values(**told))


def test_what_was_billed_is_labelled_by_what_it_rests_on(pages):
    assert "What is below was read" not in main_of(pages)
    assert badges(pages) == ["billed-at-list"]
    assert "may be read: usage and list prices" in main_of(pages)


def test_where_nothing_has_a_price_nothing_is_called_billed(changing):
    """Though list prices may be read: that is no label of dollars."""
    take_prices_away(changing)
    assert badges(changing) == []
    text = main_of(changing)
    assert "may be read: usage and list prices" in text
    assert "billed-" not in text
    assert "$" not in text
    assert "No dollars: 33 hours without a price" in text


def test_shares_of_hours_without_a_price_are_no_dollars(changing):
    """Their class may have no other hours: then it has no line, least of all one of $0."""
    with changing.database.writing() as connection:
        unpriced = bill_hours.c.microusd.is_(None)
        one = connection.execute(bill_hours.select().where(unpriced).limit(1)).one()
        connection.execute(bill_shares.insert().values(bill_hour_id=one.id, kind="only-unpriced", dbu="1"))
    text = main_of(changing)
    assert "only-unpriced" not in text
    assert "$0" not in text
    assert "Not in it: 3 hours without a price" in text


def test_hours_without_a_price_tell_which_sku_and_how_much_of_it(changing):
    hours = (
        ("SERVERLESS_SQL", "AZURE", "DBU", "1/3", "no-billed-price"),
        ("SERVERLESS_SQL", "AZURE", "DBU", "1/6", "no-billed-price"),
        ("EGRESS", "AWS", "GB", "2", "no-billed-price"),
        # What is on the bill no more needs no price.
        ("GONE", "AWS", "DBU", "0", LEFT),
    )
    with changing.database.writing() as connection:
        for number, (sku, cloud, unit, dbu, reason) in enumerate(hours):
            connection.execute(
                bill_hours.insert().values(
                    workspace="1234567890", cluster="c", sku=sku, cloud=cloud, unit=unit, currency="USD", dbu=dbu,
                    hour_at_ms=seed.NOW_MS - (number + 50) * HOUR_MS, unpriced_reason=reason, version=1, is_current=True,
                    reconciliation_id=1,
                )
            )  # fmt: skip
    text = with_blanks(changing)
    why = "The price lists have no price for what was billed. looked for in USD, by"
    assert f"JOBS_COMPUTE_UNKNOWN AWS {why} DBU 3 435 DBU" in text
    assert f"SERVERLESS_SQL AZURE {why} DBU 2 0.5 DBU" in text
    assert f"EGRESS AWS {why} GB 1 2 GB" in text
    assert "GONE" not in text
    assert "Not in it: 6 hours without a price" in text


def with_blanks(server):
    """Cells stand apart for the eye; in the text of a page nothing is between them."""
    page = server.get("/bill").text.replace("</t", " </t").replace("<span", " <span")
    return " ".join(reading(page).all("main")[0].text.split())


def test_counts_are_words(pages):
    text = with_blanks(pages)
    for words in ("33 hours", "28 new", "4 corrected", "1 with another label only", "12 job owners",
                  "3 hours without a price: The price lists have no price for what was billed;",
                  "Owners of jobs cannot be read"):  # fmt: skip
        assert words in text, words
    assert "{'" not in text
    assert "[{" not in text


@pytest.mark.parametrize(
    ("outcome", "tier", "words"),
    [
        ("running", "modeled", "A reading of the bill has begun and has not told its end yet."),
        ("done", "modeled", "The bill was read."),
        ("done", "billed-at-list", "33 billed hours were read"),
        ("failed", "billed-at-list", "The last reading of the bill failed."),
        ("interrupted", "modeled", "The last reading of the bill did not come to its end."),
    ],
)
def test_a_reading_says_how_it_goes_in_a_sentence(changing, outcome, tier, words):
    change_reading(changing, outcome=outcome, tier=tier, sentence="")
    said = [one.text for one in reading(changing.get("/bill").text).elements if one.attributes.get("class") == "said"]
    assert said[0].strip().startswith(words)
    assert said[0].strip().endswith(".")


def test_dollars_of_an_earlier_reading_say_when_they_were_read(changing):
    with changing.database.writing() as connection:
        connection.execute(
            reconciliations.insert().values(
                started_at_ms=seed.NOW_MS, from_at_ms=0, to_at_ms=1, tier="modeled", outcome="done",
                sentence="The bill cannot be read.",
            )
        )  # fmt: skip
    text = main_of(changing)
    assert "The bill cannot be read. What is below was read 2026-11-29 07:30 and stands as it was then." in text
    assert "Last tried 2026-11-29 09:30" in text
    assert badges(changing) == ["billed-at-list"]


def test_what_is_provisional_is_explained(pages):
    text = main_of(pages)
    assert "younger than 48 hours" in text
    assert "does not pass with time" in text


COMPUTE = "/compute/one?workspace=1234567890&compute=job%3A42"


def test_unused_is_never_called_idle(pages):
    for path in ("/bill", COMPUTE):
        assert "idle" not in main_of(pages, path)
    assert "unused 50.0 h" in main_of(pages, COMPUTE)


def test_a_decision_of_a_clusop_that_called_it_idle_is_told_in_our_words(changing):
    with changing.database.writing() as connection:
        facts = func.replace(engine_decisions.c.facts, '"unused"', '"idle"')
        connection.execute(update(engine_decisions).values(facts=facts))
    assert "unused 50.0 h" in main_of(changing, COMPUTE)


def rests(server):
    return main_of(server, "/").partition("What the dollars rest on")[2]


def test_the_overview_tells_hours_without_a_price_beside_the_billed_ones(pages):
    assert "$1,074 billed-at-list and 2 hours of the bill without a price" in rests(pages)


def test_the_overview_does_not_call_unread_what_was_read_and_has_no_price(changing):
    take_prices_away(changing)
    assert "nothing: 28 hours of the bill without a price" in rests(changing)
    assert "has not been read" not in rests(changing)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("done", "nothing: the bill was last read 2026-11-29 07:30"), ("failed", "has not been read")],
)
def test_the_overview_of_no_hours_says_whether_the_bill_was_read(changing, outcome, words):
    with changing.database.writing() as connection:
        connection.execute(bill_shares.delete())
        connection.execute(bill_hours.delete())
    change_reading(changing, outcome=outcome)
    assert words in rests(changing)
