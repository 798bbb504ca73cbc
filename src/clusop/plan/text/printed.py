"""Reads the lines of one printed tree: tells branches, roots, markers, wrapped arguments and prose apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.plan.text.grow import Grower
from clusop.plan.text.headings import phase_marker
from clusop.plan.text.rawtree import RawTree
from clusop.plan.text.treeline import (
    TreeLine,
    branches_of,
    is_leaf_like,
    looks_like_operator,
    names_something,
    root_of_tree,
    split_number,
)

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps
    from clusop.plan.text.treeline import Branch

__all__ = ["PrintedTree", "read_printed_tree"]

_BEFORE_MARKER = frozenset("=* ")
_OPENING = "([{"
_CLOSING = ")]}"


class PrintedTree:
    """The lines of one tree, collected until it is known where it ends. ``headed``: a heading stood right above it."""

    def __init__(self, *, headed: bool, host: int | None = None, hosting: str = "") -> None:
        self.headed = headed
        self.host = host
        self.hosting = hosting
        self.lines: list[str] = []
        self.blank = True

    def add(self, line: str) -> None:
        """Take the next line."""
        self.lines.append(line)
        self.blank = self.blank and not line


def read_printed_tree(printed: PrintedTree, steps: Steps) -> RawTree:
    """Grow the tree that ``printed`` shows; a tree without nodes where it shows none."""
    tree = RawTree(host=printed.host, hosting=printed.hosting)
    lines = printed.lines
    steps.add(sum(map(len, lines)) + len(lines))
    branches = branches_of(lines)
    shown = branches
    if all(branch is None for branch in branches):
        lines, branches = _indented_only(lines, tree)
    start = _start(lines, branches, headed=printed.headed)
    if start < 0:
        return tree
    _grow(lines, branches, start, tree, flat=False)
    if tree.irregular and _is_flat(shown):
        tree = RawTree(host=printed.host, hosting=printed.hosting, irregular=True)
        steps.add(sum(map(len, lines)) + len(lines))
        _grow(lines, branches, start, tree, flat=True)
    return tree


def _is_flat(shown: list[Branch | None]) -> bool:
    """Whether every line starts at the margin: the indentation is lost, the order of the lines is all there is."""
    guides_of_named = [guides for guides, _, body in filter(None, shown) if names_something(body)]
    return len(guides_of_named) > 1 and not any(guides.startswith(" ") for guides in guides_of_named)


class _LineReader:
    """Takes the lines of a tree in order and tells the grower what each of them is."""

    def __init__(self, tree: RawTree, *, flat: bool) -> None:
        self._tree = tree
        self._grower = Grower(tree, flat=flat)
        self._loose: list[str] = []
        self._after_blank = False

    def take(self, line: str, parts: Branch | None) -> None:
        """Read one line; ``parts`` are its parts if it has a connector."""
        grower = self._grower
        branch = None if parts is None else TreeLine(*parts)
        if branch is not None and "A" <= branch.body[:1] <= "Z":
            # Nearly every line: nothing more is asked.
            self._branch(branch)
            self._after_blank = False
            return
        if not line:
            self._after_blank = bool(self._tree.nodes) and not grower.root_expected
            return
        if not self._plant(line, branch) and self._tree.nodes and not grower.root_expected:
            # Prose below the tree is not part of it; lines between branches are.
            if not self._after_blank:
                self._loose.append(line)
            return
        self._loose.clear()
        self._after_blank = False

    def _plant(self, line: str, branch: TreeLine | None) -> bool:
        text = branch.body if branch is not None else line
        marker = phase_marker(text.strip("* ")) if text[:1] in _BEFORE_MARKER else None
        if marker is not None:
            self._grower.marker(branch or root_of_tree(line), marker)
        elif branch is not None and names_something(branch.body):
            self._branch(branch)
        elif self._grower.root_expected and branch is None and names_something(line.strip()):
            self._grower.root(root_of_tree(line))
        else:
            return False
        return True

    def _branch(self, branch: TreeLine) -> None:
        if self._loose:
            _wrap(self._tree, self._loose)
        self._grower.branch(branch)

    def run_down(self, branches: list[Branch | None], start: int) -> int:
        """Read the lines from ``start`` on while all is as an undamaged text prints it; returns the next line's number."""
        if self._loose or self._tree.too_large:
            return start
        number = self._grower.run_down(branches, start)
        self._after_blank = self._after_blank and number == start
        return number

    def finish(self) -> None:
        """End the tree: what its last operator leaves open is missing."""
        if self._loose and self._tree.nodes and _unbalanced(self._tree.nodes[-1].body):
            _wrap(self._tree, self._loose)
        self._tree.truncated_bottom |= self._grower.unfinished


def _grow(lines: list[str], branches: list[Branch | None], start: int, tree: RawTree, *, flat: bool) -> None:
    reader = _LineReader(tree, flat=flat)
    number = start
    while number < len(lines):
        if tree.too_large:
            return
        reader.take(lines[number], branches[number])
        number = reader.run_down(branches, number + 1)
    reader.finish()


def _wrap(tree: RawTree, loose: list[str]) -> None:
    """Lines without connector that stand between branches are arguments of the operator above, wrapped."""
    tree.wrapped = True
    for line in loose:
        tree.nodes[-1].extend(line.lstrip(" :"))
    loose.clear()


def _unbalanced(body: str) -> bool:
    opened = sum(body.count(sign) for sign in _OPENING) - sum(body.count(sign) for sign in _CLOSING)
    return opened > 0 and not body.endswith("...")


def _start(lines: list[str], branches: list[Branch | None], *, headed: bool) -> int:
    """The line at which the tree begins, -1 where there is none."""
    filled = [number for number, line in enumerate(lines) if line]
    first_branch = next((n for n in filled if branches[n] is not None), -1)
    if headed and filled and names_something(lines[filled[0]].strip()) and branches[filled[0]] is None:
        return filled[0]
    if first_branch < 0:
        return next((n for n in filled if _stands_alone(lines[n])), -1)
    above = next((n for n in range(first_branch - 1, -1, -1) if lines[n]), -1)
    if above >= 0 and looks_like_operator(lines[above].strip()):
        branch = branches[first_branch]
        indent = len(lines[above]) - len(lines[above].lstrip())
        if branch is not None and indent <= len(branch[0]):
            return above
    return first_branch


def _stands_alone(line: str) -> bool:
    """Whether a line is a whole plan of one operator: it shows columns with ids, or an operator number."""
    body = line.strip()
    if not looks_like_operator(body):
        return False
    return ("#" in body and "[" in body) or split_number(body)[1] is not None


def _indented_only(lines: list[str], tree: RawTree) -> tuple[list[str], list[Branch | None]]:
    """A tree whose connectors are lost, told by its indentation alone: each line an operator, the first the least indented."""
    branches: list[Branch | None] = [None] * len(lines)
    cleaned = [line.replace("- ", "  ", 1) if line.lstrip().startswith("- ") else line for line in lines]
    operators = [n for n, line in enumerate(cleaned) if line and looks_like_operator(line.strip())]
    shown = [n for n in operators if not is_leaf_like(cleaned[n].strip())]
    if len(operators) <= 1 or not shown or operators != list(range(operators[0], operators[-1] + 1)):
        return lines, branches
    indents = [len(cleaned[n]) - len(cleaned[n].lstrip()) for n in operators]
    if any(indent <= indents[0] for indent in indents[1:]):
        return lines, branches
    for number, indent in zip(operators[1:], indents[1:], strict=True):
        branches[number] = (" " * indent, "+-", cleaned[number].strip())
    tree.irregular = True
    return cleaned, branches
