"""What the engine itself says: its explanation's blocks and live reasons, matched to operators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.causes.functions import candidate_functions, function_name, functions_of, spark_functions
from clusop.analysis.causes.matching import Matcher
from clusop.analysis.causes.structure import STATEFUL
from clusop.plan.naming import canonical_name, split_codegen_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.plan.node import Plan
    from clusop.plan.reading import Explanation, ExplanationBlock

__all__ = ["EngineCause", "engine_causes"]

_UDF = re.compile(r"(?:^|[\s`(])(?:scalaudf|UDF)\b", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"[Ee]xpression `?([\w\x80-\U0010ffff]+)`?", re.ASCII)
_WORD = re.compile(r"[\w\x80-\U0010ffff]+", re.ASCII)
_CLASS_NAME = re.compile(r"[A-Z][\w\x80-\U0010ffff]*", re.ASCII)
_OUT = "unsupported-operator"
_FOLLOWS = "requires a Comet child"
"""Comet 1 says so of a final aggregate above one that it left to the JVM: the reason is below."""
_PYTHON_NODES = ("BatchEvalPython", "ArrowEvalPython", "MapInPandas", "MapInArrow", "FlatMapGroupsInPandas")
_UNSUPPORTED_LIST = re.compile(
    r"(?:[Uu]nsupported (?:Spark )?(?:(?:aggregate|group) )?(?:functions?|expression\(s\)|expressions?|arguments)"
    r"|[Dd]istinct aggregate not supported)(?:(?:: | for:? )([^\n]*))?"
)
"""Comet's other ways to say it: ``unsupported Spark aggregate function: hypot``, ``unsupported arguments for ElementAt``."""
_NO_EXPRESSION = re.compile(
    r"not enabled|disabled|aggregation mode|[Uu]nsupported (?:Spark |Comet )?(?:operator|partitioning)"
)
_INSIDE_IS_THE_REASON = frozenset(
    {
        "Expand", "Filter", "HashAggregate", "ObjectHashAggregate", "Project", "Sort", "SortAggregate",
        "TakeOrderedAndProject",
    }
)  # fmt: skip
"""Engines have these: what is said of one that stayed outside is about an expression in it (a data type, ANSI mode, options)."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LIVE = re.compile(r"^(?P<subject>.+?) (?:is|are) not (?:supported|fully compatible)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EngineCause:
    """A cause in the engine's words. ``operator`` is the name it points at; ``index`` the operator found, ``None`` where none
    matches; ``is_symptom`` marks a block that only follows from another.
    """

    cause: str
    operator: str
    index: int | None
    detail: str
    functions: tuple[str, ...]
    says: str
    is_symptom: bool = False


def engine_causes(
    plan: Plan, explanation: Explanation, live_words: Sequence[tuple[str, str]], members: Sequence[int]
) -> tuple[EngineCause, ...]:
    """All causes the engine names, matched to operators among ``members`` (those off the engine)."""
    matcher = Matcher(plan, members)
    found = [_of_block(matcher, block) for block in explanation.blocks]
    if any(not entry.operator.endswith("Exchange") for entry in found):
        # An exchange is unsupported only because its consumer is: a symptom beside any other block.
        found = [_as_symptom(entry) if entry.operator.endswith("Exchange") else entry for entry in found]
    told = [_of_live(matcher, line, sentence) for line, sentence in live_words]
    # Of several sentences about one operator, one that only says that it is out yields to those that say why.
    explained = {entry.index for entry in told if entry.cause != _OUT}
    found.extend(entry for entry in told if entry.cause != _OUT or entry.index is None or entry.index not in explained)
    return tuple(found)


def _as_symptom(entry: EngineCause) -> EngineCause:
    return EngineCause(
        entry.cause, entry.operator, entry.index, entry.detail, entry.functions, entry.says, is_symptom=True
    )


def _of_block(matcher: Matcher, block: ExplanationBlock) -> EngineCause:
    reference = block.reference or (block.subject if block.subject_kind == "node" else "")
    name, arguments = _split(reference)
    index = matcher.find(name, arguments)
    says = " ".join(f"{block.subject} {block.detail}".split())
    if block.subject_kind == "node":
        node = _split(block.subject)[0]
        return EngineCause(_cause_of_node(node), name or node, index, f": {node}", (), says)
    if _UDF.search(block.detail) or _UDF.search(block.subject):
        return EngineCause("scala-udf", name, index, "", (), says)
    functions = candidate_functions(block.subject) or functions_of(block.subject)[:1]
    named = _NAMED.search(block.detail)
    first = (function_name(named.group(1)),) if named else ()
    ordered = tuple(dict.fromkeys((*first, *functions)))
    if not ordered and block.subject_kind in {"aggregate", "expression"} and _WORD.fullmatch(block.subject):
        ordered = (function_name(block.subject),)
    shown = ordered[:1]
    return EngineCause("unsupported-expression", name, index, f": {shown[0]}" if shown else "", ordered, says)


def _cause_of_node(node: str) -> str:
    if STATEFUL.match(node):
        return "stateful-streaming"
    if node.startswith(_PYTHON_NODES):
        return "python-udf" if node.startswith("BatchEvalPython") else "pandas-udf"
    if node in {"Scan ExistingRDD", "MapElements", "MapPartitions", "DeserializeToObject", "SerializeFromObject"}:
        return "rdd-or-dataset-api"
    if node == "InMemoryTableScan":
        return "cached-table"
    if node == "Coalesce":
        return "marginal-operator"
    if node.startswith(("Scan csv", "Scan json", "Scan text", "Scan JDBCRelation", "LocalTableScan")):
        return "row-source"
    return "unsupported-operator"


def _of_live(matcher: Matcher, line: str, sentence: str) -> EngineCause:
    name, arguments = _split(line)
    index = matcher.find(name, arguments)
    match = _LIVE.match(sentence)
    subject = match.group("subject").strip() if match else ""
    if _FOLLOWS in sentence:
        return EngineCause(_OUT, name, index, "", (), sentence, is_symptom=True)
    if _UDF.search(sentence):
        return EngineCause("scala-udf", name, index, "", (), sentence)
    if not subject:
        return _of_other_words(name, index, sentence)
    if subject.replace("Exec", "") == name or _CLASS_NAME.fullmatch(subject) is not None:
        return EngineCause(_cause_of_node(subject.removesuffix("Exec")), name, index, f": {subject}", (), sentence)
    if name and subject.startswith(f"{name} "):
        node = _split(subject)[0]
        return EngineCause(_cause_of_node(node), name, index, f": {node}", (), sentence)
    return _of_expression(name, index, _called(subject), sentence)


def _of_other_words(name: str, index: int | None, sentence: str) -> EngineCause:
    """A sentence that does not say of something that it is not supported."""
    listed = _UNSUPPORTED_LIST.match(sentence)
    if listed:
        # Classes of expressions by their names: ElementAt is element_at.
        return _of_expression(name, index, _called(_HUMP.sub("_", (listed.group(1) or "").strip())), sentence)
    if name not in _INSIDE_IS_THE_REASON or _NO_EXPRESSION.search(sentence):
        return EngineCause(_OUT, name, index, "", (), sentence)
    words = dict.fromkeys(_WORD.findall(sentence))
    return _of_expression(name, index, tuple(one for one in words if "_" in one and one in spark_functions()), sentence)


def _called(subject: str) -> tuple[str, ...]:
    return functions_of(subject) or ((function_name(subject),) if _WORD.fullmatch(subject) else ())


def _of_expression(name: str, index: int | None, functions: tuple[str, ...], sentence: str) -> EngineCause:
    shown = f": {functions[0]}" if functions else ""
    return EngineCause("unsupported-expression", name, index, shown, functions, sentence)


def _split(line: str) -> tuple[str, str]:
    return canonical_name(split_codegen_prefix(line.strip())[1])
