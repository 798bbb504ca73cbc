"""The plan as lines: islands marked, causes beside the operators, long quiet stretches as one line.

A chain of single children keeps its column; only branches indent. A plan 10,000 levels deep stays a column, and what
stands on one line never depends on recursion.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.plan.kind import Kind
from clusop.plan.node import ROOT, Link
from clusop.report.amounts import TIMES, count, plural
from clusop.report.finding_text import share_of, why_here
from clusop.report.scrub import cut
from clusop.report.view import Line, TreeView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.assessment import Finding, JudgedPlan, QueryAssessment
    from clusop.plan.node import Plan

__all__ = ["MAX_LINES", "plan_tree", "plan_trees"]

MAX_LINES = 400
"""More lines are counted, not shown."""

_MAX_LEVEL = 12
_NAME_CHARS = 120
_ARGUMENT_CHARS = 200
_COLLAPSE_FROM = 3
_NAMES_IN_SUMMARY = 3
_SILENT = frozenset({Kind.WRAPPER, Kind.LOGICAL})
_BRIDGES = frozenset({Kind.BOUNDARY, Kind.ROW_EXCHANGE, Kind.WRAPPER})
_ON_THE_JVM = frozenset({Kind.JVM, Kind.PYTHON, Kind.ROW_EXCHANGE, Kind.TERMINAL, Kind.MARGINAL})
_NOTES = {
    Kind.BOUNDARY: "hand-over",
    Kind.ROW_SOURCE: "row source",
    Kind.ROW_EXCHANGE: "row shuffle",
    Kind.COMMAND: "command",
    Kind.TERMINAL: "end of the query",
    Kind.MARGINAL: "end of the query",
    Kind.PYTHON: "Python",
}


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the lines of one graph are drawn from. ``after[i]`` is the index behind the subtree of ``i``."""

    judged: JudgedPlan
    plan: Plan
    island_of: tuple[int | None, ...]
    findings: Mapping[int, Finding]
    loud: tuple[bool, ...]
    after: tuple[int, ...]
    loud_below: tuple[bool, ...]

    def is_quiet(self, index: int) -> bool:
        return not self.loud[index] and not self.loud_below[index]


def plan_trees(query: QueryAssessment) -> tuple[TreeView, ...]:
    """One tree per graph of ``query`` that could be read."""
    trees = []
    for graph, judged in enumerate(query.plans):
        if judged.reading.plan is None or not judged.reading.plan.operators:
            continue
        findings = {finding.index: finding for finding in reversed(query.findings) if finding.graph == graph}
        title = "Plan" if len(query.plans) == 1 else f"Plan {graph + 1} of {len(query.plans)}"
        trees.append(plan_tree(title, judged, judged.reading.plan, findings))
    return tuple(trees)


def plan_tree(title: str, judged: JudgedPlan, plan: Plan, findings: Mapping[int, Finding]) -> TreeView:
    """One graph, with ``findings`` beside the operators whose index they stand under."""
    lines = _lines(_mark(judged, plan, findings))
    return TreeView(title, tuple(lines[:MAX_LINES]), max(len(lines) - MAX_LINES, 0))


def _mark(judged: JudgedPlan, plan: Plan, findings: Mapping[int, Finding]) -> _Marks:
    engine_ran = any(kind is Kind.NATIVE for kind in judged.kinds) or any(
        island is not None for island in judged.island_of
    )
    telling = [
        judged.island_of[index] is not None
        or index in findings
        or (engine_ran and kind in _ON_THE_JVM)
        or kind in {Kind.ROW_SOURCE, Kind.COMMAND}
        for index, kind in enumerate(judged.kinds)
    ]
    loud = tuple(
        told or (judged.kinds[index] is Kind.BOUNDARY and _is_at_an_edge(plan, telling, index))
        for index, told in enumerate(telling)
    )
    after = [index + 1 for index in range(len(plan))]
    below = [False] * len(plan)
    for index in range(len(plan) - 1, -1, -1):
        parent = plan.operators[index].parent
        if parent != ROOT:
            after[parent] = max(after[parent], after[index])
            below[parent] = below[parent] or below[index] or loud[index]
    return _Marks(judged, plan, _islands_shown(judged, plan), findings, loud, tuple(after), tuple(below))


def _islands_shown(judged: JudgedPlan, plan: Plan) -> tuple[int | None, ...]:
    """The island's number for people, from 1, per operator. What joins two parts of one island is shown as part of it."""
    above: list[int | None] = []
    for operator in plan.operators:
        parent = operator.parent
        is_bridge = parent != ROOT and judged.kinds[parent] in _BRIDGES and judged.island_of[parent] is None
        above.append(None if parent == ROOT else above[parent] if is_bridge else judged.island_of[parent])
    below: list[int | None] = list(judged.island_of)
    for index in range(len(plan) - 1, -1, -1):
        parent = plan.operators[index].parent
        if parent != ROOT and below[parent] is None and judged.kinds[parent] in _BRIDGES:
            below[parent] = below[index]
    shown = (
        own if own is not None else above[index] if above[index] == below[index] else None
        for index, own in enumerate(judged.island_of)
    )
    return tuple(None if island is None else island + 1 for island in shown)


