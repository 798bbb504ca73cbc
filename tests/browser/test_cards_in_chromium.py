"""Messages as Microsoft's own renderer shows them: all there, nothing clipped, no markup of anybody's name, nobody asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
GOLDENS = sorted((TESTS / "golden" / "cards").glob("*.json"))
BUTTONS = "Open the problem"
# What the renderer makes of the elements in our cards. Nothing of it comes from a name.
ELEMENTS = {"a", "br", "button", "div", "p", "span", "strong", "table", "tbody", "td", "tr"}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def show(chromium):
    """Shows a message in a page of its own."""
    sys.path[:0] = [str(TESTS.parent / "harness"), str(TESTS / "unit" / "service" / "teams")]
    from render_card import library_problem, show_message

    if library_problem():
        pytest.skip(library_problem())
    return lambda message, width=720: show_message(chromium, message, width=width)


@pytest.mark.parametrize("width", [720, 360])
@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_a_card_is_shown_whole_at_both_widths(show, path, width):
    shown = show(json.loads(path.read_text(encoding="utf-8")), width)
    assert shown.faults == ()
    # Teams wraps its row of buttons; the plain renderer scrolls it.
    assert [text for text in shown.overflow if not text.startswith(BUTTONS)] == []
    assert shown.requests == ()
    assert set(shown.elements) <= ELEMENTS


def test_amounts_are_read_as_they_were_written(show):
    (path,) = [path for path in GOLDENS if path.stem == "priced"]
    text = show(json.loads(path.read_text(encoding="utf-8"))).text
    for expected in (
        "$38.00–113.00 (modeled) avoidable per 30 days",
        "job 42 · task load_orders · workspace 1234567890",
        "$14.33–15.67 (derived) and $4.00–4.67 (modeled)",
        "def net(p): return p * 0.81",
        "Snooze …",
    ):
        assert expected in text
    assert "\\" not in text


def test_hostile_names_are_text_and_nothing_else(show):
    from card_samples import HOSTILE, digest, hostile_facts

    from clusop.service.teams.digest_card import digest_card
    from clusop.service.teams.problem_card import problem_card

    for name in HOSTILE:
        shown = show(problem_card(hostile_facts(name)))
        assert shown.faults == ()
        assert shown.requests == ()
        assert set(shown.elements) <= ELEMENTS - {"a", "strong"}, name
    assert show(digest_card(digest())).requests == ()
    assert "<script>alert(1)</script>" in show(problem_card(hostile_facts("<script>alert(1)</script>"))).text


def test_the_page_that_is_left_behind_shows_the_card_and_asks_nobody(show, chromium, tmp_path):
    from card_samples import HOSTILE, hostile_facts

    from clusop.service.teams.problem_card import problem_card
    from render_card import page_of

    for number, name in enumerate((*HOSTILE, "</script><script>alert(1)</script>")):
        message = problem_card(hostile_facts(name))
        path = tmp_path / f"card-{number}.html"
        path.write_text(page_of(message, "<b>a card"), encoding="utf-8")
        page = chromium.new_page()
        asked, said = [], []
        page.on("request", lambda sent, asked=asked: asked.append(sent.url))
        page.on("dialog", lambda dialog, said=said: said.append(dialog.message))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto(path.as_uri())
        assert page.locator("#card").inner_text() == show(message).text
        assert (asked, said) == ([path.as_uri()], [])
        page.close()
