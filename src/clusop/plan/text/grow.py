"""Grows a tree from its printed lines: each line is hung where an undamaged print has it, or else where it fits best."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.plan.node import ROOT
from clusop.plan.reading import Phase
from clusop.plan.text.frame import Frame, Place
from clusop.plan.text.rawtree import RawNode, RawTree
from clusop.plan.text.treeline import is_inner_like, operator_text

if TYPE_CHECKING:
    from clusop.plan.text.treeline import Branch, TreeLine

__all__ = ["MAX_DEPTH", "MAX_NODES", "Grower"]

MAX_NODES = 100_000
MAX_DEPTH = 10_000
_FRAMES_TRIED = 32
"""So many regions around a line are tried before it is taken for damaged; keeps the work linear on hostile input."""
_COMMAND = re.compile(r"Execute |[A-Z]\w*Command(?:Result)?\b|Command", re.ASCII)
_ADAPTIVE = "AdaptiveSparkPlan"


class Grower:
    """Takes the lines of one tree in order. ``flat`` says that the text has lost all indentation."""

    def __init__(self, tree: RawTree, *, flat: bool) -> None:
        self._tree = tree
        self._flat = flat
        self._frames = [Frame(ROOT, None, 0, 0)]
        self._root_expected = True
        self._command_shown = False
        self._searched = 0

    @property
    def root_expected(self) -> bool:
        """Whether the next line starts a tree: the very first one, or the one after a marker."""
        return self._root_expected

    @property
    def unfinished(self) -> bool:
        """Whether a node announced by the lines so far never came."""
        return any(frame.awaits for frame in self._frames[-_FRAMES_TRIED:]) or (
            self._root_expected and bool(self._tree.nodes)
        )

    def root(self, line: TreeLine) -> None:
        """Hang a line without connector as the root of the current region."""
        frame = self._frames[-1]
        self._root_expected = False
        frame.plant(self._add(line, frame.owner, phase=frame.phase), line)

    def marker(self, line: TreeLine, phase: Phase) -> None:
        """Begin the region below a marker line."""
        column = len(line.guides)
        owner = self._owner_of_marker(column, phase)
        self._frames.append(Frame(owner, phase, column, column))
        self._root_expected = True
        if len(self._frames) > MAX_DEPTH:
            self._tree.too_large = True

    def branch(self, line: TreeLine) -> None:
        """Hang a line with a connector."""
        if self._root_expected:
            frame = self._frames[-1]
            # Below a marker without an owner only the adaptive wrapper is lost; without a marker it is anyone's guess what.
            self._tree.truncated_top |= frame.phase is None
            self.root(line)
            return
        if self._flat:
            self._hang_by_order(line)
            return
        if not self._hang_where_printed(line):
            self._hang_nearby(line)

    def run_down(self, lines: list[Branch | None], start: int) -> int:
        """Hang the lines from ``start`` on while each is the child printed right below the one before; returns the next."""
        if self._flat or self._root_expected:
            return start
        nodes, frame = self._tree.nodes, self._frames[-1]
        most = min(MAX_DEPTH - len(frame.entries), MAX_NODES - len(nodes)) + 1
        number = frame.run_down(lines, start, nodes, most)
        self._tree.too_large |= len(nodes) > MAX_NODES or len(frame.entries) > MAX_DEPTH
        return number

    def _hang_by_order(self, line: TreeLine) -> None:
        top = len(self._frames) - 1
        number = top
        if self._frames[top].complete:
            lowest = max(top - _FRAMES_TRIED, -1)
            number = next((n for n in range(top, lowest, -1) if self._frames[n].awaits), top)
        self._close_above(number)
        self._hang(self._frames[number], line, self._frames[number].by_order(line, newest=number == top))

    def _hang_where_printed(self, line: TreeLine) -> bool:
        top = len(self._frames) - 1
        lowest = max(top - _FRAMES_TRIED, -1)
        for number in range(top, lowest, -1):
            place = self._frames[number].exact(line, newest=number == top)
            if place is not None:
                self._close_above(number)
                self._hang(self._frames[number], line, place)
                return True
        return False

    def _hang_nearby(self, line: TreeLine) -> None:
        top = len(self._frames) - 1
        lowest = max(top - _FRAMES_TRIED, -1)
        for same_guides in (True, False):
            for number in range(top, lowest, -1):
                place = self._frames[number].awaited_at(line, same_guides=same_guides)
                if place is not None:
                    self._close_above(number)
                    self._tree.irregular |= not same_guides
                    self._tree.truncated_bottom |= same_guides
                    self._hang(self._frames[number], line, place)
                    return
        column = len(line.guides)
        around = next((n for n in range(top, lowest, -1) if self._frames[n].base <= column), 0)
        frame = self._frames[around]
        self._close_above(around)
        if not line.guides.strip() and column <= frame.base and frame.entries and not self._tree.truncated_top:
            frame.unindented = line.guides
            place = frame.by_order(line, newest=around == top)
        else:
            place = frame.nearest(column)
        self._tree.irregular |= place.position >= 0
        self._hang(frame, line, place)

    def _hang(self, frame: Frame, line: TreeLine, place: Place) -> None:
        if place.position < 0:
            # Its parent is in the part of the text that is lost.
            self._tree.truncated_top = True
            frame.plant(self._add(line, frame.owner, phase=frame.phase), line)
            return
        above = self._tree.nodes[frame.entries[place.position].node].body
        if place.inner and not (
            self._shows_command() or is_inner_like(line.body) or above.startswith("InMemoryRelation")
        ):
            # Only subqueries, caches and a command's logical plan are printed so deep: the line between is lost.
            self._tree.truncated_bottom = True
        node = len(self._tree.nodes)
        parent = frame.hang(node, line, place)
        self._add(line, parent, inner=place.inner)
        if len(frame.entries) > MAX_DEPTH:
            self._tree.too_large = True

    def _close_above(self, number: int) -> None:
        del self._frames[number + 1 :]

    def _add(self, line: TreeLine, parent: int, *, inner: bool = False, phase: Phase | None = None) -> int:
        nodes = self._tree.nodes
        nodes.append(RawNode(line.body, parent, inner, phase))
        if len(nodes) > MAX_NODES:
            self._tree.too_large = True
        return len(nodes) - 1

    def _shows_command(self) -> bool:
        """Whether a command was hung so far. Each node is asked once, and only where somebody wants to know."""
        if not self._command_shown:
            unsearched = self._tree.nodes[self._searched :]
            self._command_shown = any(_COMMAND.match(node.body) for node in unsearched)
            self._searched += len(unsearched)
        return self._command_shown

    def _owner_of_marker(self, column: int, phase: Phase) -> int:
        """The adaptive node a marker belongs to.

        It follows that node's line directly, except the initial plan's, which follows the other plan's whole tree. Columns
        alone do not tell: two nested plans can have their markers in the same column, so the innermost plan that still
        lacks its initial one is taken.
        """
        nodes = self._tree.nodes
        if nodes and not self._root_expected and operator_text(nodes[-1].body)[1].startswith(_ADAPTIVE):
            return len(nodes) - 1
        top = len(self._frames) - 1
        candidates = [
            number
            for number in range(top, max(top - _FRAMES_TRIED, -1), -1)
            if self._frames[number].phase not in {None, Phase.INITIAL, phase}
        ]
        if phase is Phase.INITIAL and candidates:
            chosen = next((n for n in candidates if self._frames[n].marker_column == column), candidates[0])
            owner = self._frames[chosen].owner
            del self._frames[chosen:]
            if not self._frames:
                self._frames.append(Frame(ROOT, None, 0, 0))
            return owner
        self._tree.irregular |= bool(nodes)
        return ROOT
