"""A user's own prices: what they replace, and every way they can be wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.errors import InputError
from clusop.pricing.entry import PriceEntry
from clusop.pricing.override import OverridesError
from clusop.pricing.override_file import parse_override_text, parse_overrides, parse_price_options
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.provider import PriceBook
from clusop.pricing.table import load_price_table
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.pricing.override import Overrides

BOOK = PriceBook.default()


def priced(price: Price | Unpriced) -> Range:
    assert isinstance(price, Price)
    return price.value


def book_with(document: object) -> PriceBook:
    return BOOK.with_overrides(parse_overrides(document, "prices.json"))


def faults(document: object) -> list[str]:
    with pytest.raises(OverridesError) as caught:
        parse_overrides(document, "prices.json")
    return [str(problem) for problem in caught.value.problems]


def test_a_price_per_dbu_counts_in_place_of_the_list_price() -> None:
    book = book_with({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "0.12"}})
    price = book.dbu_usd("AWS", "PREMIUM", "JOBS_COMPUTE")
    assert priced(price) == Range.of("0.12")
    assert price.entry_ids == ("user-usd-aws-premium-jobs-compute",)
    assert priced(book.dbu_usd("AWS", "", "JOBS_COMPUTE")) == Range.of("0.12", "0.2")
    assert priced(BOOK.dbu_usd("AWS", "PREMIUM", "JOBS_COMPUTE")) == Range.of("0.15")


def test_a_machine_price_is_on_demand_and_spot_keeps_its_share() -> None:
    book = book_with({"vm_usd": {"AWS/i3.xlarge": "0.20"}})
    assert priced(book.vm_usd("AWS", "i3.xlarge", "ON_DEMAND")) == Range.of("0.2")
    assert priced(book.vm_usd("AWS", "i3.xlarge", "SPOT")) == Range.of("0.02", "0.2")


def test_a_spot_price_counts_for_spot() -> None:
    book = book_with({"vm_usd": {"AWS/i3.xlarge/spot": "0.10"}})
    assert priced(book.vm_usd("AWS", "i3.xlarge", "SPOT")) == Range.of("0.1")
    assert priced(book.vm_usd("AWS", "i3.xlarge", "ON_DEMAND")) == Range.of("0.312")
    assert priced(book.vm_usd("AWS", "i3.xlarge", "")) == Range.of("0.1", "0.312")


def test_a_spot_price_alone_says_nothing_of_on_demand() -> None:
    book = book_with({"vm_usd": {"AZURE/Standard_ND96asr_A100_v4/SPOT": "9"}})
    assert priced(book.vm_usd("AZURE", "Standard_ND96asr_A100_v4", "SPOT")) == Range.of(9)
    assert isinstance(book.vm_usd("AZURE", "Standard_ND96asr_A100_v4", ""), Unpriced)


def test_a_spot_share_counts_for_every_node_of_its_cloud() -> None:
    book = book_with({"spot_share": {"AWS": ["0.3", "0.4"]}})
    assert priced(book.vm_usd("AWS", "i3.xlarge", "SPOT")) == Range.of("0.0936", "0.1248")


def test_a_new_node_type_becomes_known() -> None:
    book = book_with({"node_dbu": {"AWS/m9gd.xlarge": 0.8}})
    assert priced(book.node_dbu("aws", "M9GD.xlarge")) == Range.of("0.8")


def test_a_multiplier_of_ones_own() -> None:
    book = book_with({"multiplier": {"AZURE/JOBS_COMPUTE": "2.5"}})
    assert priced(book.premium_multiplier("photon", "Azure", "JOBS_COMPUTE")) == Range.of("2.5")


def test_a_discount_leaves_ones_own_prices_alone() -> None:
    book = book_with({"discount": {"JOBS_COMPUTE": "0.25"}, "dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "0.12"}})
    assert priced(book.dbu_usd("AWS", "PREMIUM", "JOBS_COMPUTE")) == Range.of("0.12")
    discounted = book.dbu_usd("AWS", "ENTERPRISE", "JOBS_COMPUTE")
    assert priced(discounted) == Range.of("0.15")
    assert discounted.entry_ids == ("usd-aws-enterprise-jobs-compute", "user-discount-jobs-compute")


def test_what_was_replaced_is_still_found_by_id() -> None:
    book = book_with({"node_dbu": {"AWS/i3.xlarge": "2"}})
    old, new = book.entry("dbu-aws-i3.xlarge"), book.entry("user-dbu-aws-i3.xlarge")
    assert isinstance(old, PriceEntry)
    assert isinstance(new, PriceEntry)
    assert (old.value, new.value) == (Range.of(1), Range.of(2))
    assert new.is_override


def test_date_and_title_of_the_file_reach_the_entry() -> None:
    document = {"title": "Contract of 2026", "as_of": "2026-10-01", "vm_usd": {"AWS/i3.xlarge": "0.2"}}
    book = book_with(document)
    entry = book.entry("user-vm-aws-i3.xlarge")
    assert isinstance(entry, PriceEntry)
    assert entry.as_of == "2026-10-01"
    assert [book.sources[name].title for name in entry.source] == ["Contract of 2026"]


def test_options_stand_in_front_of_a_file() -> None:
    options = parse_price_options(["dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=0.11", "vm_usd/AWS/i3.xlarge=0.18..0.22"])
    book = book_with({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "0.12"}}).with_overrides(options)
    assert priced(book.dbu_usd("AWS", "PREMIUM", "JOBS_COMPUTE")) == Range.of("0.11")
    assert priced(book.vm_usd("AWS", "i3.xlarge", "ON_DEMAND")) == Range.of("0.18", "0.22")


def test_entries_in_the_form_of_the_table() -> None:
    document = {
        "sources": {"invoice": {"title": "Invoice 7", "what": "net prices", "as_of": "2026-09"}},
        "entries": [
            {
                "id": "dbu-gcp-n9-22",
                "kind": "node_dbu",
                "key": "GCP/n9-22",
                "value": ["4.6", "4.7"],
                "unit": "dbu/hour",
                "as_of": "2026-09",
                "source": ["invoice"],
                "note": "from September",
                "also": ["GCP/n9-22-lssd"],
            }
        ],
    }
    book = book_with(document)
    for node_type in ("n9-22", "n9-22-lssd"):
        price = book.node_dbu("GCP", node_type)
        assert priced(price) == Range.of("4.6", "4.7")
        (entry,) = book.provenance(price)
        assert (entry.as_of, entry.note) == ("2026-09", "from September")
        assert [book.sources[name].title for name in entry.source] == ["Invoice 7"]


def test_the_shipped_table_is_itself_a_valid_price_file() -> None:
    table = load_price_table()
    sources = {name: source.to_json() for name, source in table.sources.items()}
    document = {"format": 1, "currency": "USD", "sources": sources, "entries": [one.to_json() for one in table.entries]}
    overrides = parse_override_text(json.dumps(document), "copy.json")
    assert len(overrides.entries) == sum(1 + len(entry.also) for entry in table.entries)
    book = BOOK.with_overrides(overrides)
    assert priced(book.node_dbu("AWS", "i3.xlarge")) == Range.of(1)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "-0.12"}}, '"-0.12" is negative'),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": -1}}, "-1 is negative"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "abc"}}, '"abc" is no decimal number'),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": ""}}, '"" is no decimal number'),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "0,12"}}, '"0,12" is no decimal number'),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "$0.12"}}, "no decimal number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "NaN"}}, '"NaN" is no decimal number'),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": float("nan")}}, "nan is no decimal number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": float("inf")}}, "inf is no decimal number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": Decimal("1E+999999999")}}, "no decimal number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": 10**5000}}, "no decimal number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "٣"}}, "no decimal number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": True}}, "true is true or false, no number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": None}}, "null is null, no number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": {}}}, "is an object, no number"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": ["0.1"]}}, "has 1 ends"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": ["0.2", "0.1"]}}, "starts above its end"),
        ({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": 1001}}, "1001 is above 1000"),
        ({"dbu_usd": {"AWS/JOBS_COMPUTE": "1"}}, "has 2 parts"),
        ({"dbu_usd": {"IBM/PREMIUM/JOBS_COMPUTE": "1"}}, 'the cloud "IBM" is not known'),
        ({"dbu_usd": {"AWS/PREMUM/JOBS_COMPUTE": "1"}}, "Did you mean PREMIUM?"),
        ({"dbu_usd": {"AWS/PREMIUM/JOB_COMPUTE": "1"}}, "Did you mean JOBS_COMPUTE?"),
        ({"vm_usd": {"AWS/i3.xlarge/RESERVED": "1"}}, "Allowed are ON_DEMAND, SPOT"),
        ({"vm_usd": {"AWS/i3 xlarge": "1"}}, '"i3 xlarge" is no node type'),
        ({"vm_usd": {"AWS/": "1"}}, "is no node type"),
        ({"node_dbu": {"AWS/i3.xlarge": 0}}, "would make everything free"),
        ({"multiplier": {"AWS/JOBS_COMPUTE": "0"}}, '"0" is below 1'),
        ({"multiplier": {"AWS/JOBS_COMPUTE": "0.9"}}, '"0.9" is below 1'),
        ({"multiplier": {"AWS/SQL_COMPUTE": "2"}}, "SQL_COMPUTE includes the engine"),
        ({"multiplier": {"AWS/JOBS_LIGHT_COMPUTE": "2"}}, "never runs with the engine"),
        ({"discount": {"JOBS_COMPUTE": "25"}}, '"25" is above 1'),
        ({"discount": {"JOBS_COMPUTE": 1}}, "would make everything free"),
        ({"discount": {"AWS/JOBS_COMPUTE": "0.25"}}, "has 2 parts"),
        ({"spot_share": {"AWS": "1.2"}}, "above 1"),
        ({"spot_share": 3}, "3 is no object"),
        ({"dbu_usdd": {}}, "Did you mean dbu_usd?"),
        ({"currency": "EUR"}, "clusop counts in US dollars"),
        ({"format": 7}, "the format 7 is not known"),
        ({"as_of": "yesterday"}, '"yesterday" is no date'),
        ({"as_of": "2026-13"}, "is no date"),
        ({"title": ["a"]}, "is no line of text"),
        ({"title": "a\x1b[2Jb"}, "is no line of text"),
        ({"vm_usd": {"AWS/x": "1", "aws/X": "2"}}, "is given twice"),
        ({"vm_usd": {"AWS/x": "1", "AWS/x/ON_DEMAND": "2"}}, "is given twice"),
        ([], "a price file is a JSON object"),
        ("text", "a price file is a JSON object"),
        (None, "a price file is a JSON object"),
        ({"entries": {}}, "entries a list"),
        ({"entries": ["x"]}, "is no object"),
        ({"entries": [{}]}, "kind is missing, key is missing, value is missing"),
        ({"entries": [{"kind": "node_dbu", "key": "AWS/x", "value": "1", "price": "1"}]}, "is not known"),
        ({"entries": [{"kind": "node_dbu", "key": 5, "value": "1"}]}, "key is no text"),
        ({"entries": [{"kind": "node", "key": "AWS/x", "value": "1"}]}, "Did you mean node_dbu?"),
        ({"entries": [{"kind": "node_dbu", "key": "AWS/x", "value": "1", "unit": "usd"}]}, "Give it in dbu/hour"),
        ({"entries": [{"kind": "node_dbu", "key": "AWS/x", "value": "1", "source": "s"}]}, "is not in sources"),
        ({"entries": [{"kind": "node_dbu", "key": "AWS/x", "value": "1", "also": "y"}]}, "is no list of keys"),
        ({"entries": [{"kind": "node_dbu", "key": "AWS/x", "value": "1", "as_of": 5}]}, "is no date"),
        ({"sources": {"s": "x"}}, "a source is an object of texts"),
    ],
)
def test_a_bad_price_is_refused_with_one_sentence_that_names_it(document: object, told: str) -> None:
    (fault,) = faults(document)
    assert told in fault
    assert fault.startswith("prices.json")
    assert len(fault) < 600


def test_key_and_value_are_named() -> None:
    (fault,) = faults({"dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "-0.12"}})
    expected = 'prices.json: dbu_usd "AWS/PREMIUM/JOBS_COMPUTE": "-0.12" is negative. Give dollars per DBU, 0 or more.'
    assert fault == expected


def test_all_faults_are_reported_together() -> None:
    document = {
        "dbu_usd": {"AWS/PREMIUM/JOBS_COMPUTE": "-1", "IBM/PREMIUM/JOBS_COMPUTE": "x"},
        "multiplier": {"AWS/JOBS_COMPUTE": 0},
        "vm_usd": {"AWS/i3.xlarge": "0.2"},
    }
    found = faults(document)
    assert len(found) == 4
    with pytest.raises(InputError) as caught:
        parse_overrides(document, "prices.json")
    assert all(word in str(caught.value) for word in ("4 faults", "is negative", '"IBM"', '"x"', "below 1"))


def test_a_flood_of_faults_stays_readable() -> None:
    with pytest.raises(OverridesError) as caught:
        parse_overrides({"vm_usd": {f"AWS/n{number}": "-1" for number in range(1000)}}, "prices.json")
    assert len(caught.value.problems) == 1000
    assert "and 980 more" in str(caught.value)
    assert len(str(caught.value)) < 5000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "this is no JSON (line 1"),
        ("{", "this is no JSON (line 1"),
        ("prices: 1", "this is no JSON"),
        ("[" * 200_000, "this is no JSON"),
        ('{"vm_usd": {"AWS/x": NaN}}', '"NaN" is no decimal number'),
        ('{"vm_usd": {"AWS/x": 1, "AWS/x": 2}}', '"AWS/x" is given twice'),
        ('{"vm_usd": {"AWS/x": 1e999999999}}', "no decimal number"),
        ('{"vm_usd": {"AWS/x": ' + "9" * 5000 + "}}", "no decimal number"),
    ],
)
def test_bad_text(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_override_text(text, "prices.json")
    assert told in str(caught.value)


def test_numbers_of_a_file_stay_as_written() -> None:
    text = '{"vm_usd": {"AWS/w": 12345.123456789012, "AWS/x": 0.1, "AWS/y": 3, "AWS/z": 1.5e-1}}'
    overrides = parse_override_text(text, "prices.json")
    # The first one has more digits than a binary float holds.
    written = [Range.of(number) for number in ("12345.123456789012", "0.1", "3", "0.15")]
    assert [entry.value for entry in overrides.entries] == written


def test_nothing_given_changes_nothing() -> None:
    assert parse_override_text("{}", "prices.json").entries == ()
    assert parse_price_options([]).entries == ()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("", '"" is no price'),
        ("0.12", "Write KIND/KEY=VALUE"),
        ("dbu_usd=0.12", "Write KIND/KEY=VALUE"),
        ("dbu/AWS/PREMIUM/JOBS_COMPUTE=1", "Did you mean dbu_usd?"),
        ("dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=", "no decimal number"),
        ("dbu_usd/AWS/PREMIUM/JOBS_COMPUTE=-1", "is negative"),
        ("vm_usd/AWS/x=0.1..", "no decimal number"),
        ("vm_usd/AWS/x=0.1..0.2..0.3", "has 3 ends"),
    ],
)
def test_bad_options(option: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_price_options([option])
    assert told in str(caught.value)
    assert str(caught.value).startswith("--price")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
sections = st.sampled_from(
    ["node_dbu", "dbu_usd", "vm_usd", "multiplier", "spot_share", "discount", "entries", "sources", "as_of", "title"]
)
keys = st.sampled_from(["AWS/x", "AWS/PREMIUM/JOBS_COMPUTE", "AWS", "JOBS_COMPUTE", "AWS/JOBS_COMPUTE", "", "///"])


@given(st.dictionaries(sections, json_values | st.dictionaries(keys, json_values, max_size=4), max_size=6))
def test_any_document_is_read_or_refused(document: dict[str, object]) -> None:
    entries, problems = outcome(lambda: parse_overrides(document, "prices.json"))
    assert all(0 <= entry.value.low <= entry.value.high for entry in entries)
    assert all(len(str(problem)) < 1000 for problem in problems)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    entries, problems = outcome(lambda: parse_override_text(text, "prices.json"))
    assert entries == ()
    assert all(problem.remedy for problem in problems)


def outcome(parse: Callable[[], Overrides]) -> tuple[tuple[PriceEntry, ...], tuple[InputError, ...]]:
    try:
        overrides = parse()
    except OverridesError as error:
        return (), error.problems
    except InputError as error:
        return (), (error,)
    return overrides.entries, ()
