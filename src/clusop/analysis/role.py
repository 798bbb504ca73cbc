"""Whose execution it is: the user's, the table format's own, or a command (DESIGN §4, "Internal executions").

A ``Delta:`` description proves nothing either way: MERGE's real work carries it. What an execution *reads* decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Role, Verdict
from clusop.plan.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clusop.analysis.assessment import JudgedPlan
    from clusop.plan.node import Operator, Plan

__all__ = ["role_of"]

_LOG_READ = re.compile(r"[/\\]_delta_log\b|Delta Table State|DeltaLogFileIndex", re.ASCII)
_COLUMN = re.compile(r"([A-Za-z_]\w*)#\d+", re.ASCII)
_FILE_ACTION_COLUMNS = frozenset({"path", "partitionValues", "size", "modificationTime", "dataChange"})
_LOG_ACTION_COLUMNS = frozenset({"add", "remove", "metaData", "protocol", "txn"})
_FIELD = re.compile(r"\.(\w+)", re.ASCII)
_DELTA_CLASS = re.compile(r"org\.apache\.spark\.sql\.delta\.|com\.databricks\.sql\.transaction\.tahoe\.", re.ASCII)
_OBJECT_STEP = re.compile(
    r"(?:Des|S)erialize(?:To|From)Object|Map(?:Elements|Partitions|Groups)|AppendColumns(?:WithObject)?"
)
# None of them reads a file: what runs above them works on what the driver had in hand.
_FROM_THE_DRIVER = frozenset(
    {"Range", "PhotonRange", "LocalTableScan", "PhotonLocalTableScan", "Scan", "Scan ExistingRDD", "InMemoryTableScan"}
)
_HEADER_PROBE_STEP = re.compile(r"(?:Photon|Comet)?(?:CollectLimit|Filter|Project|LocalLimit|GlobalLimit)|Scan text")
_PASSED_OVER = frozenset({Kind.WRAPPER, Kind.BOUNDARY})
_TRIM_PROBE = re.compile(r"length\(trim\(value")
_ONE_ROW = re.compile(r"\b1\b", re.ASCII)
_HEADER_SCAN = "Scan text"


def role_of(plans: Sequence[JudgedPlan], texts: Sequence[Plan | None], verdict: Verdict) -> Role:
    """The role of a run. ``texts`` are other readings of the same plans whose arguments may be fuller."""
    if verdict is Verdict.COMMAND:
        return Role.COMMAND
    shown = [judged.reading.plan for judged in plans if judged.reading.plan is not None]
    candidates = [*shown, *(plan for plan in texts if plan is not None)]
    if any(_reads_only_table_log(plan) or _works_on_table_objects(plan) for plan in candidates):
        return Role.INTERNAL
    if any(_is_header_probe(judged) for judged in plans):
        return Role.INTERNAL
    if all(_is_command_only(judged) for judged in plans) and plans:
        return Role.COMMAND
    return Role.USER


def _is_command_only(judged: JudgedPlan) -> bool:
    kinds = set(judged.kinds)
    return bool(kinds) and kinds <= {Kind.COMMAND, Kind.LOGICAL, Kind.WRAPPER}


def _leaves(plan: Plan) -> Iterator[Operator]:
    for index, operator in enumerate(plan.operators):
        if not plan.children[index] and operator.name not in {"ReusedExchange", "ReusedSubquery"}:
            yield operator


def _reads_only_table_log(plan: Plan) -> bool:
    """Every leaf reads Delta's log or its table state; local rows may help, but alone only where they are file actions."""
    reads_log = False
    for leaf in _leaves(plan):
        if leaf.name == "LocalTableScan":
            reads_log = reads_log or _columns(leaf) >= _FILE_ACTION_COLUMNS
        elif (leaf.name == "Scan ExistingRDD" and _columns(leaf) >= _LOG_ACTION_COLUMNS) or (
            _LOG_READ.search(leaf.arguments) and not leaf.name.endswith("CDFRelation")
        ):
            reads_log = True
        else:
            return False
    return reads_log


def _works_on_table_objects(plan: Plan) -> bool:
    """Delta's own listings and histories: no leaf reads a file, and typed steps handle Delta's own classes or its file actions.

    MERGE's and DELETE's real work has such steps too, above a scan of the table: that is the user's.
    """
    if not all(leaf.name in _FROM_THE_DRIVER or _LOG_READ.search(leaf.arguments) for leaf in _leaves(plan)):
        return False
    return any(
        _DELTA_CLASS.search(operator.arguments) or set(_FIELD.findall(operator.arguments)) >= _FILE_ACTION_COLUMNS
        for operator in plan.operators
        if _OBJECT_STEP.fullmatch(operator.name)
    )


def _columns(leaf: Operator) -> set[str]:
    return set(_COLUMN.findall(leaf.arguments))


def _is_header_probe(judged: JudgedPlan) -> bool:
    """The one-row read by which Spark finds the header and schema of text files."""
    plan = judged.reading.plan
    if plan is None or _HEADER_SCAN not in plan.names:
        return False
    work = [
        operator
        for operator, kind in zip(plan.operators, judged.kinds, strict=True)
        if kind not in _PASSED_OVER and not operator.name.endswith("Stage")
    ]
    if not any(operator.name == _HEADER_SCAN for operator in work):
        return False
    if not all(_HEADER_PROBE_STEP.fullmatch(operator.name) for operator in work):
        return False
    limited = any(operator.name.endswith("Limit") and _ONE_ROW.search(operator.arguments) for operator in work)
    return limited and any(_TRIM_PROBE.search(operator.arguments) for operator in work)
