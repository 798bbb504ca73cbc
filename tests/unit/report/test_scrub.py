"""Text of plans and logs, made safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.report.scrub import cut, one_line, printable


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\u202e", "\x00", "\ud800", "\x9b2J", "\u2066", "\ufeff"])
def test_what_drives_a_terminal_or_turns_text_around_is_replaced(hostile: str) -> None:
    shown = printable(f"a{hostile}b")
    assert hostile[0] not in shown
    assert shown.startswith("a\N{REPLACEMENT CHARACTER}")


def test_other_scripts_and_emoji_stay() -> None:
    assert one_line("مبيعات\t売上 🦊\n") == "مبيعات 売上 🦊"


@given(st.text(), st.integers(1, 50))
def test_cut_text_is_short_one_line_and_encodable(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    shown.encode()


def test_kilobytes_cost_no_more_than_what_is_shown() -> None:
    assert cut("x" * 1_000_000, 10) == "x" * 9 + "…"
