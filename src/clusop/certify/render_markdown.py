"""The matrix as Markdown."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from clusop.certify.words import (
    agent_sentence,
    agreement_sentences,
    areas,
    operators_text,
    outcome_text,
    share_text,
    stamp_text,
    tally,
    why_text,
)

if TYPE_CHECKING:
    from clusop.certify.matrix import Matrix

__all__ = ["matrix_markdown"]

_MARKS = {
    "native": "✓",
    "partial": "◐",
    "fallback": "✗",
    "failed": "!",
    "not-run": "–",
    "unknown": "?",
    "jvm": "·",
    "command": "·",
}


def matrix_markdown(matrix: Matrix) -> str:
    """One table per area, the stamp above, what was checked below."""
    lines = [
        f"# Certified: {matrix.stamp.engine} {matrix.stamp.engine_version}".rstrip(),
        "",
        stamp_text(matrix.stamp),
        "",
        f"Made by `{matrix.command}`: {len(matrix.cells)} fixtures, {tally(matrix.cells)}. Every line is the outcome of a run.",
        "",
    ]
    for area, cells in areas(matrix):
        lines += [f"## {area[:1].upper()}{area[1:]}", "", "| | fixture | outcome | why | off the engine | time off |"]
        lines += ["|---|---|---|---|---|---|"]
        for cell in cells:
            mark, name, shows, *others = map(
                _cell,
                (
                    _MARKS[cell.outcome.value],
                    cell.fixture,
                    cell.shows,
                    outcome_text(cell),
                    why_text(cell),
                    operators_text(cell),
                    share_text(cell.share),
                ),
            )
            parts = (mark, f"**{name}**<br>{shows}", *others)
            lines.append(f"| {' | '.join(parts)} |")
        lines.append("")
    lines += ["## What was checked", "", *(f"- {_plain(one)}" for one in agreement_sentences(matrix.agreement))]
    lines += [f"- {agent_sentence(matrix.agent)}", ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """As it reads: an ``array<int>`` is no tag, a star no emphasis."""
    return escape(text.replace("\n", " "), quote=False).replace("*", "\\*").replace("`", "\\`")
