"""The matrix: cells with the stamp of what they were made on, as a value and as JSON (schema: ``matrix.v1.schema.json``)."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.certify.agreement import Agreement, agreement_of
from clusop.certify.cell import Cell, Fault, Found, Outcome, RunTime, Share, Side, Witnesses
from clusop.certify.stamp import Stamp
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["VERSION", "AgentCheck", "Matrix", "matrix_json", "read_matrix"]

VERSION = 1
_KEY = "clusop_certification"


@dataclass(frozen=True, slots=True)
class AgentCheck:
    """The agent against Spark's own account, over all applications of the run: ``executions`` that Spark finished, of these
    ``untold`` and ``twice`` by the agent, ``counted`` its own number, ``planless`` those among them that Spark could not plan, of
    which it may keep nothing; ``losses`` by reason, ``errors`` of its own.
    ``event_us`` is the mean time of one event on the bus's thread by Spark's timers, over ``events``; ``None`` where Spark does
    not tell. It holds the first events of each JVM, which are not compiled yet; ``median_us``, the middle one of the
    applications' medians, hardly does.
    """

    executions: int
    untold: int
    twice: int
    counted: int
    losses: Mapping[str, int]
    errors: int
    events: int = 0
    event_us: float | None = None
    median_us: float | None = None
    planless: int = 0

    @property
    def is_whole(self) -> bool:
        """Every execution told of exactly once, nothing lost."""
        has_faults = self.untold or self.twice or self.losses or self.errors
        return not has_faults and self.counted - self.planless <= self.executions <= self.counted

    @staticmethod
    def over(applications: Sequence[Mapping[str, Any]]) -> AgentCheck:
        """Summed over the applications that ended as they should; one that died told nothing at its end."""
        told = [one["agent"] for one in applications if "agent" in one]
        losses: dict[str, int] = {}
        for one in told:
            for reason, count in one["losses"].items():
                losses[reason] = losses.get(reason, 0) + count
        timers = [one["callback_us"] for one in told if one["callback_us"]]
        events = sum(timer["events"] for timer in timers)
        spent = sum(timer["events"] * timer["mean"] for timer in timers)
        return AgentCheck(
            executions=sum(one["executions"] for one in told),
            untold=sum(len(one["untold"]) for one in told),
            twice=sum(len(one["twice"]) for one in told),
            counted=sum(one["counted"] for one in told),
            losses=losses,
            errors=sum(one["errors"] or 0 for one in told),
            events=events,
            event_us=round(spent / events, 1) if events else None,
            median_us=round(statistics.median(timer["median"] for timer in timers), 1) if events else None,
            planless=sum(one.get("planless", 0) for one in told),
        )


@dataclass(frozen=True, slots=True)
class Matrix:
    """A certification. ``command`` is what made it."""

    stamp: Stamp
    command: str
    cells: tuple[Cell, ...]
    agent: AgentCheck

    @property
    def agreement(self) -> Agreement:
        """The analysis, without the engine's words, against the engine."""
        return agreement_of(self.cells)


