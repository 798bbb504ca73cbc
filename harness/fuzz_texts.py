"""Fuzzed explain texts: grown plans in Spark's formats with the engine's explanation, damaged as people damage them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fuzz_trees import ODD, Grown, grown_plan

if TYPE_CHECKING:
    from random import Random

__all__ = ["damaged", "explain_text", "printed"]

_Due: TypeAlias = tuple[Grown | str, int, tuple[bool, ...], int]
"""What is still to be printed: a node or a marker, its depth, whether each level above was a last child, its indentation."""

_PIECES = (
    "== Physical Plan ==", "+- == Final Plan ==", "+- == Initial Plan ==", "+- == Current Plan ==",
    "AdaptiveSparkPlan isFinalPlan=false", "+- ", ":- ", ":  ", "   ", "", "Filter (a#1", "*(2) Project [a#1]",
    "(1) Scan csv", "Output [1]: [a#1]", "Arguments: a",
    "Subquery:1 Hosting operator id = 1 Hosting Expression = Subquery subquery#5, [id=#50]", "===== Subqueries =====",
    "== Photon Explanation ==", "Reference node:", "Unsupported node: Sort.",
    "Photon does not fully support the query because:", "The query is fully supported by Photon.",
    "Subquery subquery#1, [id=#2]", "+- InMemoryRelation [a#1], StorageLevel(disk, memory, deserialized, 1 replicas)",
    "LocalTableScan [a#1]", "Execute CreateViewCommand", "// MAGIC ", "# ", "```", "Project (3)", "'",
    "== Optimized Logical Plan ==", "Reused operator id: 3", "<pre>", "&nbsp;+- Sort", "scala> ", "|", "1  ", "> ",
)  # fmt: skip
_REASONS = (
    "\tsequence(cast(a#1 as date), b#2, Some(UTC)) is not supported:\n\t\tExpression sequence does not support DateType.\n",
    "\t\tUnsupported node: CollectLimit 21.\n",
    "\tUnsupported expression(s): soundex(a#1), UDF(b#2).\n",
    "\t\tUnsupported aggregation function approx_percentile for aggregation mode: Partial.\n",
    "\tsome words that nobody foresaw\n",
)
_REFERENCES = (
    "CollectLimit 21",
    "Generate explode(sequence(a#1, b#2)), [c#3], false, [d#4]",
    "Project [soundex(a#1)]",
    "Sort",
)
_LINE_PREFIXES = ("// MAGIC ", "-- ", "# ", "> ", "|", "  ", "\t", "* ", "- ", "12  ", "%")


def printed(root: Grown, number: dict[int, int] | None = None) -> list[str]:
    """The tree's lines as Spark prints them; ``number`` maps a node's identity to its operator number in formatted mode."""
    lines: list[str] = []
    stack: list[_Due] = [(root, 0, (), 0)]
    while stack:
        node, depth, last, indent = stack.pop()
        if isinstance(node, str):
            lines.append("   " * depth + f"+- == {node} Plan ==")
            continue
        lead = "   " * indent
        if depth:
            lead += "".join("   " if one else ":  " for one in last[:-1]) + ("+- " if last[-1] else ":- ")
        text = (
            f"{node.name} {node.words}".rstrip()
            if number is None
            else f"{node.name.split(' ')[0]} ({number[id(node)]})"
        )
        lines.append(lead + text)
        below: list[_Due] = []
        guides = (*last, not node.children)
        below += [(one, depth + 2, (*guides, at == len(node.inner)), indent) for at, one in enumerate(node.inner, 1)]
        below += [
            (one, depth + 1, (*last, at == len(node.children)), indent) for at, one in enumerate(node.children, 1)
        ]
        for title, copy in node.copies:
            below += [(title, depth, (), indent), (copy, 0, (), indent + depth + 1)]
        stack += reversed(below)
    return lines


def _nodes(root: Grown) -> list[Grown]:
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += [*node.children, *node.inner, *(copy for _, copy in node.copies)]
    return found


def _formatted(root: Grown, chance: Random) -> str:
    nodes = _nodes(root)
    number = {id(node): at for at, node in enumerate(reversed(nodes), 1)}
    hosts = [node for node in nodes if node.inner]
    subqueries = [(number[id(host)], inner) for host in hosts for inner in host.inner]
    for host in hosts:
        host.inner = []
    text = "== Physical Plan ==\n" + "\n".join(printed(root, number)) + "\n\n\n"
    for node in reversed(nodes):
        scope = f" [codegen id : {chance.randrange(1, 5)}]" if chance.random() < 0.4 else ""
        text += f"({number[id(node)]}) {node.name}{scope}\n"
        for label in chance.sample(
            ("Output [1]", "Input [2]", "Arguments", "Batched", "Condition", "Functions [1]", "Aggregate Attributes"), 2
        ):
            text += f"{label}: {node.words}\n"
        text += "\n"
    if subqueries:
        text += "\n===== Subqueries =====\n\n"
    for at, (host_number, inner) in enumerate(subqueries, 1):
        text += f"Subquery:{at} Hosting operator id = {host_number} Hosting Expression = {inner.name}\n"
        text += "\n".join(printed(inner, number)) + "\n\n\n"
    return text


def _explanation(chance: Random) -> str:
    verdict = chance.choice(
        (
            "The query is fully supported by Photon.",
            "Commands are not directly photonized.",
            "Photon does not fully support the query because:\n",
        )
    )
    text = f"\n\n== Photon Explanation ==\n{verdict}\n"
    if verdict.endswith("\n"):
        for _ in range(chance.randrange(3)):
            text += chance.choice(_REASONS)
            text += f"\nReference node:\n\t{chance.choice(_REFERENCES)}\n\n" if chance.random() < 0.8 else ""
    return text


def _lines_moved(lines: list[str], chance: Random) -> list[str]:
    at = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            return lines[:at] + lines[at + chance.randint(1, 4) :]
        case 1:
            return [*lines[:at], chance.choice(lines), *lines[at:]]
        case 2:
            part = lines[at : at + 6]
            chance.shuffle(part)
            return lines[:at] + part + lines[at + 6 :]
        case 3:
            return lines[:at]
        case 4:
            return [*lines[:at], chance.choice(_PIECES), *lines[at:]]
        case _:
            prefix = chance.choice(_LINE_PREFIXES)
            return [prefix + line for line in lines]


def _line_changed(line: str, chance: Random) -> str:
    place = chance.randrange(len(line) + 1)
    match chance.randrange(6):
        case 0:
            return " " * chance.randint(0, 9) + line.lstrip(chance.choice((" ", " :", " :+-")))
        case 1:
            return line[:place]
        case 2:
            return line.replace(" ", chance.choice(("\t", "", "  ", "\u00a0")), chance.randint(1, 5))
        case 3:
            return line[:place] + chance.choice(ODD) + line[place:]
        case 4:
            return line.swapcase()
        case _:
            return chance.choice(_PIECES) + line


def damaged(text: str, chance: Random) -> str:
    """``text`` after a few accidents: lines lost, doubled, moved, re-indented, cut, and characters of other scripts."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 5)):
        if chance.random() < 0.55:
            lines = _lines_moved(lines, chance) or [""]
        else:
            at = chance.randrange(len(lines))
            lines[at] = _line_changed(lines[at], chance)
    return chance.choice(("\n", "\n", "\n", "\n", "\r\n", "\\n")).join(lines)


def explain_text(chance: Random) -> str:
    """One input: simple, extended, cost or formatted; three in five damaged."""
    root = grown_plan(chance, chance.choice((1, 3, 6, 10, 16, 25)))
    form = chance.randrange(5)
    if form == 0:
        text = _formatted(root, chance)
    else:
        text = "== Physical Plan ==\n" + "\n".join(printed(root)) + "\n"
        if form == 1:
            logical = "\n".join(printed(grown_plan(chance, 5)))
            text = (
                f"== Parsed Logical Plan ==\n'{logical}\n\n"
                f"== Optimized Logical Plan ==\n{logical}, Statistics(sizeInBytes=8.0 EiB)\n\n{text}"
            )
    if chance.random() < 0.4:
        text += _explanation(chance)
    return damaged(text, chance) if chance.random() < 0.6 else text
