"""One region of a printed tree whose guides are its own, with the places in it where a next line may hang.

Spark prints a tree depth first. A node printed behind ``:-`` has siblings to come, one behind ``+-`` has none; so at any line
it is known where the next one can hang: below the line before it, or at the deepest place that still awaits a sibling. Every
tree below a marker line (``+- == Final Plan ==``) starts such a region anew: its indentation does not accumulate, and at the
third level of nesting it can stand further left than the region around it.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from clusop.plan.text.rawtree import RawNode
from clusop.plan.text.treeline import is_inner_like, is_leaf_like

if TYPE_CHECKING:
    from clusop.plan.reading import Phase
    from clusop.plan.text.treeline import Branch, TreeLine

__all__ = ["Entry", "Frame", "Place"]

_LEVEL = "   "
_GUIDE = ":  "


class Place(NamedTuple):
    """A place to hang a node: the position of its parent in the frame (-1: none), and how the node stands to it."""

    position: int
    inner: bool = False
    children_follow: bool = False
    """For an inner child: ordinary children of the same parent are still to come."""
    fills: int = -1
    """Which of the awaited places this is, -1 where the column tells."""


class Entry(NamedTuple):
    """A node on the way from the frame's root to the last line; ``below`` is what precedes its children's connectors."""

    node: int
    below: str
    leaf: bool


_new_entry = tuple.__new__  # past the Python code of a NamedTuple's own


class Frame:
    """The open places of one region. ``owner`` is the node its root hangs on, ``marker_column`` where its marker stood."""

    __slots__ = (
        "_awaiting",
        "_awaiting_at",
        "_columns",
        "base",
        "entries",
        "marker_column",
        "owner",
        "phase",
        "unindented",
    )

    def __init__(self, owner: int, phase: Phase | None, marker_column: int, base: int) -> None:
        self.owner = owner
        self.phase = phase
        self.marker_column = marker_column
        self.base = base
        self.entries: list[Entry] = []
        # Guides under which lines of several levels were seen: their indentation is lost, only their order tells.
        self.unindented: str | None = None
        self._columns: list[int] = []
        self._awaiting: list[tuple[int, str]] = []
        self._awaiting_at: dict[int, list[int]] = {}

    @property
    def awaits(self) -> bool:
        """Whether a sibling announced by ``:-`` has not come yet."""
        return bool(self._awaiting)

    @property
    def complete(self) -> bool:
        """Whether nothing more need come here: the last node is a leaf and no sibling was announced."""
        return not self._awaiting and bool(self.entries) and self.entries[-1].leaf

    def plant(self, node: int, line: TreeLine) -> None:
        """Start the frame's tree with ``node``."""
        self.clear()
        self.base = len(line.guides)
        below = line.guides if not line.connector else self._below(line)
        column = self.base if line.connector else self.base - 1
        self._push(Entry(node, below, is_leaf_like(line.body)), column)

    def clear(self) -> None:
        """Forget every open place."""
        self.entries.clear()
        self._columns.clear()
        self._awaiting.clear()
        self._awaiting_at.clear()

    def run_down(self, lines: list[Branch | None], start: int, nodes: list[RawNode], most: int) -> int:
        """Hang the lines from ``start`` on while each is the child printed right below the one before; returns the next.

        The last line must have been in this frame. Nearly every line is such a child, hence one loop that calls little. No
        sibling can be awaited below such a parent yet. At most ``most`` lines are taken.
        """
        entries, columns, unindented = self.entries, self._columns, self.unindented
        if not entries:
            return start
        last, column = entries[-1], columns[-1]
        parent, below, leaf = last.node, last.below, last.leaf
        number = start
        for number in range(start, end := min(len(lines), start + most)):
            line = lines[number]
            if leaf or line is None:
                return number
            guides, connector, body = line
            if guides != below or guides == unindented or not "A" <= body[:1] <= "Z":
                return number
            below = guides + _LEVEL
            if connector == ":-":
                self._await(len(entries) - 1, guides)
                below = guides + _GUIDE
            column = max(column, len(guides))
            leaf = is_leaf_like(body)
            nodes.append(RawNode(body, parent))
            parent = len(nodes) - 1
            entries.append(_new_entry(Entry, (parent, below, leaf)))
            columns.append(column)
        return max(number, end)

    def exact(self, line: TreeLine, *, newest: bool) -> Place | None:
        """Where an undamaged text hangs ``line``; ``newest`` says that the line before it was in this frame."""
        if not self.entries:
            return None
        guides = line.guides
        if guides == self.unindented:
            return self.by_order(line, newest=newest)
        if newest:
            last = self.entries[-1]
            if guides == last.below and not last.leaf:
                return Place(len(self.entries) - 1)
            if len(guides) == len(last.below) + len(_LEVEL) and guides.startswith(last.below):
                step = guides[-len(_LEVEL) :]
                # A leaf has inner children at most: no ordinary ones can follow them.
                if step == _LEVEL or (step == _GUIDE and not last.leaf):
                    return Place(len(self.entries) - 1, inner=True, children_follow=step == _GUIDE)
        if self._awaiting and self._awaiting[-1][1] == guides:
            position = self._awaiting[-1][0]
            return Place(position, inner=self._is_inner(position, guides), fills=len(self._awaiting) - 1)
        return None

    def awaited_at(self, line: TreeLine, *, same_guides: bool) -> Place | None:
        """A place that awaits a sibling in the column of ``line``, though not the deepest one: lines in between are lost."""
        found = self._awaiting_at.get(len(line.guides))
        if not found:
            return None
        position, guides = self._awaiting[found[-1]]
        if same_guides and guides != line.guides:
            return None
        return Place(position, inner=self._is_inner(position, guides), fills=found[-1])

    def by_order(self, line: TreeLine, *, newest: bool) -> Place:
        """Where the next node hangs when indentation says nothing: depth first, a leaf has no children but inner ones."""
        last = self.entries[-1]
        if not newest and self._awaiting:
            return Place(self._awaiting[-1][0], fills=len(self._awaiting) - 1)
        if is_inner_like(line.body):
            return Place(len(self.entries) - 1, inner=True, children_follow=not last.leaf)
        if not last.leaf:
            return Place(len(self.entries) - 1)
        if self._awaiting:
            return Place(self._awaiting[-1][0], fills=len(self._awaiting) - 1)
        return Place(max(len(self.entries) - 2, 0))

    def nearest(self, column: int) -> Place:
        """The deepest node whose connector stands left of ``column``; position -1 where none does."""
        return Place(bisect_left(self._columns, column) - 1)

    def hang(self, node: int, line: TreeLine, place: Place) -> int:
        """Put ``node`` at ``place`` and return its parent."""
        parent = self.entries[place.position]
        del self.entries[place.position + 1 :]
        del self._columns[place.position + 1 :]
        while self._awaiting and self._awaiting[-1][0] > place.position:
            self._forget_awaiting()
        guides = line.guides
        known = self._settle(place, guides)
        if place.inner and place.children_follow and not known:
            self._await(place.position, parent.below)
        if line.connector == ":-":
            self._await(place.position, guides)
        column = max(len(guides), self._columns[-1])
        self._push(Entry(node, self._below(line), is_leaf_like(line.body)), column)
        return parent.node

    def _settle(self, place: Place, guides: str) -> bool:
        """Close the place that is filled and those abandoned with it; whether it was awaited."""
        index = place.fills
        if index < 0:
            found = self._awaiting_at.get(len(guides))
            if not found or self._awaiting[found[-1]][0] != place.position:
                return False
            index = found[-1]
        while len(self._awaiting) > index:
            self._forget_awaiting()
        return True

    def _await(self, position: int, guides: str) -> None:
        self._awaiting_at.setdefault(len(guides), []).append(len(self._awaiting))
        self._awaiting.append((position, guides))

    def _forget_awaiting(self) -> None:
        _, guides = self._awaiting.pop()
        self._awaiting_at[len(guides)].pop()

    def _is_inner(self, position: int, guides: str) -> bool:
        return len(guides) > len(self.entries[position].below)

    def _push(self, entry: Entry, column: int) -> None:
        self.entries.append(entry)
        self._columns.append(column)

    @staticmethod
    def _below(line: TreeLine) -> str:
        return line.guides + (_GUIDE if line.connector == ":-" else _LEVEL)
