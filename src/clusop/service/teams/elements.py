"""The few elements of Adaptive Cards that messages are made of. Text is escaped, or in runs that know no markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusop.service.teams.plain_text import code_line, escaped, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["code_block", "fact_set", "heading", "label", "named", "open_url", "runs", "text_block"]

_FACT_CHARS = 400
_RUN_CHARS = 200
_CODE_CHARS = 160
_CODE_LINES = 12
# Any, here and below: JSON.


def text_block(text: str, **how: Any) -> dict[str, Any]:
    """A paragraph. Markdown in ``text`` is shown, not read."""
    return {"type": "TextBlock", "text": escaped(text), "wrap": True, **how}


def heading(text: str) -> dict[str, Any]:
    """The title of a section; screen readers jump to it."""
    return text_block(text, weight="Bolder", size="Medium", spacing="Medium", style="heading")


def fact_set(facts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Names and values in two columns; a fact without a value is left out."""
    told = [{"title": escaped(name), "value": escaped(plain(value, _FACT_CHARS))} for name, value in facts if value]
    return {"type": "FactSet", "facts": told, "spacing": "Small"}


def runs(*parts: dict[str, Any], **how: Any) -> dict[str, Any]:
    """A paragraph of runs, in which no character means anything."""
    return {"type": "RichTextBlock", "inlines": list(parts), **how}


def label(text: str, **how: Any) -> dict[str, Any]:
    """A run of our own text, blanks at its ends kept."""
    return {"type": "TextRun", "text": text, **how}


def named(text: str, *, limit: int = _RUN_CHARS, **how: Any) -> dict[str, Any]:
    """A run of somebody else's text."""
    return {"type": "TextRun", "text": plain(text, limit) or "–", **how}


def code_block(code: str) -> dict[str, Any]:
    """Lines of code on a shaded ground. Runs of one paragraph are set one after another, so each line is its own."""
    lines = [line for line in code.split("\n") if line.strip()]
    shown = [*lines[:_CODE_LINES], "…"] if len(lines) > _CODE_LINES else lines
    items = [
        runs({"type": "TextRun", "text": code_line(line, _CODE_CHARS), "fontType": "Monospace"}, spacing="None")
        for line in shown
    ]
    return {"type": "Container", "style": "emphasis", "spacing": "Small", "items": items}


def open_url(title: str, url: str) -> dict[str, Any]:
    """A button that opens a page. Nothing else works in a card that a webhook posted."""
    return {"type": "Action.OpenUrl", "title": title, "url": url}
