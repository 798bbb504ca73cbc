"""One word finds everything: a cause's id is its page."""

from __future__ import annotations

import re

import pytest
from pages import DOCS, causes, code_blocks, headings, page

PARTS = ["What it means", "How clusop sees it", "What to do instead", "When to leave it alone"]


def test_every_cause_has_a_page_and_every_page_a_cause() -> None:
    pages = {path.stem for path in (DOCS / "findings").glob("*.md")} - {"README"}
    assert pages == set(causes())


def test_the_index_has_one_line_per_cause_with_the_words_of_its_page() -> None:
    lines = re.findall(r"^- \[(.+)\]\((.+)\.md\): (.+)$", page("docs/findings/README.md"), flags=re.MULTILINE)
    titles = [headings(page(f"docs/findings/{cause}.md"))[0].partition(": ")[2] for cause in sorted(causes())]
    assert sorted(lines) == [(cause, cause, title) for cause, title in zip(sorted(causes()), titles, strict=True)]


@pytest.mark.parametrize("cause", causes())
def test_a_page_leads_to_the_index_and_the_glossary(cause: str) -> None:
    text = page(f"docs/findings/{cause}.md")
    assert "](README.md)" in text
    assert "](../glossary.md)" in text


@pytest.mark.parametrize("cause", causes())
def test_a_page_answers_the_four_questions(cause: str) -> None:
    text = page(f"docs/findings/{cause}.md")
    title, *parts = headings(text)
    assert title.startswith(f"{cause}: ")
    assert parts == PARTS


@pytest.mark.parametrize("cause", causes())
def test_a_page_shows_a_before_and_an_after(cause: str) -> None:
    text = page(f"docs/findings/{cause}.md")
    remedy = text.partition("## What to do instead")[2].partition("## When to leave it alone")[0]
    assert "\nBefore:\n" in remedy
    assert "\nAfter:\n" in remedy
    assert len(code_blocks(remedy)) >= 2
