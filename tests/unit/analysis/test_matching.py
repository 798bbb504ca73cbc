"""Lines of the engine's words and the operators they mean: by search, and the same as by trying each one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.causes.matching import Matcher
from clusop.plan.node import ROOT, Operator, Plan

texts = st.text(alphabet="ab[]é\U0001f600", max_size=6)


def matcher_of(*arguments: str, name: str = "Project") -> Matcher:
    operators = [Operator(name, index - 1, arguments=text) for index, text in enumerate(arguments)]
    return Matcher(Plan(tuple(operators)), range(len(operators)))


def by_trial(arguments: list[str], wanted: str) -> int:
    lengths = range(len(wanted) + 1)
    scored = [
        (max(length for length in lengths if text.startswith(wanted[:length])), index)
        for index, text in enumerate(arguments)
    ]
    return max(scored)[1]


@given(st.lists(texts, min_size=2, max_size=12), texts.filter(bool))
def test_search_finds_what_trying_every_operator_finds(arguments, wanted):
    assert matcher_of(*arguments).find("Project", wanted) == by_trial(arguments, wanted)


def test_ids_do_not_count_and_the_last_of_equals_is_meant():
    matcher = matcher_of("[a#1, b#22L]", "[b#2]", "[a#7, c#8]", "[a#9, b#10L]")
    assert matcher.find("Project", "[a#300, b#4L]") == 3
    assert matcher.find("Project", "[b#5]") == 1
    assert matcher.find("Project", "") == 3


def test_another_name_is_never_meant():
    assert matcher_of("[a#1]").find("Filter", "[a#1]") is None
    assert Matcher(Plan((Operator("Project", ROOT),)), ()).find("Project", "") is None
