"""Cards: valid, small enough, never a figure without its basis, harmless whatever people call their things."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace

import pytest
from card_samples import CARDS, HOSTILE, PLACE, digest, facts, hostile_facts, priced, unpriced
from hypothesis import given, settings
from hypothesis import strategies as st

from clusop.analysis.economics import recompute
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason, catalogue
from clusop.service.teams.digest_card import digest_card
from clusop.service.teams.envelope import MAX_BYTES, Part, fitted, wire
from clusop.service.teams.message_text import digest_text, problem_text
from clusop.service.teams.problem_card import problem_card
from clusop.service.teams.words import PROJECTED

CAUSES = sorted(entry.id for entry in catalogue().values() if entry.kind == "cause")
MONEY = re.compile(r"\$[\d,.]+(?:–[\d,.]+)?(?: to \$[\d,.]+)?")
BASIS = re.compile(r"\((?:modeled|derived|billed[a-z-]*)\)")


def texts(element):
    """Every text a person sees, in order."""
    if isinstance(element, list):
        return [text for one in element for text in texts(one)]
    if not isinstance(element, dict):
        return []
    own = [element[key] for key in ("text", "title", "value") if isinstance(element.get(key), str)]
    return own + [text for value in element.values() for text in texts(value)]


def body(message):
    return message["attachments"][0]["content"]["body"]


def elements(element, kind):
    if isinstance(element, list):
        return [found for one in element for found in elements(one, kind)]
    if not isinstance(element, dict):
        return []
    own = [element] if element.get("type") == kind else []
    return own + [found for value in element.values() for found in elements(value, kind)]


@pytest.mark.corpus
@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_valid(name, faults_by_schema):
    assert faults_by_schema(problem_card(CARDS[name]())) == []


@pytest.mark.corpus
@pytest.mark.parametrize("cause", CAUSES)
def test_the_card_of_every_cause_is_valid_and_has_its_advice(cause, faults_by_schema):
    message = problem_card(facts(cause=cause))
    assert faults_by_schema(message) == []
    assert any("What to do" in text for text in texts(body(message)))


@pytest.mark.corpus
def test_a_digest_is_valid(faults_by_schema):
    assert faults_by_schema(digest_card(digest())) == []


@pytest.mark.corpus
def test_the_schema_does_find_a_fault(faults_by_schema):
    message = problem_card(priced())
    message["attachments"][0]["content"]["body"].append({"type": "TextBlok", "text": "x"})
    assert faults_by_schema(message)


@pytest.mark.corpus
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_keeps_a_card_valid_and_small(name, faults_by_schema):
    message = problem_card(hostile_facts(name))
    assert faults_by_schema(message) == []
    assert len(wire(message).encode()) <= MAX_BYTES


@settings(max_examples=40)
@given(st.text(max_size=3_000) | st.sampled_from(HOSTILE))
def test_any_name_leaves_a_message_small_harmless_and_whole(name):
    for message in (problem_card(hostile_facts(name)), digest_card(replace(digest(), team=name))):
        sent = wire(message)
        assert len(sent.encode()) <= MAX_BYTES
        assert json.loads(sent) == message
        seen = "".join(texts(body(message)))
        assert {unicodedata.category(character) for character in seen} & {"Cc", "Cf", "Cs", "Co"} == set()


@pytest.mark.parametrize("name", ["*x*", "_x_", "[x](https://evil.example)", "`x`", "<b>x</b>", "{{DATE(x)}}", "&lt;"])
def test_markdown_of_a_name_is_escaped_where_markdown_is_read(name):
    message = problem_card(hostile_facts(name))
    read = [block["text"] for block in elements(body(message), "TextBlock")]
    read += [fact["value"] for facts_ in elements(body(message), "FactSet") for fact in facts_["facts"]]
    bare = [text for text in read if re.search(r"(?<!\\)[*_`\[\]]|(?<!\\)<[a-z]|\{\{|(?<!\\)&lt;", text)]
    assert bare == []
    assert any(name.replace("{{", "{ {") in run["text"] for run in elements(body(message), "TextRun"))


@pytest.mark.parametrize("name", CARDS)
def test_no_amount_stands_without_its_basis(name):
    seen = texts(body(problem_card(CARDS[name]())))
    assert any(MONEY.search(text) for text in seen) or name == "unpriced"
    bare = [text for text in seen if MONEY.search(re.sub(rf"{MONEY.pattern} {BASIS.pattern}", "", text))]
    assert bare == []


def test_the_shown_amount_can_be_computed_from_its_inputs():
    (saving,) = priced().savings
    record = saving.per_30_days.to_json()
    exact = recompute(record)
    assert (round(exact.low * 10**6), round(exact.high * 10**6)) == (record["low_microusd"], record["high_microusd"])
    # 19 priced runs on 9 days of span, 11.40 to 33.90 dollars: 11.4 / 9 * 30 and 33.9 / 9 * 30.
    assert (record["low_microusd"], record["high_microusd"]) == (38_000_000, 113_000_000)


def test_modeled_and_derived_are_told_apart():
    seen = " ".join(texts(body(problem_card(priced()))))
    assert "$14.33–15.67 (derived) and $4.00–4.67 (modeled)" in seen
    assert "Derived: billed DBUs" in seen


def test_a_problem_without_dollars_says_why_and_shows_core_time():
    seen = " ".join(texts(body(problem_card(unpriced()))))
    assert "$" not in seen.replace('$\\"', "").replace('$"', "")
    assert "not priced: No DBU rate is known" in seen
    assert "75.9 core-hours" in seen


@pytest.mark.parametrize(
    ("reason", "words"), [("no-premium", "none: This engine costs no premium"), ("unknown-cloud", "not priced: ")]
)
def test_a_premium_that_nobody_pays_is_none_and_not_a_missing_price(reason, words):
    told = replace(unpriced(), exposures=Unpriced(Reason(reason)))
    assert words in json.dumps(problem_card(told), ensure_ascii=False)


def test_the_advice_of_a_card_is_that_of_the_operator_that_left():
    def card_of(operator):
        told = replace(facts(cause="unsupported-operator"), sighting=replace(priced().sighting, operator=operator))
        return json.dumps(problem_card(told), ensure_ascii=False)

    assert "MERGE(b)" in card_of("SortMergeJoin")
    assert "MERGE(b)" not in card_of("Generate")
    assert "LATERAL VIEW explode" in card_of("Generate")


def test_links_ask_before_they_change_anything_and_nothing_else_is_clickable():
    card = problem_card(priced())["attachments"][0]["content"]
    assert [action["type"] for action in card["actions"]] == ["Action.OpenUrl"] * 3
    assert [action["url"].rpartition("/")[2] for action in card["actions"]] == ["7", "acknowledge", "snooze"]
    assert "actions" not in problem_card(unpriced())["attachments"][0]["content"]


def test_what_is_too_long_loses_tags_first_and_never_amounts_or_advice():
    place = replace(PLACE, tags={f"key{number}": "🦊" * 120 for number in range(8)})
    whole = problem_card(facts(place=replace(PLACE, tags={})))
    spare = MAX_BYTES - len(wire(whole).encode())
    assert spare > 0
    told = facts(place=place)
    seen = " ".join(texts(body(problem_card(told))))
    assert "(modeled)" in seen
    assert "Rewrite it with built-in functions" in seen


def test_parts_go_in_the_order_of_their_ranks_and_it_is_said():
    def part(word, rank):
        return Part(({"type": "TextBlock", "text": word * 400},), rank)

    message = fitted([part("a", 0), part("b", 1), part("c", 2), part("d", 2)], [], "x", 1_900)
    seen = [text[0] for text in texts(body(message))]
    assert seen == ["a", "b", "c", "S"]
    assert [text[0] for text in texts(body(fitted([part("a", 0), part("b", 1), part("c", 2)], [], "x", 1_200)))] == [
        "a",
        "S",
    ]


def test_the_same_facts_give_the_same_bytes():
    assert wire(problem_card(priced())) == wire(problem_card(priced()))


def test_plain_text_for_other_channels_holds_amounts_with_basis_and_the_link():
    told = json.loads(problem_text(priced()))
    assert told["title"] == "$38.00–113.00 (modeled) avoidable per 30 days"
    assert "https://clusop.example.com/problems/7" in told["text"]
    assert "may have arrived" not in told["text"]
    assert "unconfirmed" in json.loads(digest_text(digest()))["text"]


@pytest.mark.parametrize("name", CARDS)
def test_what_is_projected_is_called_so_and_what_was_seen_is_not(name):
    """Pages show the last 30 days as they were under other words: a card's amounts are what was seen, carried on at its rate."""
    told = texts(body(problem_card(CARDS[name]())))
    text = json.loads(problem_text(CARDS[name]()))
    for whole in (" ".join(told), f"{text['title']} {text['text']}"):
        assert "in 30 days" not in whole
        assert "Premium paid" not in whole
        assert ("per 30 days" in whole) == (PROJECTED in whole)
        assert ("per 30 days" in whole) == bool(MONEY.search(whole) or "core-hours" in whole)
    if "core-hours" in told[0] or MONEY.search(told[0]):
        assert told[0].endswith("per 30 days")


def test_a_digest_says_that_its_amounts_are_projected():
    told = " ".join(texts(body(digest_card(digest()))))
    assert "in 30 days" not in told
    assert "avoidable per 30 days" in told
    assert told.count(PROJECTED) == 1
    lines = json.loads(digest_text(digest()))["text"].splitlines()
    amounts = [line for line in lines if MONEY.search(line) or "core-hours" in line]
    assert amounts
    assert all(" per 30 days  " in line for line in amounts)
    assert lines.count(PROJECTED) == 1


def test_a_digest_of_messages_alone_projects_nothing():
    settled = replace(digest(), priced=(), unpriced=(), more_priced=0, more_unpriced=0)
    assert PROJECTED not in " ".join(texts(body(digest_card(settled))))
    assert PROJECTED not in digest_text(settled)
