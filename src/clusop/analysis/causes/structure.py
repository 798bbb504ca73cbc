"""What the structure says: the cause an operator has by its name, its place and its arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.causes.functions import candidate_functions, is_built_in
from clusop.plan.kind import Kind

if TYPE_CHECKING:
    from clusop.plan.dialect import Dialect
    from clusop.plan.node import Operator

__all__ = ["STATEFUL", "StructuralCause", "inherent_cause", "structural_cause"]

STATEFUL = re.compile(
    r"^(StateStore|SessionWindowStateStore|StreamingSymmetricHashJoin|StreamingDeduplicate|StreamingGlobalLimit|"
    r"FlatMapGroupsWithState|FlatMapGroupsInPandasWithState|TransformWithState|UpdatingSessions|MergingSessions)"
)
"""Names of the operators that keep a stream's state."""
_OBJECTS = frozenset({
    "AppendColumns", "AppendColumnsWithObject", "CoGroup", "DeserializeToObject", "FlatMapGroupsInR", "MapElements",
    "MapGroups", "MapPartitions", "MapPartitionsInR", "ObjectProducer", "SerializeFromObject", "Scan ExistingRDD",
    "ExternalRDDScan",
})  # fmt: skip
_SCALA_UDF = re.compile(
    r"(?<![\w.\x80-\U0010ffff])(?:(?:UDF|scalaudf)\(|Hive(?:SimpleUDF|GenericUDF|GenericUDTF|UDAFFunction)[#(])"
    r"|(?<![\w\x80-\U0010ffff])if \(isnull\(.*UDF\(",
    re.ASCII,
)
_DELTA_FILES = re.compile(
    r"(?:Tahoe|PreparedDelta|Delta)\w*FileIndex|DeltaCDFRelation|__delta_internal|_change_type#", re.ASCII
)
_DELETION_VECTORS = re.compile(r"__delta_internal_is_row_deleted|DeletionVector", re.IGNORECASE | re.ASCII)
_EXPRESSION_HOSTS = frozenset({
    "Expand", "Filter", "Generate", "HashAggregate", "ObjectHashAggregate", "Project", "RunningWindowFunction", "Sort",
    "SortAggregate", "TakeOrderedAndProject", "Window",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class StructuralCause:
    """A cause told by structure."""

    cause: str
    detail: str = ""
    functions: tuple[str, ...] = ()


def inherent_cause(operator: Operator, kind: Kind, spoken: Dialect) -> StructuralCause | None:
    """The cause an operator has wherever it stands; ``None`` where its place decides."""
    name, arguments = operator.name, operator.arguments
    if STATEFUL.match(name):
        return StructuralCause("stateful-streaming")
    if kind is Kind.PYTHON:
        return StructuralCause("python-udf" if name.startswith("BatchEvalPython") else "pandas-udf")
    if kind is Kind.MARGINAL:
        return StructuralCause("marginal-operator")
    if name == "InMemoryTableScan":
        return StructuralCause("cached-table")
    if name in _EXPRESSION_HOSTS and _SCALA_UDF.search(arguments):
        return StructuralCause("scala-udf")
    if name in _OBJECTS and kind is not Kind.ROW_SOURCE:
        return StructuralCause("rdd-or-dataset-api")
    if name.startswith("Scan ") and name != "Scan ExistingRDD" and kind is Kind.JVM and _reads_delta(name, arguments):
        detail = (
            " (deletion vectors)"
            if _DELETION_VECTORS.search(arguments)
            else " (change data feed)"
            if "CDF" in name
            else ""
        )
        return StructuralCause("delta-feature", detail)
    if name in spoken.never_native:
        return StructuralCause("unsupported-operator", f": {name}")
    return None


def _reads_delta(name: str, arguments: str) -> bool:
    return "Delta" in name or _DELTA_FILES.search(arguments) is not None


def structural_cause(operator: Operator, kind: Kind, spoken: Dialect) -> StructuralCause:
    """The cause of an operator at the bottom of an island, by structure alone."""
    inherent = inherent_cause(operator, kind, spoken)
    if inherent is not None:
        return inherent
    name = operator.name
    if kind is Kind.ROW_EXCHANGE:
        return StructuralCause("row-round-trip")
    if name == "SortMergeJoin":
        return StructuralCause(
            "unsupported-operator", " (SortMergeJoin: probably a join hint or a setting that prefers it)"
        )
    functions = candidate_functions(operator.arguments, spoken.lacking_functions) if name in _EXPRESSION_HOSTS else ()
    if functions and not spoken.has_vendor_functions and not any(is_built_in(function) for function in functions):
        # A named Scala or Java UDF is printed like any function; Spark has none of that name.
        return StructuralCause("scala-udf", "", functions)
    if functions:
        return StructuralCause("unsupported-expression", f": {', '.join(functions[:5])}", functions)
    if name in {"Project", "Filter", "HashAggregate"}:
        # These exist natively in every engine, so something inside must be the reason, and nothing tells what.
        return StructuralCause("unexplained")
    if name in {"ObjectHashAggregate", "SortAggregate"}:
        return StructuralCause("unsupported-expression", " (an aggregate function that needs JVM objects)")
    return StructuralCause("unsupported-operator", f": {name}")
