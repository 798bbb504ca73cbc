"""Listens to a running application and keeps what Comet itself says of every finished execution.

It is the independent oracle of the recorded logs: event logs of Spark 3.5 carry no reasons, the live plan does.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

__all__ = ["EngineWords", "ExecutionWords", "parse_extended_info"]

_NODE = re.compile(r"^[\s:|+*-]*(?:\(\d+\)\s*)?(?P<name>[A-Za-z]\w*)(?P<rest>.*)$")
# Comet 1 adds remarks of its own ("a native implementation is available") behind the reasons.
_REASONS = re.compile(r"\[COMET: (?P<reasons>.*?)\](?:\s*\[COMET-INFO: .*\])?\s*$")
_LISTED = re.compile(r"\w+", re.ASCII)
# Comet joins its reasons with ", " and writes commas inside them: besides brackets, these are the places where a sentence
# goes on.
_BETWEEN_REASONS = re.compile(r"(?<!it anyway)(?<!more information), (?!\d)")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_HIDDEN = str.maketrans("(),[]", "\1\2\3\4\5")
_SHOWN = str.maketrans("\1\2\3\4\5", "(),[]")
# An object's address and a generated class differ from run to run.
_ADDRESS = re.compile(r"(?:\$\$Lambda[\w$/]*)?@[0-9a-f]{3,}\b")
_EXPRESSION_ID = re.compile(r"#\d+L?\b")
_COVERAGE = re.compile(r"Comet accelerated (?P<native>\d+) out of (?P<eligible>\d+) eligible operators")
_LONGEST_ARGUMENTS = 100
_EXECUTION_END = "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd"


@dataclass(frozen=True, slots=True)
class ExecutionWords:
    """What Comet says of one execution: operators native of those eligible, and its reasons by operator."""

    execution_id: int
    native: int | None
    eligible: int | None
    reasons: tuple[tuple[str, str], ...]
    failed: bool = False
    unavailable: str = ""


def _without_statistics(text: str) -> str:
    """Long bracketed arguments (a Delta relation prints its whole snapshot) as ``(…)``."""
    kept: list[str] = []
    opened, depth = 0, 0
    for position, character in enumerate(text):
        if character == "(":
            opened = len(kept) if depth == 0 else opened
            depth += 1
        kept.append(character)
        if character == ")" and depth:
            depth -= 1
            if depth == 0 and len(kept) - opened > _LONGEST_ARGUMENTS:
                kept[opened:] = ["(…)"]
        elif position == len(text) - 1 and depth and len(kept) - opened > _LONGEST_ARGUMENTS:
            kept[opened:] = ["(…"]
    return "".join(kept)


def parse_extended_info(text: str) -> tuple[int | None, int | None, tuple[tuple[str, str], ...]]:
    """Native and eligible operators, and the (operator, reason) pairs of ``ExtendedExplainInfo``'s verbose tree."""
    reasons: list[tuple[str, str]] = []
    native = eligible = None
    for line in text.splitlines():
        if coverage := _COVERAGE.search(line):
            native, eligible = int(coverage["native"]), int(coverage["eligible"])
            continue
        node, said = _NODE.match(line), _REASONS.search(line)
        if node and said:
            plain = _ADDRESS.sub("", _EXPRESSION_ID.sub("", _without_statistics(said["reasons"])))
            reasons += [(node["name"], reason) for reason in _sentences(plain)]
    return native, eligible, tuple(dict.fromkeys(reasons))


def _sentences(text: str) -> list[str]:
    """The reasons in a joined text. A comma inside brackets joins nothing, however deep they are."""
    hidden, before = text, ""
    while hidden != before:
        before = hidden
        # As signs that no plan prints.
        hidden = _IN_BRACKETS.sub(lambda found: found.group().translate(_HIDDEN), hidden)
    told: list[str] = []
    for reason in _BETWEEN_REASONS.split(hidden):
        # One more name of a list: "Incompatible aggregate function(s): collect_set, count".
        if told and "function(s): " in told[-1].translate(_SHOWN) and _LISTED.fullmatch(reason):
            told[-1] += f", {reason}"
        elif reason:
            told.append(reason)
    return [reason.translate(_SHOWN) for reason in told]


class EngineWords:
    """A ``SparkListenerInterface`` in Python: every event crosses into Python, which is fine for a recording and for
    nothing else.
    """

    class Java:
        """What Py4J lets this object stand for."""

        implements = ("org.apache.spark.scheduler.SparkListenerInterface",)

    def __init__(self, spark: SparkSession) -> None:
        context = spark.sparkContext
        self._gateway, jsc = context._gateway, context._jsc
        self._context: Any = jsc.sc()
        self.by_execution: dict[int, ExecutionWords] = {}

    def attach(self) -> None:
        """Register with the application's listener bus."""
        from pyspark.java_gateway import ensure_callback_server_started

        ensure_callback_server_started(self._gateway)
        self._context.addSparkListener(self)

    def drain(self) -> None:
        """Wait until the bus has delivered all that happened so far."""
        self._context.listenerBus().waitUntilEmpty(60_000)

    def to_json(self) -> list[dict[str, Any]]:
        """All executions, by id."""
        return [asdict(words) for _, words in sorted(self.by_execution.items())]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        # Java calls its methods by their Java names: one of Spark's 25 callbacks matters, the others must be there.
        if name == "onOtherEvent":
            return self._other_event
        if name == "toString":
            return lambda: "clusop harness listener"
        if name.startswith("on"):
            return lambda *_arguments: None
        raise AttributeError(name)

    def _other_event(self, event: Any) -> None:
        """Keep the words of an execution that ended."""
        if event.getClass().getName() != _EXECUTION_END:
            return
        execution_id = int(event.executionId())
        failed = bool(event.errorMessage().isDefined() and event.errorMessage().get())
        plan = event.qe()
        native: int | None = None
        eligible: int | None = None
        reasons: tuple[tuple[str, str], ...] = ()
        unavailable = ""
        if plan is None:
            unavailable = "no live plan"
        else:
            try:
                info = self._gateway.jvm.org.apache.comet.ExtendedExplainInfo()
                native, eligible, reasons = parse_extended_info(info.generateExtendedInfo(plan.executedPlan()))
            except Py4JError as error:
                # It failed while planning: asked again for its plan, it fails again.
                unavailable = type(error).__name__
        self.by_execution[execution_id] = ExecutionWords(execution_id, native, eligible, reasons, failed, unavailable)
