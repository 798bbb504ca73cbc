"""One graph of a profile becomes a tree.

A profile draws a graph: a shared child has several parents, WholeStageCodegen and Photon's stages are boxes around their
members (``subgraphParent``) without edges of their own, and the two halves of a shuffle with the stage between them are one
node. The tree has every operator once, below the first parent that is no reuse; a reuse is a leaf. A stage box becomes an
operator above its topmost member, as plans show it; a shuffle sink drawn in the reader's box stands below the stage that
writes it. So an operator of the tree is a node of the profile: none is invented, and only codegen boxes are scopes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.plan.node import ROOT, Codegen, Link, Operator, Plan
from clusop.plan.plan_info import MAX_DEPTH, MAX_OPERATORS, is_subquery_name
from clusop.plan.profile.node import ProfileNode, node_id, profile_node
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["GraphTooLargeError", "Tree", "graph_tree"]

_MAX_EDGES = 4 * MAX_OPERATORS
_ADAPTIVE = "AdaptiveSparkPlan"
_FINAL_TAG = "Final"


class GraphTooLargeError(Exception):
    """The graph has more nodes, edges or levels than clusop reads."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What a graph gave: the plan, the ids of its operators in order, which child of the root's adaptive plan is shown (empty
    where none says so), whether it is adaptive at all, and the damage met.
    """

    plan: Plan
    ids: tuple[str, ...]
    child_tag: str
    is_adaptive: bool
    problems: tuple[Reason, ...]


def graph_tree(nodes: object, edges: object, tick: Callable[[int], None]) -> Tree:
    """Build the tree of one graph. Raises :class:`GraphTooLargeError`."""
    builder = _Builder(tick)
    builder.take_nodes(nodes if isinstance(nodes, list) else [])
    builder.take_edges(edges if isinstance(edges, list) else [])
    builder.choose_parents()
    builder.hide_other_plans()
    builder.join_children()
    builder.place_boxes()
    return builder.tree()


@dataclass(slots=True)
class _Builder:
    tick: Callable[[int], None]
    nodes: dict[str, ProfileNode] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    targets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    parents: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    hidden: set[str] = field(default_factory=set)
    roots: list[str] = field(default_factory=list)
    boxes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    faults: Counter[str] = field(default_factory=Counter)

    def take_nodes(self, listed: list[object]) -> None:
        if len(listed) > MAX_OPERATORS:
            raise GraphTooLargeError(f": more than {MAX_OPERATORS} nodes")
        for entry in listed:
            self.tick(1)
            node = profile_node(entry) if isinstance(entry, dict) else None
            if node is None or not node.id:
                self.faults["nodes without an id"] += 1
            elif node.id in self.nodes:
                self.faults["repeated ids"] += 1
            else:
                self.nodes[node.id] = node
        for node in self.nodes.values():
            if node.group in self.nodes and node.group != node.id:
                self.boxes[node.group].append(node.id)

    def take_edges(self, listed: list[object]) -> None:
        if len(listed) > _MAX_EDGES:
            raise GraphTooLargeError(f": more than {_MAX_EDGES} edges")
        known: set[tuple[str, str]] = set()
        for entry in listed:
            self.tick(1)
            ends = (node_id(entry.get("fromId")), node_id(entry.get("toId"))) if isinstance(entry, dict) else ("", "")
            if ends[0] not in self.nodes or ends[1] not in self.nodes or ends[0] == ends[1]:
                self.faults["edges without an end"] += 1
            elif ends not in known:
                known.add(ends)
                self.sources[ends[1]].append(ends[0])
                self.targets[ends[0]].append(ends[1])

    def choose_parents(self) -> None:
        """The first parent that is no reuse; below a reuse alone only what is no box (a box stands above its members)."""
        for target, sources in self.sources.items():
            if target in self.boxes:
                sources[:] = [source for source in sources if not self.nodes[source].is_reuse]
            sources.sort(key=lambda source: self.nodes[source].is_reuse, reverse=True)
            # The best parent stands last, so that a parent that turns out to be hidden is popped.
            real = sum(1 for source in sources if not self.nodes[source].is_reuse)
            sources[:] = [*reversed(sources[: len(sources) - real]), *reversed(sources[len(sources) - real :])]
            if sources:
                self.parents[target] = sources[-1]

    def hide_other_plans(self) -> None:
        """Where an adaptive plan is drawn with its final and its initial child, only the final one was run."""
        pending: list[str] = []
        for parent, targets in self.targets.items():
            if self.nodes[parent].name != _ADAPTIVE:
                continue
            plans = [target for target in targets if not is_subquery_name(self.nodes[target].name)]
            if any(self.nodes[target].child_tag == _FINAL_TAG for target in plans):
                pending.extend(target for target in plans if self.nodes[target].child_tag not in {"", _FINAL_TAG})
        while pending:
            gone = pending.pop()
            if gone in self.hidden:
                continue
            self.hidden.add(gone)
            self.parents.pop(gone, None)
            for target in self.targets.get(gone, ()):
                self.tick(1)
                if target in self.hidden:
                    continue
                sources = self.sources[target]
                while sources and sources[-1] in self.hidden:
                    sources.pop()
                if sources:
                    self.parents[target] = sources[-1]
                else:
                    pending.append(target)

    def join_children(self) -> None:
        """Children in the order of the edges; every ring is opened at its first node."""
        for parent, targets in self.targets.items():
            self.children[parent] = [target for target in targets if self.parents.get(target) == parent]
        self.roots = [each for each in self.nodes if each not in self.parents and each not in self.hidden]
        reached = set(self._walk(self.roots))
        for each in self.nodes:
            if each not in reached and each not in self.hidden:
                self.faults["rings"] += 1
                self.parents.pop(each, None)
                self.roots.append(each)
                reached.update(self._walk([each]))
        for parent, children in self.children.items():
            children[:] = [child for child in children if self.parents.get(child) == parent]

    def _walk(self, starts: Iterable[str]) -> Iterable[str]:
        """Ids in pre-order."""
        stack = list(starts)[::-1]
        while stack:
            each = stack.pop()
            self.tick(1)
            yield each
            stack.extend(child for child in reversed(self.children.get(each, ())) if self.parents.get(child) == each)

    def place_boxes(self) -> None:
        """Put every stage box without edges of its own above the topmost of its members that the tree has."""
        order = {each: index for index, each in enumerate(self._walk(self.roots))}
        slots = {
            child: slot for siblings in (self.roots, *self.children.values()) for slot, child in enumerate(siblings)
        }
        loose = {
            box
            for box in self.boxes
            if not (self.nodes[box].is_codegen or self.children.get(box) or box in self.parents or box in self.hidden)
        }
        for box in [each for each in self.boxes if each in loose]:
            shown = [member for member in self.boxes[box] if member in order and member not in loose]
            self.tick(len(self.boxes[box]))
            if not shown:
                self.faults["stages without members"] += 1
                continue
            top = min(shown, key=order.__getitem__)
            above = self.parents.get(top)
            if above is not None and self.nodes[above].is_exchange_sink and self.nodes[above].group != box:
                top, above = above, self.parents.get(above)
            siblings = self.roots if above is None else self.children[above]
            siblings[slots[top]] = box
            slots[box], slots[top] = slots[top], 0
            self.children[box] = [top]
            self.parents[top] = box
            if above is not None:
                self.parents[box] = above
            loose.discard(box)
        self.roots = [
            each
            for slot, each in enumerate(self.roots)
            if each not in loose and slots[each] == slot and each not in self.parents
        ]

    def tree(self) -> Tree:
        codegens: dict[str, int] = {}
        for node in self.nodes.values():
            if node.is_codegen and node.id not in self.hidden:
                codegens[node.id] = len(codegens)
        operators: list[Operator] = []
        ids: list[str] = []
        for each, parent, scope, depth in self._emission():
            if depth >= MAX_DEPTH:
                raise GraphTooLargeError(f": nested deeper than {MAX_DEPTH} levels")
            node = self.nodes[each]
            box = self.nodes.get(node.group)
            operators.append(
                Operator(
                    name=node.name,
                    parent=parent,
                    link=_link(node.name, operators[parent].name if parent != ROOT else ""),
                    arguments=node.arguments,
                    metrics=node.metrics,
                    codegen=codegens.get(node.group, codegens.get(scope)),
                    flagged_native=node.flagged_native,
                    stage_ids=node.stage_ids or (box.stage_ids if box is not None else ()),
                )
            )
            ids.append(each)
        scopes = tuple(Codegen(None, self.nodes[each].metrics) for each in codegens)
        tag, is_adaptive = self._shown_plan(operators, ids)
        return Tree(Plan(tuple(operators), scopes), tuple(ids), tag, is_adaptive, self._problems())

    def _emission(self) -> Iterable[tuple[str, int, str, int]]:
        """Ids in pre-order with the parent's index, the codegen scope drawn around them by an edge, the depth."""
        stack = [(root, ROOT, "", 0) for root in reversed(self.roots)]
        emitted = 0
        while stack:
            each, parent, scope, depth = stack.pop()
            self.tick(1)
            node = self.nodes[each]
            below, inside = parent, each
            if not node.is_codegen:
                yield each, parent, scope, depth
                below, inside = emitted, "" if node.is_exchange_sink or node.name.endswith("Exchange") else scope
                emitted += 1
                depth += 1
            ordered = sorted(
                self.children.get(each, ()), key=lambda child: not is_subquery_name(self.nodes[child].name)
            )
            stack.extend((child, below, inside, depth) for child in reversed(ordered))

    def _shown_plan(self, operators: list[Operator], ids: list[str]) -> tuple[str, bool]:
        """Which plan the outermost adaptive plan shows, told by the tag of its child."""
        for index, operator in enumerate(operators):
            if operator.name != _ADAPTIVE:
                continue
            tags = [self.nodes[child].child_tag for child in self.children.get(ids[index], ())]
            return next((tag for tag in tags if tag), ""), True
        return "", False

    def _problems(self) -> tuple[Reason, ...]:
        lost = ("nodes without an id", "edges without an end")
        found: list[Reason] = []
        for reason, faults in (
            ("truncated-plan", {fault: n for fault, n in self.faults.items() if fault in lost}),
            ("broken-graph", {fault: n for fault, n in self.faults.items() if fault not in lost}),
        ):
            if faults:
                found.append(Reason(reason, ": " + ", ".join(f"{number} {fault}" for fault, number in faults.items())))
        return tuple(found)


def _link(name: str, above: str) -> Link:
    if above and is_subquery_name(name):
        return Link.SUBQUERY
    return Link.CACHED if above.endswith("InMemoryTableScan") else Link.CHILD
