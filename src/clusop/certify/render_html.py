"""The matrix as one self-contained page: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from clusop.certify.words import (
    TIME_OFF,
    agent_sentence,
    agreement_sentences,
    areas,
    meanings,
    operators_text,
    outcome_text,
    share_text,
    stamp_text,
    tally,
    why_text,
)

if TYPE_CHECKING:
    from clusop.certify.cell import Cell
    from clusop.certify.matrix import Matrix

__all__ = ["matrix_html"]

_STYLE = """
:root{--ink:#1c2024;--soft:#5f6772;--line:#e2e5ea;--ground:#fff;--panel:#f6f7f9;--good:#0a7d4b;--bad:#b3261e;--mid:#8a5a00}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a2a9b4;--line:#343a42;--ground:#14171b;--panel:#1d2126;
--good:#5fd39b;--bad:#ff8a80;--mid:#f0b957}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.soft{color:var(--soft)}code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:56rem;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-top:1px solid var(--line)}
th{color:var(--soft);font-weight:600;border-top:0}th.share,td.share{text-align:right}
td{overflow-wrap:anywhere}
nav a{display:inline-block;margin:0 1rem .2rem 0;color:inherit}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:1rem 0}
dt{font-weight:600}dd{margin:0;color:var(--soft)}@media (max-width:40rem){dl{grid-template-columns:1fr}}
.o{font-weight:600}.native{color:var(--good)}.fallback,.failed{color:var(--bad)}
.partial,.unknown{color:var(--mid)}.not-run,.jvm,.command{color:var(--soft)}
details{margin-top:.3rem}summary{cursor:pointer;color:var(--soft)}
pre{background:var(--panel);padding:.6rem;overflow-x:auto;margin:.3rem 0 0;border-radius:4px}
.off{color:var(--bad);font-weight:600}li{overflow-wrap:anywhere}
"""
# Columns of one width in every table, so that the eye finds them again.
_HEAD = (
    '<colgroup><col style="width:26%"><col style="width:12%"><col style="width:35%"><col style="width:17%">'
    '<col style="width:10%"></colgroup><thead><tr><th scope="col">fixture</th><th scope="col">outcome</th>'
    '<th scope="col">why</th><th scope="col">off the engine</th><th scope="col" class="share">time off</th></tr></thead>'
)


def matrix_html(matrix: Matrix) -> str:
    """The page: one table per area, each fixture's plan folded below it."""
    title = escape(f"Certified: {matrix.stamp.engine} {matrix.stamp.engine_version}".rstrip())
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">',
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>",
        f'<p class="soft">{escape(stamp_text(matrix.stamp))}</p>',
        f"<p>{len(matrix.cells)} fixtures: {escape(tally(matrix.cells))}.</p>",
        f"<p>Every line is the outcome of a run, made by <code>{escape(matrix.command)}</code>.</p>",
    ]
    grouped = areas(matrix)
    parts.append(_contents([area for area, _ in grouped]))
    told = [*meanings(matrix.cells), ("time off", TIME_OFF)]
    parts.append("<dl>" + "".join(f"<dt>{escape(word)}</dt><dd>{escape(means)}</dd>" for word, means in told) + "</dl>")
    for at, (area, cells) in enumerate(grouped, 1):
        parts.append(f'<h2 id="area-{at}">{escape(_title(area))}</h2>')
        parts.append(f'<div class="scroll"><table>{_HEAD}<tbody>')
        parts += [_row(cell) for cell in cells]
        parts.append("</tbody></table></div>")
    checked = [*agreement_sentences(matrix.agreement), agent_sentence(matrix.agent)]
    listed = "".join(f"<li>{escape(one)}</li>" for one in checked)
    parts.append(f'<h2 id="checked">What was checked</h2><ul>{listed}</ul>')
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _contents(names: list[str]) -> str:
    links = [f'<a href="#area-{at}">{escape(_title(name))}</a>' for at, name in enumerate(names, 1)]
    return f'<nav aria-label="Areas">{" ".join(links)} <a href="#checked">What was checked</a></nav>'


def _title(area: str) -> str:
    return area[:1].upper() + area[1:]


def _row(cell: Cell) -> str:
    plan = ""
    if cell.plan:
        lines = "\n".join(_line(line) for line in cell.plan)
        plan = f"<details><summary>plan</summary><pre>{lines}</pre></details>"
    return (
        f'<tr><td class="name"><b>{escape(cell.fixture)}</b><br><span class="soft">{escape(cell.shows)}</span>{plan}</td>'
        f'<td class="o {cell.outcome.value}">{escape(outcome_text(cell))}</td>'
        f'<td class="why">{escape(why_text(cell))}</td><td>{escape(operators_text(cell))}</td>'
        f'<td class="share">{escape(share_text(cell.share))}</td></tr>'
    )


def _line(line: str) -> str:
    shown = escape(line)
    return f'<span class="off">{shown}</span>' if line.startswith("!") else shown
