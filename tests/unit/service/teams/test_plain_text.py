"""Somebody else's text: cut, visible, no markdown."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.report import amounts, formula_text
from clusop.service.teams import amount_text, words
from clusop.service.teams.plain_text import code_line, escaped, plain
from clusop.units import Range


@given(st.text(), st.integers(1, 100))
def test_plain_text_is_short_visible_and_on_one_line(text, limit):
    told = plain(text, limit)
    assert len(told) <= limit
    assert {unicodedata.category(character) for character in told} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} == set()
    assert plain(told, limit) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("load\u202e_orders", "load_orders"),
        ("a\r\n\tb", "a b"),
        ("مبيعات", "مبيعات"),
        ("🦊 fox", "🦊 fox"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
        ("\u200b\u3164", ""),
        ("abcdef", "abcd…"),
    ],
)
def test_letters_stay_and_tricks_go(text, told):
    assert plain(text, 5 if text == "abcdef" else 40) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a", "\\- a"),
        ("1. a", "1\\. a"),
        ("a*b", "a\\*b"),
        ("2.9 (x)", "2.9 (x)"),
        ("< $1", "< $1"),
        ("<b", "\\<b"),
        ("# a", "\\# a"),
        ("&lt;", "\\&lt;"),
    ],
)
def test_markdown_is_escaped(text, told):
    assert escaped(text) == told


def test_indentation_of_code_survives():
    assert code_line("  f(x)", 40) == "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}f(x)"


MICRO = st.integers(0, 10**12).map(lambda micro: Fraction(micro, 10**6))


@given(MICRO, MICRO)
def test_a_card_writes_money_as_the_report_does(one, other):
    usd = Range(min(one, other), max(one, other))
    assert amount_text.money(usd) == amounts.money(usd)


@pytest.mark.parametrize("text", ["3/200", "0.55", "2..2.9", "1234567", "=m", "elastic", "1e9", "1/0"])
def test_a_card_writes_inputs_as_the_report_does(text):
    assert amount_text.number(text) == amounts.number(text)


@pytest.mark.parametrize("formula", ["fix-1", "upgrade-1", "exposure-1", "per-30-days-1"])
def test_a_card_words_formulas_as_the_report_does(formula):
    assert words.formula_text(formula) == formula_text.formula_text(formula)


@pytest.mark.parametrize(
    "name", ["J", "m", "g", "of", "usd_per_run", "worker_dbu_per_hour", "on_demand_worker_node_hours"]
)
def test_a_card_names_inputs_as_the_report_does(name):
    assert words.input_label(name) == formula_text.input_label(name)
