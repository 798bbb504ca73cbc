"""One query on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from clusop.report.text_parts import STYLES, bar, bullets, facts_grid, money_grid
from clusop.report.text_plan import plan_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from clusop.report.view import FindingView, QueryView

__all__ = ["query_block"]

_IDS_SHOWN = 8


def query_block(
    view: QueryView, width: int, dates: Mapping[str, str], *, with_title: bool, brief: bool
) -> RenderableType:
    """Everything of one query: the verdict first, in five lines; then the evidence. ``brief`` leaves out what is the same
    for many queries: the example of each cause, formulas, facts. ``dates`` tells of each price entry as of when it is.
    """
    parts: list[RenderableType] = []
    if with_title:
        parts.append(Text.assemble((f"Query {view.id}", "bold"), f"  {view.title}" if view.title else ""))
    if view.same_as:
        more = f" and {len(view.same_as) - _IDS_SHOWN} more" if len(view.same_as) > _IDS_SHOWN else ""
        parts.append(Text(f"The same: {', '.join(view.same_as[:_IDS_SHOWN])}{more}", style="dim"))
    parts.append(_verdict(view))
    if view.reasons:
        parts.append(bullets(view.reasons))
    for tree in view.trees:
        parts += [_heading(tree.title), *plan_lines(tree, width)]
    if view.findings:
        parts.append(_heading("Findings"))
        parts += [_finding(finding, brief=brief) for finding in view.findings]
    parts += _time(view)
    if not brief and any(money.formula for money in view.money):
        parts += [_heading("Money"), money_grid(view.money, dates)]
    parts += [_heading("How sure"), _legs(view)]
    if view.facts and not brief:
        parts += [_heading("Facts"), facts_grid(view.facts)]
    return Group(*parts)


def _time(view: QueryView) -> list[RenderableType]:
    notes = tuple(note for note in view.split_notes if note not in view.time_sentence)
    parts: list[RenderableType] = [_heading("Time")] if view.split or notes else []
    parts += [Padding(bar(view.split), (0, 0, 0, 2))] if view.split else []
    return [*parts, bullets(notes)] if notes else parts


def _heading(title: str) -> RenderableType:
    return Padding(Text(title, style="bold"), (1, 0, 0, 0))


def _verdict(view: QueryView) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    style = STYLES[view.verdict.value]
    grid.add_row(Text(view.verdict_word.upper(), style=f"bold reverse {style}"), Text(view.what, style="bold"))
    for finding in view.findings[:3]:
        times = f" ({finding.occurrences} places)" if finding.occurrences > 1 else ""
        grid.add_row(Text("what", style="dim"), Text(f"{finding.cause} at {finding.operator}{times}"))
    grid.add_row(Text("how sure", style="dim"), Text(view.sure_sentence))
    grid.add_row(Text("how much", style="dim"), Text(view.time_sentence))
    grid.add_row("", Text(view.money_sentence))
    grid.add_row(Text("do this", style="dim"), Text.assemble((view.proposal.word, "bold"), view.proposal.sentence))
    for reason in view.proposal.reasons:
        grid.add_row("", Text(reason, style="dim"))
    return grid


def _finding(finding: FindingView, *, brief: bool) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    times = f", {finding.occurrences} places" if finding.occurrences > 1 else ""
    where = (
        f" (island {finding.island}{times})" if finding.island else f" ({times.removeprefix(', ')})" if times else ""
    )
    grid.add_row("  what", Text.assemble((f"{finding.cause} at {finding.operator}", "bold"), where))
    for label, value in (
        ("  why", finding.sentence),
        ("", finding.detail),
        ("  engine says", finding.engine_says),
        ("", finding.functions),
        ("  but", finding.disagreement),
        ("  time", finding.share or finding.share_missing),
        ("  follow", finding.forced),
        ("  seen by", finding.witnesses),
        ("  instead", finding.instead),
    ):
        if value:
            grid.add_row(label, Text(value))
    for label, code in (("For example, before:", finding.before), ("For example, after:", finding.after)):
        if code and not brief:
            grid.add_row("", Text.assemble((label, "dim"), "\n", (code, "cyan")))
    return grid


def _legs(view: QueryView) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for _ in range(3):
        grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for leg in view.legs:
        grid.add_row(f"  {leg.name}", leg.level, leg.score, Text(" ".join(leg.reasons)))
    return grid
