"""Dialects: how one engine names things in plans. Facts live in ``dialects/*.json``, dated; this file only reads them.

``classify`` gives every operator of a plan its :class:`~clusop.plan.kind.Kind`. Lists of boundaries, wrappers, commands win
over the native name pattern and, in query profiles, over IS_PHOTON. A name no list knows but the native pattern matches is
native and reported as new.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from clusop.plan.kind import Kind
from clusop.plan.node import Link

if TYPE_CHECKING:
    from clusop.plan.node import Plan

__all__ = ["PLAIN_SPARK", "Dialect", "TimeMetrics", "classify", "dialect", "dialect_ids", "engine_of_names", "root_of"]

_ROWS_TO_NATIVE = frozenset({"CometSparkRowToColumnar", "PhotonRowToColumnar"})
# Members of an Enum are slow to look up in Python 3.11, and these are asked for at every operator.
_CHILD, _JVM = Link.CHILD, Kind.JVM
_AT_THE_ROOT = frozenset({Kind.TERMINAL, Kind.MARGINAL})
_PASSED_OVER = frozenset({Kind.WRAPPER, Kind.COMMAND})
_BESIDE_LOGICAL = frozenset({Kind.COMMAND, Kind.LOGICAL})
_COLUMNAR = re.compile(r"parquet|\borc\b|delta|iceberg|hudi", re.IGNORECASE | re.ASCII)

PLAIN_SPARK = "none"
"""The dialect of Spark without a native engine."""


@dataclass(frozen=True, slots=True)
class TimeMetrics:
    """Where an engine reports its own time. ``task_accumulable`` is the internal task metric (ns) or ``""``;
    ``operator_exclusive`` the display name of an operator's exclusive time (ns) or ``""``.
    """

    task_accumulable: str
    operator_exclusive: str


@dataclass(frozen=True)
class Dialect:
    """One engine's names and what else is known of it.

    ``has_premium``: its use has a price of its own. ``has_vendor_functions``: its runtime has SQL functions that Apache Spark
    does not know. ``row_sources_hold_back``: it does not take rows over from a row source, so that what stands above one
    stays on the JVM for that reason alone. ``never_native``: operators it has no native form of. ``lacking_functions``:
    common functions it does not run natively. ``conf_classes``: plugin or extension classes that bring it into a Spark
    session. ``switches``: settings that turn it off when false.
    """

    id: str
    title: str
    seen_on: str
    checked_on: str
    native_pattern: re.Pattern[str] | None
    known_native: frozenset[str]
    by_name: dict[str, Kind]
    by_pattern: tuple[tuple[re.Pattern[str], Kind], ...]
    row_formats: frozenset[str]
    arrow_boundaries: frozenset[str]
    time: TimeMetrics
    has_premium: bool
    has_vendor_functions: bool
    row_sources_hold_back: bool
    never_native: frozenset[str]
    lacking_functions: frozenset[str]
    conf_classes: frozenset[str]
    switches: tuple[str, ...]

    def kind_of(self, name: str, *, flagged_native: bool | None = None) -> Kind:
        """The kind of an operator by its canonical name alone; its place in the plan may still make it terminal."""
        kind = self.by_name.get(name)
        if kind is not None:
            return kind
        for pattern, pattern_kind in self.by_pattern:
            if pattern.search(name):
                return pattern_kind
        if self.native_pattern is not None and self.native_pattern.match(name):
            return Kind.NATIVE
        if flagged_native:
            return Kind.NATIVE
        return self._scan_kind(name)

    def _scan_kind(self, name: str) -> Kind:
        head, _, form = name.partition(" ")
        if head not in {"Scan", "BatchScan"}:
            return Kind.JVM
        # A relation of Spark's first source interface hands over rows; Delta's change feed only looks like one.
        is_relation = form.endswith("Relation") and "Delta" not in form
        return Kind.ROW_SOURCE if form.lower() in self.row_formats or is_relation else Kind.JVM

    def is_new(self, name: str) -> bool:
        """Whether ``name`` is native by pattern only: nobody here has met it."""
        return (
            self.kind_of(name) is Kind.NATIVE
            and name not in self.known_native
            and name.partition(" ")[0] not in self.known_native
        )


def root_of(plan: Plan, kinds: tuple[Kind, ...], start: int) -> int | None:
    """The first operator at or below ``start`` that is neither wrapper nor command: where a terminal operator may stand."""
    index = start
    while kinds[index] in _PASSED_OVER:
        below = plan.data_children(index)
        if len(below) != 1:
            return None
        index = below[0]
    return index


def classify(plan: Plan, spoken: Dialect) -> tuple[Kind, ...]:
    """The kind of each operator, in the plan's order, its place taken into account.

    CollectLimit and Coalesce are terminal and marginal only at the root of the plan or of a subquery; elsewhere they are
    JVM work like any other.
    """
    # Plans repeat few names often.
    known = {(name, flag): spoken.kind_of(name, flagged_native=flag) for name, flag in set(plan.flagged_names)}
    kinds = [known[each] for each in plan.flagged_names]
    if any(kind in _BESIDE_LOGICAL for kind in known.values()) or any(name.startswith("Execute ") for name, _ in known):
        _mark_logical(plan, kinds)
    starts = [
        index for index, operator in enumerate(plan.operators) if operator.parent < 0 or operator.link is not _CHILD
    ]
    allowed: set[int] = set()
    frozen = tuple(kinds)
    for start in starts:
        root = root_of(plan, frozen, start)
        if root is not None:
            allowed.add(root)
    for index, kind in enumerate(kinds):
        if kind in _AT_THE_ROOT and index not in allowed:
            kinds[index] = Kind.JVM
        elif kind is _JVM and _hands_over_rows(plan, index):
            kinds[index] = Kind.ROW_SOURCE
    return tuple(kinds)


def _hands_over_rows(plan: Plan, index: int) -> bool:
    """A scan of unknown format right below the operator that turns rows into native batches, and columnar by no sign."""
    operator = plan.operators[index]
    if operator.parent < 0 or plan.children[index] or not operator.name.startswith(("Scan ", "BatchScan")):
        return False
    above = plan.operators[operator.parent].name
    return above in _ROWS_TO_NATIVE and _COLUMNAR.search(f"{operator.name} {operator.arguments[:400]}") is None


def _mark_logical(plan: Plan, kinds: list[Kind]) -> None:
    """Below ``Execute XCommand`` a text shows ``XCommand`` itself and its logical children; below other commands (a CREATE
    TABLE AS SELECT) a tree whose leaves are all logical. None of them runs.
    """
    only_logical = [True] * len(kinds)
    for index in range(len(kinds) - 1, -1, -1):
        own = only_logical[index] if plan.children[index] else kinds[index] is Kind.LOGICAL
        only_logical[index] = own
        parent = plan.operators[index].parent
        if parent >= 0 and not own:
            only_logical[parent] = False
    for index, operator in enumerate(plan.operators):
        if operator.parent < 0:
            continue
        if kinds[operator.parent] is Kind.COMMAND and only_logical[index] and kinds[index] is not Kind.COMMAND:
            kinds[index] = Kind.LOGICAL
            continue
        above = plan.operators[operator.parent].name
        if kinds[operator.parent] is Kind.LOGICAL or (
            above.startswith("Execute ") and above == f"Execute {operator.name}"
        ):
            kinds[index] = Kind.LOGICAL


@cache
def dialect_ids() -> tuple[str, ...]:
    """Ids of all dialect files, ``none`` first."""
    folder = resources.files("clusop.plan").joinpath("dialects")
    found = sorted(entry.name[: -len(".json")] for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple(sorted(found, key=lambda name: (name != PLAIN_SPARK, name)))


@cache
def _load(dialect_id: str) -> dict[str, Any]:  # Any: the shape of a dialect file, read only here
    path = resources.files("clusop.plan").joinpath("dialects").joinpath(f"{dialect_id}.json")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@cache
def dialect(dialect_id: str) -> Dialect:
    """The dialect with this id, laid over plain Spark's names. Raises ``KeyError`` for an id without a file."""
    if dialect_id not in dialect_ids():
        raise KeyError(dialect_id)
    return _build(_load(PLAIN_SPARK), _load(dialect_id) if dialect_id != PLAIN_SPARK else {}, dialect_id)


