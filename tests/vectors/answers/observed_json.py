"""An Observed as JSON and back, so that Scala and Python judge the same run. Absent fields have their defaults.

The reader takes nothing it does not understand: what is no run is :class:`NoObservedError`, in Scala too.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from clusop.analysis.observed import (
    Absent,
    EngineFact,
    EngineState,
    Observed,
    QueryTimes,
    RunStatus,
    Source,
    StageRun,
    StageTimes,
)
from clusop.plan.json_text import JsonTextError, clean_text, decode_json
from clusop.plan.node import Codegen, Link, Metric, Operator, Plan
from clusop.plan.reading import Explanation, ExplanationBlock, ExplanationVerdict, Phase, PlanReading, PlanSource
from clusop.reasons import Reason, catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["NoObservedError", "canonical_json", "observed_json", "read_observed", "reasons_json"]

_FRACTION = re.compile(r"-?[0-9]{1,40}(?:/[0-9]{1,40})?")
_INT_BITS, _LONG_BITS = 31, 63

Value = TypeVar("Value")
Word = TypeVar("Word", bound=Enum)


class NoObservedError(ValueError):
    """The text describes no run."""


def canonical_json(value: object) -> str:
    """The one text of a JSON value: sorted keys, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def reasons_json(reasons: tuple[Reason, ...]) -> list[list[str]]:
    return [[reason.id, reason.detail] for reason in reasons]


def observed_json(observed: Observed, *, native_time_seen: bool = False) -> str:
    """All the analysis looks at, as canonical JSON. ``native_time_seen`` is a fact of the whole application."""
    return canonical_json(
        {
            "query_id": observed.query_id,
            "source": observed.source.value,
            "readings": [_reading_json(reading) for reading in observed.readings],
            "engine": [observed.engine.name, observed.engine.state.value, observed.engine.evidence],
            "times": _times_json(observed.times),
            "description": observed.description,
            "text": _reading_json(observed.text) if observed.text is not None else None,
            "status": observed.status.value,
            "root_id": observed.root_id,
            "driver_accumulators": _pairs_json(observed.driver_accumulators),
            "engine_words": [list(pair) for pair in observed.engine_words],
            "start_at_ms": observed.start_at_ms,
            "end_at_ms": observed.end_at_ms,
            "events_dropped": observed.events_dropped,
            "problems": reasons_json(observed.problems),
            "native_time_seen": native_time_seen,
        }
    )


def _pairs_json(values: Mapping[int, int]) -> list[list[int]]:
    return [[key, value] for key, value in values.items()]


def _times_json(times: StageTimes | QueryTimes | Absent) -> dict[str, object]:
    if isinstance(times, Absent):
        return {"absent": [times.reason.id, times.reason.detail]}
    if isinstance(times, QueryTimes):
        return {"run_ms": times.run_ms, "native_ms": times.native_ms}
    return {"stages": [_stage_json(stage) for stage in times.stages]}


def _stage_json(stage: StageRun) -> dict[str, object]:
    return {
        "stage_id": stage.stage_id,
        "attempt": stage.attempt,
        "run_ms": str(Fraction(stage.run_ms)),
        "native_ns": stage.native_ns,
        "lost_run_ms": str(Fraction(stage.lost_run_ms)),
        "task_count": stage.task_count,
        "failed_task_count": stage.failed_task_count,
        "killed_task_count": stage.killed_task_count,
        "speculative_task_count": stage.speculative_task_count,
        "failed": not stage.succeeded,
        "accumulators": _pairs_json(stage.accumulators),
        "run_by_epoch_ms": [[epoch, str(Fraction(run_ms))] for epoch, run_ms in stage.run_by_epoch_ms],
        "submitted_at_ms": stage.submitted_at_ms,
        "completed_at_ms": stage.completed_at_ms,
        "remarks": reasons_json(stage.remarks),
    }


def _reading_json(reading: PlanReading) -> dict[str, object]:
    plan = reading.plan
    return {
        "plan": None
        if plan is None
        else {
            "operators": [_operator_json(operator) for operator in plan.operators],
            "codegens": [{"number": one.number, "metrics": _metrics_json(one.metrics)} for one in plan.codegens],
        },
        "phase": reading.phase.value,
        "source": reading.source.value,
        "explanation": {
            "verdict": reading.explanation.verdict.value,
            "blocks": [
                [block.subject, block.subject_kind, block.detail, block.reference]
                for block in reading.explanation.blocks
            ],
        },
        "problems": reasons_json(reading.problems),
    }


