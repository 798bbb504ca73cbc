"""Small parts of the terminal report: labelled facts, bars, money, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import RenderableType

    from clusop.report.view import Fact, MoneyView, Slice

__all__ = ["STYLES", "bar", "bullets", "facts_grid", "money_grid"]

STYLES = {
    "fallback": "red",
    "partial": "yellow",
    "native": "green",
    "unknown": "magenta",
    "command": "cyan",
    "not-accelerated": "blue",
    "boundary": "cyan",
    "other": "blue",
    "idle": "bright_black",
}
"""The colour of each verdict and of each class of time. Never the only sign: the word stands beside it."""

_BAR_CELLS = 24
_MONTH_CHARS = len("2026-04")
_FULL, _EMPTY = "█", "░"


def facts_grid(facts: Iterable[Fact]) -> RenderableType:
    """Labels at the left, facts at the right; what is not known is dim."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for fact in facts:
        grid.add_row(f"  {fact.label}", Text(fact.value, style="dim italic" if fact.missing else ""))
    return grid


def bar(slices: Iterable[Slice]) -> RenderableType:
    """One line per class, its share as a bar, amounts aligned."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for each in slices:
        cells = min(max(round(each.share_percent / 100 * _BAR_CELLS), 1), _BAR_CELLS)
        filled = Text(_FULL * cells, style=STYLES[each.tone])
        filled.append(_EMPTY * (_BAR_CELLS - cells), style="dim")
        grid.add_row(filled, each.share, each.amount, each.label)
    return grid


def money_grid(money: Iterable[MoneyView], dates: Mapping[str, str] | None = None) -> RenderableType:
    """Amounts with what they rest on. With ``dates`` (price entry to its date) each formula in words,
    and how old the prices are.
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    used: set[str] = set()
    for each in money:
        if each.missing:
            grid.add_row(f"  {each.label}", Text(f"{each.lack}: {each.amount}", style="dim italic"))
            continue
        told = f" {each.note}" if each.note else ""
        grid.add_row(f"  {each.label}", Text.assemble((each.amount, "bold"), f"{told} ({each.basis})"))
        if dates is not None and each.formula is not None:
            grid.add_row("", Text(each.formula.text or each.formula.formula, style="dim"))
            used.update(date[:_MONTH_CHARS] for price in each.formula.price_ids if (date := dates.get(price, "")))
    if used:
        age = min(used) if len(used) == 1 else f"{min(used)} to {max(used)}"
        grid.add_row("", Text(f"list prices as of {age}; --json and --html name them", style="dim"))
    return grid


def bullets(sentences: Iterable[str]) -> RenderableType:
    """Remarks, one to a line, wrapped under themselves."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold", style="dim")
    for sentence in sentences:
        grid.add_row("  ·", Text(sentence))
    return grid