def _is_at_an_edge(plan: Plan, telling: list[bool], index: int) -> bool:
    parent = plan.operators[index].parent
    return (parent != ROOT and telling[parent]) or any(telling[child] for child in plan.children[index])


def _lines(marks: _Marks) -> list[Line]:
    lines: list[Line] = []
    # (operator, guides of its line, guides of what follows, level); a stack, so that depth costs no recursion.
    stack = [(root, "", "", 0) for root in reversed(marks.plan.roots)]
    while stack:
        index, guides, following, level = stack.pop()
        stretch = _stretch(marks, index)
        shown, last = _summary_line(marks, stretch, guides, level), stretch[-1]
        if shown is None:
            last = index
            shown = _operator_line(marks, index, guides, following, level)
        if shown is not None:
            lines.append(shown)
        children = () if marks.is_quiet(last) and len(stretch) > 1 else _visible(marks, last)
        # A line that was left out hands its connector on to the line that takes its place.
        first_guides = guides if shown is None else following
        if len(children) == 1:
            stack.append((children[0], first_guides, following, level))
            continue
        for place, child in reversed(tuple(enumerate(children, 1))):
            turn = "└─ " if place == len(children) else "├─ "
            run = "   " if place == len(children) else "│  "
            stack.append((child, _bounded(following, turn, level), _bounded(following, run, level), level + 1))
    return lines


def _bounded(guides: str, segment: str, level: int) -> str:
    return guides + segment if level < _MAX_LEVEL else guides[:-3] + segment if guides else segment


def _visible(marks: _Marks, index: int) -> tuple[int, ...]:
    """The children of ``index``, logical ones left out."""
    return tuple(child for child in marks.plan.children[index] if marks.judged.kinds[child] is not Kind.LOGICAL)


def _stretch(marks: _Marks, index: int) -> tuple[int, ...]:
    """The operators one line may stand for: a quiet subtree, or a chain of quiet operators above something loud."""
    if marks.loud[index]:
        return (index,)
    if marks.is_quiet(index):
        return tuple(range(index, marks.after[index]))
    chain = [index]
    while True:
        below = _visible(marks, chain[-1])
        if len(below) != 1 or marks.loud[below[0]] or marks.plan.operators[below[0]].link is not Link.CHILD:
            return tuple(chain)
        chain.append(below[0])


def _summary_line(marks: _Marks, stretch: tuple[int, ...], guides: str, level: int) -> Line | None:
    kinds = marks.judged.kinds
    working = [index for index in stretch if kinds[index] not in _SILENT and kinds[index] is not Kind.BOUNDARY]
    if len(working) < _COLLAPSE_FROM:
        return None
    names = Counter(marks.plan.operators[index].name for index in working)
    told = [
        f"{cut(name, _NAME_CHARS)} {TIMES}{many}" if many > 1 else cut(name, _NAME_CHARS)
        for name, many in names.most_common(_NAMES_IN_SUMMARY)
    ]
    rest = len(names) - len(told)
    is_native = all(kinds[index] is Kind.NATIVE for index in working)
    word = plural(len(working), "native operator" if is_native else "operator")
    return Line(
        guides=guides,
        level=min(level, _MAX_LEVEL),
        name=f"… {word}",
        arguments=", ".join(told)
        + (f" and {count(rest)} other kinds" if rest > 1 else " and 1 other kind" if rest else ""),
        kind=Kind.NATIVE.value if is_native else "",
        collapsed=len(working),
    )


def _operator_line(marks: _Marks, index: int, guides: str, following: str, level: int) -> Line | None:
    operator, kind = marks.plan.operators[index], marks.judged.kinds[index]
    leaf = not marks.plan.children[index]
    if kind in _SILENT and index not in marks.findings and not leaf and operator.link is Link.CHILD:
        return None
    finding = marks.findings.get(index)
    share = share_of(finding) if finding is not None else ("", None)
    return Line(
        guides=guides,
        level=min(level, _MAX_LEVEL),
        name=cut(operator.name, _NAME_CHARS),
        arguments=cut(operator.arguments, _ARGUMENT_CHARS) if marks.loud[index] else "",
        kind=kind.value,
        island=marks.island_of[index],
        cause=finding.cause if finding is not None else "",
        why=why_here(finding) if finding is not None else "",
        share=share[0],
        share_percent=share[1],
        note=", ".join(_notes(marks, index)),
        continues=following + ("│ " if len(_visible(marks, index)) > 1 else ""),
    )


def _notes(marks: _Marks, index: int) -> list[str]:
    operator, kind = marks.plan.operators[index], marks.judged.kinds[index]
    notes = []
    if operator.link is Link.SUBQUERY:
        notes.append("subquery")
    if operator.link is Link.CACHED:
        notes.append("plan of the cache")
    if kind in _NOTES:
        notes.append(_NOTES[kind])
    if not marks.judged.ran[index] and marks.loud[index]:
        notes.append("did not run here")
    return notes