def _operator_json(operator: Operator) -> dict[str, object]:
    shown = {
        "name": operator.name,
        "parent": operator.parent,
        "link": operator.link.value,
        "arguments": operator.arguments,
        "metrics": _metrics_json(operator.metrics),
        "number": operator.number,
        "codegen": operator.codegen,
        "flagged_native": operator.flagged_native,
        "stage_ids": list(operator.stage_ids),
    }
    return {name: value for name, value in shown.items() if value not in (None, "", [])}


def _metrics_json(metrics: tuple[Metric, ...]) -> list[list[object]]:
    return [[metric.name, metric.kind, metric.accumulator_id, metric.value] for metric in metrics]


def read_observed(text: str) -> tuple[Observed, bool]:
    """The run :func:`observed_json` wrote, and whether native time was seen in its application."""
    try:
        members = _members(decode_json(text))
    except JsonTextError as error:
        raise NoObservedError(str(error)) from None
    engine = _fixed(_list(members.get("engine")), 3)
    observed = Observed(
        query_id=_text(members.get("query_id")),
        source=_word(Source, members.get("source"), Source.LIVE),
        readings=_each(_reading, members.get("readings")),
        engine=EngineFact(_text(engine[0]), _word(EngineState, engine[1], EngineState.UNKNOWN), _text(engine[2])),
        times=_times(_members(members.get("times"))),
        description=_text(members.get("description")),
        text=None if members.get("text") is None else _reading(members["text"]),
        status=_word(RunStatus, members.get("status"), RunStatus.UNKNOWN),
        root_id=_text(members.get("root_id")),
        driver_accumulators=_pairs(members.get("driver_accumulators")),
        engine_words=_each(_two_texts, members.get("engine_words")),
        start_at_ms=_whole(members.get("start_at_ms"), _LONG_BITS),
        end_at_ms=_whole(members.get("end_at_ms"), _LONG_BITS),
        events_dropped=_flag(members.get("events_dropped")) is True,
        problems=_each(_reason, members.get("problems")),
    )
    return observed, _flag(members.get("native_time_seen")) is True


def _times(members: dict[str, Any]) -> StageTimes | QueryTimes | Absent:
    if members.get("absent") is not None:
        return Absent(_reason(members["absent"]))
    if members.get("stages") is not None:
        return StageTimes(_each(_stage, members["stages"]))
    return QueryTimes(_needed(members.get("run_ms"), _LONG_BITS), _whole(members.get("native_ms"), _LONG_BITS))


def _stage(value: object) -> StageRun:
    members = _members(value)
    return StageRun(
        stage_id=_needed(members.get("stage_id"), _INT_BITS),
        attempt=_count(members.get("attempt")),
        run_ms=_fraction(members.get("run_ms")),
        native_ns=_whole(members.get("native_ns"), _LONG_BITS),
        lost_run_ms=_fraction(members.get("lost_run_ms")),
        task_count=_count(members.get("task_count")),
        failed_task_count=_count(members.get("failed_task_count")),
        killed_task_count=_count(members.get("killed_task_count")),
        speculative_task_count=_count(members.get("speculative_task_count")),
        succeeded=_flag(members.get("failed")) is not True,
        accumulators=_pairs(members.get("accumulators")),
        run_by_epoch_ms=_each(_epoch, members.get("run_by_epoch_ms")),
        submitted_at_ms=_whole(members.get("submitted_at_ms"), _LONG_BITS),
        completed_at_ms=_whole(members.get("completed_at_ms"), _LONG_BITS),
        remarks=_each(_reason, members.get("remarks")),
    )


def _epoch(value: object) -> tuple[int, Fraction]:
    index, run_ms = _fixed(_list(value), 2)
    return _needed(index, _INT_BITS), _fraction(run_ms)


