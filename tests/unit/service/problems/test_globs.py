"""Globs: they match what one expects, and a hostile one costs no more than another."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.errors import InputError
from clusop.service.problems.globs import MAX_GLOB_CHARS, Glob, glob_of, matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("?", "", False),
        ("job:12*", "job:12", True),
        ("job:12*", "job:129", True),
        ("job:12*", "job:13", False),
        ("*_load", "nightly_load", True),
        ("*_load", "nightly_loads", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("A*", "abc", False),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("(a+)+$", "(a+)+$", True),
        ("É*", "été", False),
        ("é*é", "été", True),
    ],
)
def test_stars_and_question_marks_and_nothing_else(pattern, name, expected):
    assert matches(pattern, name) is expected


@given(st.text("ab*?", max_size=12), st.text("abc", max_size=12))
def test_as_a_regular_expression_would(pattern, name):
    meant = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    assert Glob(pattern).matches(name) == (re.fullmatch(meant, name, re.DOTALL) is not None)


def seconds(pattern: str, name: str) -> float:
    glob = Glob(pattern)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        glob.matches(name)
        took.append(time.perf_counter() - start)
    return min(took)


def test_a_hostile_glob_takes_time_in_proportion_to_the_name():
    hostile = "*a" * (MAX_GLOB_CHARS // 2 - 1) + "*b"
    # A backtracking matcher would not end in this universe; twice the name takes about twice the time.
    short, long = (seconds(hostile, "a" * length) for length in (512, 1024))
    assert long < short * 8 + 0.001
    assert long < 0.05


@pytest.mark.parametrize("pattern", ["", "x" * (MAX_GLOB_CHARS + 1)])
def test_an_empty_or_endless_glob_is_refused_with_its_place(pattern):
    with pytest.raises(InputError, match=r"^owners\.rules\[3\]\.workload: "):
        glob_of(pattern, "owners.rules[3].workload")
