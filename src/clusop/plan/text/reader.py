"""Spark's explain text to a :class:`~clusop.plan.reading.PlanReading`: every mode, before and after AQE, damaged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.plan.reading import ABSENT, Explanation, Phase, PlanReading, PlanSource
from clusop.plan.text.canonical import canonical_plan
from clusop.plan.text.explanation import explanation_grammar, read_explanation
from clusop.plan.text.grow import MAX_DEPTH, MAX_NODES
from clusop.plan.text.headings import Heading
from clusop.plan.text.lines import clean_lines
from clusop.plan.text.physical import divide_physical, tree_of_details
from clusop.plan.text.printed import read_printed_tree
from clusop.plan.text.repair import repair
from clusop.plan.text.sections import Section, divide
from clusop.plan.text.steps import Steps
from clusop.plan.text.treeline import branch_of
from clusop.reasons import Reason

if TYPE_CHECKING:
    from clusop.plan.text.physical import Detail
    from clusop.plan.text.rawtree import RawTree

__all__ = ["MAX_TEXT_CHARS", "read_explain_text"]

MAX_TEXT_CHARS = 10_000_000
_LOGICAL_NODE = re.compile(
    r"'|(?:Relation|RelationV2|SubqueryAlias|LocalRelation|LogicalRelation|LogicalRDD|HiveTableRelation|OneRowRelation|"
    r"Join|Aggregate|View|UnresolvedRelation|LeafNode)\b",
    re.ASCII,
)


def read_explain_text(text: str, steps: Steps | None = None) -> PlanReading:
    """Read what ``EXPLAIN``, ``df.explain()`` or an event log's ``physicalPlanDescription`` says of one query.

    Of several physical plans the last that shows a tree is taken: a notebook prints the plan it is about last. Of an
    adaptive plan the final copy is judged, else the initial, else the current one. Never raises; what cannot be read has a
    reason. ``steps`` counts the work for tests; it grows linearly with the text. At most 10 million characters, 100,000
    operators and 10,000 levels are read.
    """
    steps = steps if steps is not None else Steps()
    if len(text) > MAX_TEXT_CHARS:
        return _refused(Reason("too-large", f" ({len(text):,} characters; at most {MAX_TEXT_CHARS:,})"))
    repaired = repair(text, steps)
    lines, removed = clean_lines(repaired.text, steps)
    sections = divide(lines, explanation_grammar().title, steps)
    if not any(any(section.lines) for section in sections):
        return _refused(Reason("empty"))
    candidates = _candidates(sections)
    for number in candidates:
        reading = _read_section(sections, number, steps)
        if reading is not None:
            return _with_damage(reading, (*repaired.damages, *removed))
    return _without_plan(sections, steps)


def _candidates(sections: list[Section]) -> list[int]:
    """The sections that may hold the plan, the best first: physical plans from the last, what has no heading, compiled stages."""
    order = [n for n, section in enumerate(sections) if section.heading is Heading.PHYSICAL][::-1]
    if sections[0].heading is None and not any(s.heading is Heading.SUBTREE for s in sections):
        order.append(0)
    stages = [n for n, section in enumerate(sections) if section.heading is Heading.SUBTREE]
    return order + sorted(stages, key=lambda n: (-len(sections[n].lines), -n))


def _read_section(sections: list[Section], number: int, steps: Steps) -> PlanReading | None:
    """The plan in one section with the explanation that follows it; ``None`` where it shows no physical tree."""
    section = sections[number]
    headed = section.heading is not None
    if not headed and _is_logical(section.lines):
        return None
    physical = divide_physical(section.lines, steps, headed=headed)
    trees = [read_printed_tree(printed, steps) for printed in physical.trees]
    if not trees[0].nodes:
        trees[0] = tree_of_details(physical.details)
    if not trees[0].nodes:
        return None
    explanation = _explanation_after(sections, number, steps)
    if any(tree.too_large for tree in trees) or sum(len(tree.nodes) for tree in trees) > MAX_NODES:
        limits = f" (more than {MAX_NODES:,} operators or {MAX_DEPTH:,} levels)"
        return _refused(Reason("too-large", limits), explanation)
    return _plan_of(section, trees, physical.details, explanation, steps)


def _plan_of(
    section: Section, trees: list[RawTree], details: dict[int, Detail], explanation: Explanation, steps: Steps
) -> PlanReading:
    made = canonical_plan(trees, details, steps)
    problems: list[Reason] = []
    if section.heading is None:
        problems.append(Reason("missing-header"))
    if any(tree.truncated_top for tree in trees):
        problems.append(Reason("truncated-top"))
    lost = []
    if any(tree.truncated_bottom for tree in trees) or made.childless:
        lost.append("an operator's input is not shown")
    if made.homeless:
        lost.append("the operator that uses a subquery is not shown")
    if section.heading is Heading.SUBTREE:
        lost.append("only one compiled stage is shown")
    if lost:
        problems.append(Reason("truncated-plan", f" ({'; '.join(lost)})"))
    if any(tree.wrapped for tree in trees):
        problems.append(Reason("wrapped-lines"))
    if any(tree.irregular for tree in trees):
        problems.append(Reason("irregular-indentation"))
    if made.missing_details:
        count = made.missing_details
        problems.append(Reason("missing-details", f" ({count} operator{'s' if count > 1 else ''})"))
    return PlanReading(made.plan, made.phase, PlanSource.EXPLAIN_TEXT, explanation, tuple(problems))


def _explanation_after(sections: list[Section], number: int, steps: Steps) -> Explanation:
    """The explanation between this plan and the next one; of a text without headings, the last there is."""
    for section in sections[number + 1 :]:
        if section.heading is Heading.EXPLANATION:
            return read_explanation(section.lines, steps)
        if section.heading is Heading.PHYSICAL:
            break
    return ABSENT


def _is_logical(lines: list[str]) -> bool:
    """Whether lines without heading show a logical plan: it has nodes that no physical plan has, outside any command."""
    bodies = [branch.body for line in lines if (branch := branch_of(line)) is not None]
    if not any(_LOGICAL_NODE.match(body) for body in bodies):
        return False
    return not any(line.lstrip("*( 0123456789)").startswith("Execute ") for line in lines)


def _without_plan(sections: list[Section], steps: Steps) -> PlanReading:
    explanation = _explanation_after(sections, -1, steps)
    if any(s.heading is Heading.LOGICAL for s in sections) or _is_logical(sections[0].lines):
        return _refused(Reason("logical-only"), explanation)
    detail = " (an explanation without its plan)" if explanation is not ABSENT else ""
    return _refused(Reason("unreadable", detail), explanation)


def _with_damage(reading: PlanReading, damages: tuple[str, ...]) -> PlanReading:
    if not damages:
        return reading
    words = ", ".join(dict.fromkeys(damages))
    problems = (*reading.problems, Reason("repaired-text", f" ({words})"))
    return PlanReading(reading.plan, reading.phase, reading.source, reading.explanation, problems)


def _refused(reason: Reason, explanation: Explanation = ABSENT) -> PlanReading:
    return PlanReading(None, Phase.STATIC, PlanSource.EXPLAIN_TEXT, explanation, (reason,))