def _reading(value: object) -> PlanReading:
    members = _members(value)
    explanation = _members(members.get("explanation"))
    return PlanReading(
        plan=None if members.get("plan") is None else _plan(_members(members["plan"])),
        phase=_word(Phase, members.get("phase"), Phase.STATIC),
        source=_word(PlanSource, members.get("source"), PlanSource.EXPLAIN_TEXT),
        explanation=Explanation(
            _word(ExplanationVerdict, explanation.get("verdict"), ExplanationVerdict.ABSENT),
            _each(_block, explanation.get("blocks")),
        ),
        problems=_each(_reason, members.get("problems")),
    )


def _plan(members: dict[str, Any]) -> Plan:
    codegens = _each(_codegen, members.get("codegens"))
    operators = _each(_operator, members.get("operators"))
    if not all(operator.codegen is None or 0 <= operator.codegen < len(codegens) for operator in operators):
        raise NoObservedError("a code generation scope that is not there")
    if not all(-1 <= operator.parent < index for index, operator in enumerate(operators)):
        raise NoObservedError("a parent that does not stand before its child")
    return Plan(operators, codegens)


def _codegen(value: object) -> Codegen:
    members = _members(value)
    return Codegen(_whole(members.get("number"), _INT_BITS), _each(_metric, members.get("metrics")))


def _operator(value: object) -> Operator:
    members = _members(value)
    return Operator(
        name=_text(members.get("name")),
        parent=_needed(members.get("parent"), _INT_BITS),
        link=_word(Link, members.get("link"), Link.CHILD),
        arguments=_text(members.get("arguments")),
        metrics=_each(_metric, members.get("metrics")),
        number=_whole(members.get("number"), _INT_BITS),
        codegen=_whole(members.get("codegen"), _INT_BITS),
        flagged_native=_flag(members.get("flagged_native")),
        stage_ids=tuple(_needed(one, _INT_BITS) for one in _list(members.get("stage_ids"))),
    )


def _metric(value: object) -> Metric:
    name, kind, accumulator_id, number = _fixed(_list(value), 4)
    return Metric(_text(name), _text(kind), _whole(accumulator_id, _LONG_BITS), _whole(number, _LONG_BITS))


def _block(value: object) -> ExplanationBlock:
    subject, subject_kind, detail, reference = _fixed(_list(value), 4)
    return ExplanationBlock(_text(subject), _text(subject_kind), _text(detail), _text(reference))


def _reason(value: object) -> Reason:
    reason_id, detail = _two_texts(value)
    if reason_id not in catalogue():
        raise NoObservedError(f"no reason {reason_id!r}")
    return Reason(reason_id, detail)


def _two_texts(value: object) -> tuple[str, str]:
    first, second = _fixed(_list(value), 2)
    return _text(first), _text(second)


def _pairs(value: object) -> MappingProxyType[int, int]:
    pairs = [_fixed(_list(pair), 2) for pair in _list(value)]
    return MappingProxyType({_needed(key, _LONG_BITS): _needed(number, _LONG_BITS) for key, number in pairs})


def _each(read: Callable[[object], Value], value: object) -> tuple[Value, ...]:
    return tuple(read(one) for one in _list(value))


def _members(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise NoObservedError("no object")
    return value


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise NoObservedError("no list")
    return value


def _fixed(items: list[Any], size: int) -> list[Any]:
    if len(items) != size:
        raise NoObservedError(f"{len(items)} items where {size} are due")
    return items


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NoObservedError("no text")
    return clean_text(value)


def _flag(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise NoObservedError("neither true nor false")
    return value


def _whole(value: object, bits: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not -(1 << bits) <= value < 1 << bits:
        raise NoObservedError("no integer of this size")
    return value


def _needed(value: object, bits: int) -> int:
    found = _whole(value, bits)
    if found is None:
        raise NoObservedError("an integer is due")
    return found


def _count(value: object) -> int:
    return _whole(value, _INT_BITS) or 0


def _fraction(value: object) -> Fraction:
    text = _text(value) or "0"
    if _FRACTION.fullmatch(text) is None or (("/" in text) and not text.partition("/")[2].strip("0")):
        raise NoObservedError("no fraction")
    return Fraction(text)


def _word(words: type[Word], value: object, default: Word) -> Word:
    text = _text(value)
    if not text:
        return default
    found = next((word for word in words if word.value == text), None)
    if found is None:
        raise NoObservedError(f"no {words.__name__}")
    return found