def matrix_json(matrix: Matrix) -> str:
    """The document, with sorted keys; two runs of one matrix differ only in ``stamp.made_on`` and in what is called ``times``."""
    agreement = matrix.agreement
    document = {
        _KEY: VERSION,
        "stamp": matrix.stamp.to_json(),
        "command": matrix.command,
        "cells": [_cell_json(cell) for cell in matrix.cells],
        "agreement": {
            "caught": _rate(agreement.caught.successes, agreement.caught.trials, agreement.caught.interval),
            "false_alarms": _rate(
                agreement.false_alarms.successes, agreement.false_alarms.trials, agreement.false_alarms.interval
            ),
            "disagreements": [
                {
                    "fixture": one.fixture,
                    "kind": one.kind,
                    "said": one.said,
                    "engine_says": [list(pair) for pair in one.engine_says],
                    "explanation": one.explanation,
                }
                for one in agreement.disagreements
            ],
            "unheard": list(agreement.unheard),
            "untold": list(agreement.untold),
        },
        "agent": {
            "executions": matrix.agent.executions,
            "untold": matrix.agent.untold,
            "twice": matrix.agent.twice,
            "counted": matrix.agent.counted,
            "losses": dict(matrix.agent.losses),
            "errors": matrix.agent.errors,
            "planless": matrix.agent.planless,
            "times": {
                "events": matrix.agent.events,
                "event_us": matrix.agent.event_us,
                "median_us": matrix.agent.median_us,
            },
        },
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_matrix(path: Path) -> Matrix:
    """A matrix from its JSON file. Raises :class:`~clusop.errors.InputError` where it is none."""
    remedy = "Give the matrix.json that `clusop certify` wrote."
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(str(path), "there is no such file", remedy) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(str(path), f"it cannot be read as JSON ({error})", remedy) from None
    if not isinstance(document, dict) or document.get(_KEY) != VERSION:
        raise InputError(str(path), f"it holds no certification of version {VERSION}", remedy)
    try:
        agent = document["agent"]
        stamp: dict[str, Any] = {key: one if key == "cores" else _text(one) for key, one in document["stamp"].items()}
        return Matrix(
            stamp=Stamp(**stamp),
            command=_text(document["command"]),
            cells=tuple(_cell(one) for one in document["cells"]),
            agent=AgentCheck(
                **{key: value for key, value in agent.items() if key != "times"},
                events=agent["times"]["events"],
                event_us=agent["times"]["event_us"],
                median_us=agent["times"]["median_us"],
            ),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(str(path), f"a part of it is missing or of another form ({error})", remedy) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = f"{value!r} is no text"
        raise TypeError(message)
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        message = f"{values!r} is no list"
        raise TypeError(message)
    return tuple(map(_text, values))


def _rate(successes: int, trials: int, interval: tuple[float, float]) -> dict[str, Any]:
    return {"successes": successes, "trials": trials, "interval": [round(end, 4) for end in interval]}


def _cell_json(cell: Cell) -> dict[str, Any]:
    share, witnesses = cell.share, cell.witnesses
    return {
        "fixture": cell.fixture,
        "area": cell.area,
        "shows": cell.shows,
        "outcome": cell.outcome.value,
        "reason": cell.reason,
        "fault": cell.fault.value,
        "error": cell.error,
        "causes": list(cell.causes),
        "operators": [list(pair) for pair in cell.operators],
        "native_operators": cell.native_operators,
        "queries": cell.queries,
        "findings": [
            {"cause": one.cause, "operator": one.operator, "functions": list(one.functions)} for one in cell.findings
        ],
        "plan": list(cell.plan),
        "as_declared": cell.as_declared,
        "disagreement": cell.disagreement,
        "witnesses": None
        if witnesses is None
        else {
            "agent": _side_json(witnesses.agent),
            "masked": _side_json(witnesses.masked),
            "engine_off": witnesses.engine_off,
            "engine_says": [list(pair) for pair in witnesses.engine_says],
        },
        "times": {
            "share": None if share.median is None else {"median": share.median, "low": share.low, "high": share.high},
            "runs": share.runs,
            "basis": share.basis,
            "is_upper_bound": share.is_upper_bound,
            "why_not": share.why_not,
            "run_ms": None if cell.run_time is None else {"low": cell.run_time.low_ms, "high": cell.run_time.high_ms},
        },
    }


def _side_json(side: Side | None) -> dict[str, Any] | None:
    return None if side is None else {"verdict": side.verdict, "causes": list(side.causes)}


def _side(document: Mapping[str, Any] | None) -> Side | None:
    return None if document is None else Side(_text(document["verdict"]), _texts(document["causes"]))


def _cell(document: Mapping[str, Any]) -> Cell:
    times, told = document["times"], document["witnesses"]
    share = times["share"] or {}
    return Cell(
        fixture=_text(document["fixture"]),
        area=_text(document["area"]),
        shows=_text(document["shows"]),
        outcome=Outcome(document["outcome"]),
        reason=_text(document["reason"]),
        fault=Fault(document["fault"]),
        error=_text(document["error"]),
        causes=_texts(document["causes"]),
        operators=tuple((_text(name), int(count)) for name, count in document["operators"]),
        native_operators=document["native_operators"],
        queries=document["queries"],
        findings=tuple(
            Found(_text(one["cause"]), _text(one["operator"]), _texts(one["functions"])) for one in document["findings"]
        ),
        share=Share(
            share.get("median"),
            share.get("low"),
            share.get("high"),
            times["runs"],
            times["basis"],
            times["is_upper_bound"],
            times["why_not"],
        ),
        run_time=None if times["run_ms"] is None else RunTime(times["run_ms"]["low"], times["run_ms"]["high"]),
        plan=_texts(document["plan"]),
        witnesses=None
        if told is None
        else Witnesses(
            _side(told["agent"]),
            _side(told["masked"]),
            told["engine_off"],
            tuple((_text(operator), _text(reason)) for operator, reason in told["engine_says"]),
        ),
        as_declared=document["as_declared"],
        disagreement=_text(document["disagreement"]),
    )
