"""Prints trees exactly as Spark's TreeNode.generateTreeString and AdaptiveSparkPlanExec do; the reader must undo it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Spec:
    """One node to print: children, inner children (printed two levels deeper), and copies under marker lines."""

    text: str
    children: list[Spec] = field(default_factory=list)
    inner: list[Spec] = field(default_factory=list)
    copies: list[tuple[str, Spec]] = field(default_factory=list)


def print_tree(spec: Spec) -> str:
    lines: list[str] = []
    _print(spec, 0, [], 0, lines)
    return "\n".join(lines)


def explain(spec: Spec) -> str:
    return f"== Physical Plan ==\n{print_tree(spec)}\n\n"


def _print(spec: Spec, depth: int, last_children: list[bool], indent: int, lines: list[str]) -> None:
    lead = "   " * indent
    if depth:
        lead += "".join("   " if last else ":  " for last in last_children[:-1])
        lead += "+- " if last_children[-1] else ":- "
    lines.append(lead + spec.text)
    for number, inner in enumerate(spec.inner):
        guides = [*last_children, not spec.children, number == len(spec.inner) - 1]
        _print(inner, depth + 2, guides, indent, lines)
    for number, child in enumerate(spec.children):
        _print(child, depth + 1, [*last_children, number == len(spec.children) - 1], indent, lines)
    for title, copy in spec.copies:
        # Spark's indentation does not accumulate here: it starts from this node's depth alone.
        lines.append("   " * depth + f"+- == {title} Plan ==")
        _print(copy, 0, [], depth + 1, lines)


def judged_edges(spec: Spec) -> list[tuple[str, str]]:
    """Names of parent and child in the reader's order: of the copies the best one, children before inner ones."""
    edges: list[tuple[str, str]] = []
    _walk(spec, "", edges)
    return edges


def _walk(spec: Spec, parent: str, edges: list[tuple[str, str]]) -> None:
    name = spec.text.partition(" ")[0]
    edges.append((parent, name))
    for child in spec.children:
        _walk(child, name, edges)
    ranked = sorted(spec.copies, key=lambda copy: ("Final", "Initial", "Current").index(copy[0]))
    for _, copy in ranked[:1]:
        _walk(copy, name, edges)
    for inner in spec.inner:
        _walk(inner, name, edges)
