"""The report on a terminal: the verdict first, then the plan, the findings, the money and how sure all that is."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from clusop.report.text_parts import STYLES, bar, bullets, facts_grid, money_grid
from clusop.report.text_query import query_block
from clusop.report.text_table import overview_table, ranked_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from clusop.report.view import AppView, InputView, ProposalView, ReportView

__all__ = ["render_text"]

_LEAST_WIDTH = 40
_MOST_WIDTH = 140


def render_text(view: ReportView, width: int, *, color: bool = False) -> str:
    """``view`` as text, ``width`` columns wide at most, with ANSI colours or without any."""
    console = Console(
        file=StringIO(),
        width=min(max(width, _LEAST_WIDTH), _MOST_WIDTH),
        no_color=not color,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    single = len(view.inputs) == 1 and view.inputs[0].app is None
    if not single or not view.inputs[0].queries:
        console.print(Text(view.headline, style=f"bold {STYLES[view.tone]}"))
    for sentence in view.errors:
        console.print(Text(sentence, style="bold red"))
    if view.overview:
        console.print()
        console.print(overview_table(view.overview, console.width))
    dates = {price.id: price.checked_on for price in view.prices}
    in_full = sum(len(each.queries) for each in view.inputs)
    for each in view.inputs:
        if (
            view.overview
            and each.app is None
            and not each.queries
            and not each.errors
            and (each.rows or not each.remarks)
        ):
            continue
        _print_input(console, each, dates, with_rule=len(view.inputs) > 1, brief=in_full > 1)
    written = console.file.getvalue() if isinstance(console.file, StringIO) else ""
    return "".join(f"{line.rstrip()}\n" for line in written.splitlines())


def _print_input(console: Console, view: InputView, dates: Mapping[str, str], *, with_rule: bool, brief: bool) -> None:
    title = Text.assemble((view.name, "bold"), (f" · {view.kind}", "dim"))
    if with_rule:
        console.print()
        console.print(Rule(title, align="left", style="dim"))
    else:
        console.print(title)
    for sentence in view.errors:
        console.print(Text(sentence, style="red"))
    for sentence in view.remarks:
        console.print(Text(sentence, style="yellow"))
    if view.app is not None:
        console.print(Group(*_app_block(view.app, view.summary)))
    if view.rows and (len(view.rows) > 1 or view.app is not None or not view.queries):
        console.print()
        console.print(ranked_table(view.rows, console.width))
    if view.unlisted:
        console.print(Text(view.unlisted, style="dim"))
    for query in view.queries:
        console.print()
        console.print(query_block(query, console.width, dates, with_title=view.app is not None, brief=brief))


def _app_block(app: AppView, summary: str) -> list[RenderableType]:
    block: list[RenderableType] = []
    if app.title:
        block.append(Text(app.title))
    block += [Text(""), facts_grid((*app.facts, app.native))]
    if app.split:
        block.append(Padding(bar(app.split), (1, 0, 0, 2)))
    money = (*app.bill, *((app.premium,) if app.premium is not None else ()))
    if money:
        block += [Text(""), money_grid(money)]
    for proposal in app.proposals:
        block += [Text(""), _proposal(proposal)]
    notes = (*(note for note in app.split_notes if note not in app.native.value), *app.remarks)
    block += [bullets(notes)] if notes else []
    block += [Text(""), Text(summary, style="bold")]
    return block


def _proposal(proposal: ProposalView) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    saving = proposal.saving
    amount = f" ({saving.label.lower()} {saving.amount}, {saving.basis})" if saving and not saving.missing else ""
    grid.add_row("  Engine decision", Text.assemble((proposal.word, "bold"), f"{proposal.sentence}{amount}"))
    for sentence in proposal.reasons:
        grid.add_row("", Text(sentence, style="dim"))
    return grid
