"""The plan: one frozen tree for every source.

A :class:`Plan` is a flat tuple of :class:`Operator` in pre-order (a parent stands before its children), each knowing its
parent by index. Flat, so that a tree 10,000 levels deep costs no recursion, so that an operator's index is its identity in
every later pass, and so that Scala can mirror it line by line.

What is *not* in the tree: WholeStageCodegen and InputAdapter (they are scopes, kept in :attr:`Plan.codegens`), the second
copy of an adaptive plan, InMemoryRelation, and duplicates under a reused exchange or subquery.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ROOT", "Codegen", "Link", "Metric", "Operator", "Plan", "quick_operator"]

ROOT = -1
"""The parent of an operator that has none."""


class Link(str, Enum):
    """How an operator hangs on its parent."""

    CHILD = "child"
    SUBQUERY = "subquery"
    CACHED = "cached"
    """The plan that once filled a cache, shown below the scan that reads it. It need not have run in this execution."""


class Metric(NamedTuple):
    """A SQL metric an operator owns: its display name, its type (``sum``, ``timing`` ms, ``nsTiming`` ns, ``size`` bytes,
    ``average``) and the accumulator that carries its value; a profile gives the value itself. A tuple, since plans have
    thousands: it is made three times as fast.
    """

    name: str
    kind: str
    accumulator_id: int | None = None
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Codegen:
    """A WholeStageCodegen scope: its metrics (``duration``, ms, which includes the native subtree it pulls from)."""

    number: int | None
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """One node of a plan.

    ``name`` is canonical: the same operator read from simple text, formatted text, SparkPlanInfo or a profile has the same
    name (``FileScan csv`` and ``Scan csv `` are both ``Scan csv``; table names, data statistics and join types are
    arguments). ``arguments`` is what stands behind the name, cut to a bounded length. ``number`` is the operator id of
    formatted mode. ``flagged_native`` is what a query profile says (IS_PHOTON), else ``None``. ``stage_ids`` are a
    profile's own links to stages. ``codegen`` is an index into :attr:`Plan.codegens`.
    """

    name: str
    parent: int
    link: Link = Link.CHILD
    arguments: str = ""
    metrics: tuple[Metric, ...] = ()
    number: int | None = None
    codegen: int | None = None
    flagged_native: bool | None = None
    stage_ids: tuple[int, ...] = ()


def quick_operator(
    values: tuple[str, int, Link, str, tuple[Metric, ...], int | None, int | None, bool | None, tuple[int, ...]],
) -> Operator:
    """An operator of all its fields in their order, made twice as fast as by its own ``__init__``: plans have thousands.

    A frozen dataclass looks ``object.__setattr__`` up for each field; here the fields' slots are written to.
    """
    made = _new(Operator)
    name, parent, link, arguments, metrics, number, codegen, flagged_native, stage_ids = values
    _put_name(made, name)
    _put_parent(made, parent)
    _put_link(made, link)
    _put_arguments(made, arguments)
    _put_metrics(made, metrics)
    _put_number(made, number)
    _put_codegen(made, codegen)
    _put_flagged_native(made, flagged_native)
    _put_stage_ids(made, stage_ids)
    return made


_new = object.__new__
(
    _put_name,
    _put_parent,
    _put_link,
    _put_arguments,
    _put_metrics,
    _put_number,
    _put_codegen,
    _put_flagged_native,
    _put_stage_ids,
) = (vars(Operator)[slot.name].__set__ for slot in fields(Operator))


@dataclass(frozen=True)
class Plan:
    """A tree (or, in a damaged text, a forest) of operators in pre-order."""

    operators: tuple[Operator, ...]
    codegens: tuple[Codegen, ...] = field(default=())

    def __post_init__(self) -> None:
        for index, operator in enumerate(self.operators):
            if not ROOT <= operator.parent < index:
                message = (
                    f"operator {index} ({operator.name}) has parent {operator.parent}: a parent stands before its child"
                )
                raise ValueError(message)

    def __len__(self) -> int:
        return len(self.operators)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each operator."""
        return tuple([operator.name for operator in self.operators])

    @cached_property
    def flagged_names(self) -> tuple[tuple[str, bool | None], ...]:
        """The name of each operator with what a query profile says of it: all that its kind depends on but its place."""
        return tuple([(operator.name, operator.flagged_native) for operator in self.operators])

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For each operator the indices of all that hang on it, in order, whatever the link."""
        lists: list[list[int]] = [[] for _ in self.operators]
        for index, operator in enumerate(self.operators):
            if operator.parent != ROOT:
                lists[operator.parent].append(index)
        return tuple(map(tuple, lists))

    @cached_property
    def roots(self) -> tuple[int, ...]:
        """Operators without a parent: one in a whole plan, several where the top was lost."""
        return tuple(index for index, operator in enumerate(self.operators) if operator.parent == ROOT)

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """Levels below the root, per operator."""
        depths: list[int] = []
        for operator in self.operators:
            depths.append(0 if operator.parent == ROOT else depths[operator.parent] + 1)
        return tuple(depths)

    def data_children(self, index: int) -> tuple[int, ...]:
        """The operators that feed rows to ``index``: its children without subqueries and cached plans."""
        return tuple(child for child in self.children[index] if self.operators[child].link is Link.CHILD)

    def ancestors(self, index: int) -> Iterator[int]:
        """From the parent of ``index`` up to its root."""
        parent = self.operators[index].parent
        while parent != ROOT:
            yield parent
            parent = self.operators[parent].parent

    def edges(self) -> tuple[tuple[str, str], ...]:
        """Parent and child names of every edge, in pre-order; what two readings of one plan are compared by."""
        return tuple(
            (self.operators[operator.parent].name, operator.name)
            for operator in self.operators
            if operator.parent != ROOT
        )
