"""What every Spark goes through in ``make matrix``, in one process: queries of all fates, then what the agent saw of them.

Run by ``matrix.py`` with one PySpark on its path and one door open. Plain PySpark without
lambdas, so that the interpreter need not suit the pickler of an old PySpark. Spark's own store of executions says what there
was to be seen.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standalone_cluster import QUICK_JVM, standalone_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

__all__ = ["main"]

_DEADLINE_SECONDS = 180.0
_STEP_SECONDS = 0.05
# A static method that sleeps, called by SQL itself: no Python worker is needed to be slow.
_SLEEP = "java_method('java.lang.Thread', 'sleep', cast({} as bigint))"


def _wait_until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _DEADLINE_SECONDS
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {_DEADLINE_SECONDS:.0f} s")
        time.sleep(_STEP_SECONDS)


def _jobs_run(spark: SparkSession) -> bool:
    return bool(spark.sparkContext.statusTracker().getActiveJobsIds())


def _fails(action: Callable[[], object], word: str) -> None:
    try:
        action()
    except Exception as error:
        if word.lower() not in str(error).lower():
            raise
        return
    raise AssertionError(f"nothing failed, and {word!r} was expected")


@dataclass(slots=True)
class Steps:
    """The queries. Each method is one step; a step that is in order returns."""

    spark: SparkSession
    scratch: Path

    def succeeds(self) -> None:
        """A query with a shuffle."""
        assert len(self.spark.range(0, 1000, 1, 4).selectExpr("id % 7 AS k").groupBy("k").count().collect()) == 7

    def fails(self) -> None:
        """A task that raises."""
        bad = self.spark.range(0, 10, 1, 2).selectExpr("if(id > 5, cast(raise_error('on purpose') as bigint), id) AS x")
        _fails(bad.collect, "on purpose")

    def is_cancelled(self) -> None:
        """A running query whose jobs are cancelled from another thread."""
        slow = self.spark.range(0, 2, 1, 2).selectExpr("id", _SLEEP.format(4000))
        said: list[BaseException] = []

        def collect() -> None:
            try:
                slow.collect()
            except Exception as error:
                said.append(error)

        thread = threading.Thread(target=collect)
        thread.start()
        _wait_until(lambda: _jobs_run(self.spark), "the start of the query to be cancelled")
        self.spark.sparkContext.cancelAllJobs()
        thread.join(_DEADLINE_SECONDS)
        assert said, "the query was not cancelled"
        assert "cancel" in str(said[0]).lower(), said[0]

    def fails_in_planning(self) -> None:
        """A plan that the optimizer refuses."""
        self.spark.conf.set("spark.sql.crossJoin.enabled", "false")
        left, right = self.spark.range(5).toDF("a"), self.spark.range(5).toDF("b")
        _fails(left.join(right, on=None, how="inner").hint("shuffle_hash").collect, "cartesian")

    def retries_a_stage(self) -> None:
        """A shuffle whose files are gone when they are read a second time."""
        query = self.spark.range(0, 100, 1, 2).selectExpr("id % 3 AS k").groupBy("k").count()
        assert len(query.collect()) == 3
        lost = [file for file in (self.scratch / "local").rglob("shuffle_*") if file.is_file()]
        assert lost, "there was no shuffle file to lose"
        for file in lost:
            file.unlink()
        context = self.spark.sparkContext
        context.setJobGroup("matrix-retry", "matrix-retry")
        assert len(query.collect()) == 3
        context.setLocalProperty("spark.jobGroup.id", None)
        tracker = context.statusTracker()
        jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup("matrix-retry")]
        stages = [tracker.getStageInfo(stage) for job in jobs if job is not None for stage in job.stageIds]
        attempts = [stage.currentAttemptId for stage in stages if stage is not None]
        assert any(attempts), f"no stage was tried again: {attempts}"

    def runs_in_another_session(self) -> None:
        """A query of ``newSession()``, which a per-session listener never sees."""
        assert self.spark.newSession().range(10).selectExpr("sum(id)").first()[0] == 45

    def runs_a_micro_batch(self) -> None:
        """A streaming query over a file, one batch, then its end."""
        source = str(self.scratch / "stream-source")
        self.spark.range(20).write.parquet(source)
        stream = self.spark.readStream.schema("id long").parquet(source).groupBy("id").count()
        sink = stream.writeStream.format("noop").outputMode("update").trigger(once=True)
        query = sink.option("checkpointLocation", str(self.scratch / "checkpoint")).start()
        assert query.awaitTermination(int(_DEADLINE_SECONDS)), "the batch did not end"

    def uses_a_cached_table(self) -> None:
        """A cache that one query fills and another reads."""
        table = self.spark.range(0, 100, 1, 2).selectExpr("id", "id * 2 AS twice").cache()
        assert table.count() == 100
        assert table.where("twice > 100").count() == 49
        table.unpersist()

    def writes(self) -> None:
        """A command that writes files."""
        path = str(self.scratch / "written")
        self.spark.range(0, 100, 1, 2).write.mode("overwrite").parquet(path)
        assert self.spark.read.parquet(path).count() == 100

    def speculates(self) -> None:
        """A task that is slow, and its copy on the other executor."""
        context = self.spark.sparkContext
        # The driver counts as one.
        _wait_until(lambda: context._jsc.sc().getExecutorMemoryStatus().size() > 2, "the start of both executors")
        # Both warmed up, or the quick tasks are as slow as the slow one, and nothing is copied.
        self.spark.range(0, 8, 1, 8).selectExpr("id", _SLEEP.format(50)).collect()
        slow = f"if(id = 0, {_SLEEP.format(12_000)}, {_SLEEP.format(1)})"
        context.setJobGroup("matrix-speculation", "matrix-speculation")
        assert len(self.spark.range(0, 8, 1, 8).selectExpr("id", slow).collect()) == 8
        context.setLocalProperty("spark.jobGroup.id", None)
        tracker = context.statusTracker()
        (job,) = tracker.getJobIdsForGroup("matrix-speculation")
        (stage,) = tracker.getJobInfo(job).stageIds
        store = context._jsc.sc().statusStore()
        # Whichever of the two loses is killed, a moment after the query is done.
        _wait_until(
            lambda: store.lastStageAttempt(stage).numKilledTasks() >= 1, "a copy of the slow task, and its end,"
        )


BEFORE_RESTART = (
    "succeeds", "fails", "is_cancelled", "fails_in_planning", "runs_in_another_session",
    "runs_a_micro_batch", "uses_a_cached_table", "writes",
)  # fmt: skip
AFTER_RESTART = ("succeeds", "runs_in_another_session", "speculates", "retries_a_stage", "writes")


@dataclass(frozen=True, slots=True)
class Opened:
    """The door that is open: whether something must be armed, and whether here, by a call."""

    name: str
    is_armed: bool
    is_called: bool


def _session(door: Opened, master: str, scratch: Path) -> SparkSession:
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(scratch / "local"),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": "3",
        # Each lost file of a shuffle costs one attempt.
        "spark.stage.maxConsecutiveAttempts": "12",
        "spark.speculation": str(master.startswith("spark:")).lower(),
        "spark.speculation.interval": "100ms",
        "spark.speculation.quantile": "0.5",
        "spark.speculation.multiplier": "1.1",
        "spark.executor.memory": "512m",
        "spark.executor.extraJavaOptions": QUICK_JVM,
        # The report shows every session here, as it does where the owner permits it.
        "spark.clusop.report.all": "true",
    }
    builder = SparkSession.builder.master(master).appName(f"clusop matrix {door.name}")
    for key, text in settings.items():
        builder = builder.config(key, text)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    if door.is_called:
        import clusop

        clusop.arm()
    if door.is_armed:
        # A query listener is made with the session's state, which the first query would ask for.
        spark._jsparkSession.sessionState()
        # The line's own thread arms a moment after the context is there; what ran before is counted, not seen.
        app = spark.sparkContext.applicationId
        _wait_until(lambda: app in _fed(spark), "the arming")
    return spark


def _fed(spark: SparkSession) -> set[str]:
    """The applications that feed the agent of this JVM, none while there is no agent."""
    if spark.sparkContext._jvm.java.lang.System.getProperties().get("com.clusop.agent") is None:
        return set()
    return {one["app"] for one in ask(spark, {"op": "status"}).get("contexts", []) if one["state"] == "open"}


def _executions(spark: SparkSession) -> dict[str, str]:
    """What Spark itself saw: every execution's id and description."""
    spark.sparkContext._jsc.sc().listenerBus().waitUntilEmpty()
    listed = spark._jsparkSession.sharedState().statusStore().executionsList()
    found = [listed.apply(at) for at in range(listed.size())]
    return {str(one.executionId()): str(one.description()) for one in found}


