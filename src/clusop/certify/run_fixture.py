"""Runs one fixture in a live session and keeps what Spark, the engine and the shipped agent say of it. Judges nothing."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from clusop.certify.error_words import error_words
from clusop.certify.session_settings import with_settings
from clusop.certify.time_limit import limited
from clusop.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

    from clusop.certify.comet_words import EngineWords
    from clusop.certify.engines import Engine
    from clusop.certify.spark_account import SparkAccount
    from clusop.certify.watched import Watched
    from clusop.certify.workload import Dataset, Run, Workload

__all__ = ["Bench", "run_fixture"]

_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Bench:
    """What a fixture is run with. ``words`` is Comet's own listener, ``None`` for other engines; ``limit_s`` bounds one run;
    ``give_up`` ends the process of a query that cannot be cancelled.
    """

    spark: SparkSession
    engine: Engine
    data: Dataset
    account: SparkAccount
    agent: Watched
    words: EngineWords | None
    limit_s: float
    repeats: int
    give_up: Callable[[], None]


def run_fixture(bench: Bench, fixture: Workload) -> dict[str, Any]:
    """All runs of a fixture as JSON: ``runs``, each with its ``error`` and ``executions``; ``without_engine`` is the error of
    one more run with the engine off, made only where a run failed that should not, ``null`` where it was not.
    """
    runs = []
    for _ in range(bench.repeats):
        runs.append(_run(bench, fixture))
        if runs[-1]["error"] or runs[-1]["set_up_error"]:
            break  # one failure is enough, and the next might leave less of the session
    failed = bool(runs[-1]["error"] or runs[-1]["set_up_error"])
    without: dict[str, str] | None = None
    if failed and not fixture.fails and not runs[-1]["timed_out"] and bench.engine.off:
        again = _run(bench, replace(fixture, settings={**fixture.settings, **bench.engine.off}), is_off=True)
        without = {"error": again["set_up_error"] or again["error"]}
    return {"runs": runs, "without_engine": without}


def _run(bench: Bench, fixture: Workload, *, is_off: bool = False) -> dict[str, Any]:
    spark, context = bench.spark, bench.spark.sparkContext
    found: dict[str, Any] = {"set_up_error": "", "error": "", "timed_out": False, "seconds": 0.0, "executions": []}
    group = f"clusop-certify {fixture.name}"
    with (
        limited(spark, group, bench.limit_s, bench.give_up) as limit,
        with_settings(spark, bench.engine.off if is_off else {}),
    ):
        if fixture.set_up is not None:
            context.setJobGroup(group, f"{fixture.name}: set-up", interruptOnCancel=True)
            found["set_up_error"] = _attempt(fixture.set_up, bench)
        if not found["set_up_error"]:
            bench.account.drain()
            last = bench.account.last_id()
            began = _CLOCK.monotonic_ms() / 1000
            with with_settings(spark, fixture.settings):
                context.setJobGroup(group, fixture.name, interruptOnCancel=True)
                found["error"] = _attempt(fixture.run, bench)
            found["seconds"] = round(_CLOCK.monotonic_ms() / 1000 - began, 3)
            found["executions"] = _executions(bench, last)
        found["timed_out"] = limit.is_over
    context.setLocalProperty("spark.jobGroup.id", None)
    context.setLocalProperty("spark.job.description", None)
    with contextlib.suppress(PySparkException, Py4JError):
        spark.catalog.clearCache()
    return found


def _attempt(run: Run, bench: Bench) -> str:
    """The error it ended with, ``""`` for none. Whatever a fixture raises is the fixture's outcome, never ours."""
    try:
        if (query := run(bench.spark, bench.data)) is not None:
            query.collect()
    except Exception as error:  # its own code may raise anything
        return error_words(error)
    return ""


def _executions(bench: Bench, last: int) -> list[dict[str, Any]]:
    """What is known of every execution after ``last``: Spark's account, the agent's row, the engine's words."""
    seen = bench.account.finished_after(last)
    rows = bench.agent.rows_of(one.id for one in seen if one.is_finished)
    words = bench.words.by_execution if bench.words is not None else {}
    told = []
    for one in seen:
        said = words.get(one.id)
        told.append(
            {
                "id": one.id,
                "root": one.root,
                "description": one.description,
                "plan": one.plan,
                "failed": bool(one.error),
                "is_finished": one.is_finished,
                "agent": rows.get(one.id),
                "engine_words": None
                if said is None
                else {
                    "native": said.native,
                    "eligible": said.eligible,
                    "reasons": [list(pair) for pair in said.reasons],
                    "unavailable": said.unavailable,
                },
            }
        )
    return told
