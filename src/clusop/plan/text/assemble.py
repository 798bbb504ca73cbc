"""Collects the judged operators of all printed trees into one list, each under its parent, subqueries under their hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from clusop.plan.naming import MAX_ARGUMENT_CHARS, canonical_name
from clusop.plan.node import ROOT, Link
from clusop.plan.text.copies import judged_copies
from clusop.plan.text.treeline import operator_text, split_number

if TYPE_CHECKING:
    from clusop.plan.reading import Phase
    from clusop.plan.text.physical import Detail
    from clusop.plan.text.rawtree import RawTree

__all__ = ["ADAPTIVE", "Assembly", "Part"]

ADAPTIVE = "AdaptiveSparkPlan"
_CACHE = "InMemoryRelation"
_ELIDED = frozenset({_CACHE, "InputAdapter", "WholeStageCodegen"})
_SUBQUERIES = frozenset({"ReusedSubquery", "Subquery", "SubqueryAdaptiveBroadcast", "SubqueryBroadcast"})
_BROADCASTS = ("BroadcastExchange", "BroadcastQueryStage", "ReusedExchange")
_GONE = -2
# Members of an Enum are slow to look up in Python 3.11, and these are asked for at every operator.
_CHILD, _SUBQUERY = Link.CHILD, Link.SUBQUERY


_Text: TypeAlias = "tuple[int | None, str, int | None]"
"""The codegen number printed before a node, its text without marks and number, and its number."""


Part: TypeAlias = "tuple[str, str, int, Link, int | None, int | None]"
"""One judged operator: its name and arguments, the earlier part it hangs on and how, its number, and the codegen number
printed before it, 0 where it shows none. A plain tuple, since plans have thousands and each is looked at once or twice.
"""


class Assembly:
    """Takes the printed trees in order and keeps what is judged. ``details`` are formatted mode's blocks. ``phases`` are by
    the part of the adaptive node they were printed under.
    """

    def __init__(self, details: dict[int, Detail]) -> None:
        self.parts: list[Part] = []
        self.phases: dict[int, Phase] = {}
        self.missing_details = 0
        self.homeless = 0
        self._details = details
        self._formatted = False
        self._by_number: dict[int, int] = {}
        self._printed_numbers: set[int] = set()
        self._subqueries: set[tuple[str, str]] = set()

    def take(self, tree: RawTree) -> None:
        """Add the judged operators of one printed tree."""
        kept, chosen = judged_copies(tree.nodes)
        texts = self._texts(tree)
        top = self._below_host(tree)
        if top == _GONE:
            return
        # Where each raw node went: the part that its children hang on, and how they do.
        places: list[tuple[int, Link | None]] = []
        numbers: dict[int, int] = {}
        for node, text, keep in zip(tree.nodes, texts, kept, strict=True):
            above, link = (top, None) if node.parent == ROOT else places[node.parent]
            if not keep or above == _GONE:
                if text[2] is not None:
                    self._printed_numbers.add(text[2])
                places.append((_GONE, None))
                continue
            places.append(self._place(text, above, link, numbers, inner=node.inner))
        for owner, phase in chosen.items():
            index = places[owner][0] if owner != ROOT else next((i for i, _ in places if i >= 0), _GONE)
            if index >= 0:
                self.phases[index] = phase
        # Only now: a subquery hangs on a tree printed before its own, never within itself.
        for number, index in numbers.items():
            self._by_number.setdefault(number, index)

    def _texts(self, tree: RawTree) -> list[_Text]:
        """The nodes' texts; that they end in numbers counts only where most nodes of the plan itself do."""
        bodies = [node.body for node in tree.nodes]
        texts = [(None, body) if "A" <= body[:1] <= "Z" else operator_text(body) for body in bodies]
        numbered = [split_number(text) for _, text in texts]
        if tree.host is None:
            self._formatted = 2 * sum(1 for _, number in numbered if number is not None) > len(texts)
        if not self._formatted:
            return [(codegen, text, None) for codegen, text in texts]
        return [(codegen, rest, number) for (codegen, _), (rest, number) in zip(texts, numbered, strict=True)]

    def _place(
        self, text: _Text, above: int, link: Link | None, numbers: dict[int, int], *, inner: bool
    ) -> tuple[int, Link | None]:
        codegen, shown, number = text
        name, arguments = canonical_name(shown)
        if name in _ELIDED:
            return above, Link.CACHED if name == _CACHE else link
        if link is None:
            is_holder = name in _SUBQUERIES or (inner and name.endswith(("Subquery", "SubqueryBroadcast")))
            link = _SUBQUERY if is_holder and above != ROOT else _CHILD
        # A ReusedSubquery is a leaf of its own at every place; only a whole subquery is printed twice.
        if link is _SUBQUERY and "#" in arguments and name != "ReusedSubquery":
            if (name, arguments) in self._subqueries:
                return _GONE, None
            self._subqueries.add((name, arguments))
        if number is not None:
            arguments, codegen = self._with_detail(number, arguments, codegen)
            self._printed_numbers.add(number)
            numbers.setdefault(number, len(self.parts))
        self.parts.append((name, arguments, above, link, number, codegen))
        return len(self.parts) - 1, None

    def _with_detail(self, number: int, arguments: str, codegen: int | None) -> tuple[str, int | None]:
        detail = self._details.get(number)
        if detail is None:
            self.missing_details += 1
            return arguments, codegen
        joined = "; ".join(part for part in (arguments, detail.text) if part)
        return joined[:MAX_ARGUMENT_CHARS], detail.codegen if detail.codegen is not None else codegen

    def _below_host(self, tree: RawTree) -> int:
        """The part the roots of ``tree`` hang on; for a subquery that is a holder on its host, as simple mode shows it."""
        if tree.host is None:
            return ROOT
        host = self._by_number.get(tree.host)
        if host is None and tree.host in self._printed_numbers:
            return _GONE
        if host is None:
            self.homeless += 1
            host = 0 if self.parts else ROOT
        return self._place((None, _holder(tree), None), host, None, {}, inner=True)[0]


def _holder(tree: RawTree) -> str:
    """What simple mode prints between the host and the subquery's own plan."""
    if canonical_name(tree.hosting)[0] in _SUBQUERIES:
        return tree.hosting
    if not tree.nodes:
        return f"ReusedSubquery {tree.hosting}"
    names = (canonical_name(split_number(operator_text(node.body)[1])[0])[0] for node in tree.nodes[:2])
    shown = list(names)
    first = next((name for name in shown if name != ADAPTIVE), "")
    if first in _BROADCASTS:
        return f"SubqueryBroadcast {tree.hosting}"
    # Before it runs, adaptive execution has not decided yet whether the pruning values come from a broadcast.
    undecided = shown[0] == ADAPTIVE and "dynamicpruning#" in tree.hosting
    return f"{'SubqueryAdaptiveBroadcast' if undecided else 'Subquery'} {tree.hosting}"