def ask(spark: SparkSession, request: dict[str, Any]) -> dict[str, Any]:
    """Ask the agent of this JVM the way clusop's Python does: through JDK classes only."""
    jvm = spark.sparkContext._jvm
    found = jvm.java.lang.System.getProperties().get("com.clusop.agent")
    if found is None:
        raise AssertionError("no agent is registered in this JVM")
    answer = jvm.java.util.Optional.of(json.dumps(request)).map(found["call"]).get()
    return dict(json.loads(answer))


def _rows(spark: SparkSession, expected: set[str]) -> list[dict[str, Any]]:
    """The agent's finished executions, once all that Spark saw are among them or time is up."""
    end = time.monotonic() + _DEADLINE_SECONDS / 3
    while True:
        rows = ask(spark, {"op": "report", "owner": "", "all": True}).get("rows", [])
        if expected <= {row["execution"] for row in rows} or time.monotonic() > end:
            return list(rows)
        time.sleep(_STEP_SECONDS)


def _run_steps(steps: Steps, names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """How each step went, and the executions that Spark saw in it."""
    outcome: dict[str, str] = {}
    executions: dict[str, list[str]] = {}
    known: set[str] = set()
    for name in names:
        start = time.monotonic()
        try:
            getattr(steps, name)()
        except Exception as error:
            outcome[name] = f"failed: {type(error).__name__}: {str(error).strip()[:300]}"
        else:
            outcome[name] = "ok"
        executions[name] = sorted(set(_executions(steps.spark)) - known)
        known.update(executions[name])
        print(f"{name}: {outcome[name]} in {time.monotonic() - start:.1f} s", flush=True)
    return outcome, executions


def _one_context(door: Opened, master: str, names: tuple[str, ...], scratch: Path) -> dict[str, Any]:
    spark = _session(door, master, scratch)
    outcome, by_step = _run_steps(Steps(spark, scratch), names)
    seen_by_spark = _executions(spark)
    result = {
        "master": master,
        "spark": spark.version,
        "steps": outcome,
        "executions": seen_by_spark,
        "by_step": by_step,
        "app": spark.sparkContext.applicationId,
        "rows": _rows(spark, set(seen_by_spark)) if door.is_armed else [],
        "status": ask(spark, {"op": "status"}) if door.is_armed else {},
    }
    spark.stop()
    return result


def _write(out: Path, door: Opened, contexts: list[dict[str, Any]]) -> None:
    unfinished = out.with_suffix(".part")
    unfinished.write_text(json.dumps({"door": door.name, "contexts": contexts}), encoding="utf-8")
    unfinished.replace(out)


def main(arguments: list[str]) -> int:
    """Two contexts, one after the other in one JVM; what happened goes to ``--out`` as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--door", required=True, help="its name")
    parser.add_argument("--armed", action="store_true", help="wait for the agent, and ask it at the end")
    parser.add_argument("--call", action="store_true", help="call clusop.arm()")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    door = Opened(chosen.door, chosen.armed, chosen.call)
    scratch = [Path(tempfile.mkdtemp(prefix=f"matrix-{number}-")) for number in (1, 2)]
    contexts = [_one_context(door, "local[2]", BEFORE_RESTART, scratch[0])]
    _write(chosen.out, door, contexts)
    # With executors of its own, where a stage is retried and a task copied.
    with standalone_cluster(scratch[1]) as master:
        contexts.append(_one_context(door, master, AFTER_RESTART, scratch[1]))
    _write(chosen.out, door, contexts)
    for folder in scratch:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