def _build(base: dict[str, Any], own: dict[str, Any], dialect_id: str) -> Dialect:
    by_name: dict[str, Kind] = {}
    by_pattern: list[tuple[re.Pattern[str], Kind]] = []
    for source in (base, own):
        for kind_name, names in source.get("names", {}).items():
            by_name.update(dict.fromkeys(names, Kind(kind_name)))
        own_patterns = [(re.compile(p, re.ASCII), Kind(k)) for k, ps in source.get("patterns", {}).items() for p in ps]
        by_pattern = own_patterns + by_pattern
    native = own.get("native", {})
    head = own or base
    pattern = native.get("pattern")
    return Dialect(
        id=dialect_id,
        title=head["title"],
        seen_on=head["seen_on"],
        checked_on=head["checked_on"],
        native_pattern=re.compile(pattern, re.ASCII) if pattern else None,
        known_native=frozenset(native.get("known", ())),
        by_name=by_name,
        by_pattern=tuple(by_pattern),
        row_formats=frozenset(base["row_formats"]) | frozenset(own.get("row_formats", ())),
        arrow_boundaries=frozenset(own.get("arrow_boundaries", ())),
        time=TimeMetrics(
            task_accumulable=own.get("time", {}).get("task_accumulable", ""),
            operator_exclusive=own.get("time", {}).get("operator_exclusive", ""),
        ),
        has_premium=bool(own.get("has_premium", False)),
        has_vendor_functions=bool(own.get("has_vendor_functions", False)),
        row_sources_hold_back=bool(own.get("row_sources_hold_back", False)),
        never_native=frozenset(own.get("never_native", ())),
        lacking_functions=frozenset(own.get("lacking_functions", ())),
        conf_classes=frozenset(own.get("conf", {}).get("classes", ())),
        switches=tuple(own.get("conf", {}).get("switches", ())),
    )


def engine_of_names(plan: Plan) -> str:
    """The engine whose native names occur in ``plan``: the one with most, ``""`` where none does."""
    # Plans repeat few names often.
    names = Counter(plan.flagged_names)
    counts = {
        dialect_id: sum(
            count
            for (name, flagged_native), count in names.items()
            if _speaks(dialect(dialect_id), name, flagged_native=flagged_native)
        )
        for dialect_id in dialect_ids()
        if dialect_id != PLAIN_SPARK
    }
    best = max(counts, key=lambda dialect_id: counts[dialect_id], default="")
    return best if best and counts[best] else ""


def _speaks(spoken: Dialect, name: str, *, flagged_native: bool | None) -> bool:
    if spoken.native_pattern is not None and spoken.native_pattern.match(name):
        return True
    return bool(flagged_native) and spoken.id == "photon"
