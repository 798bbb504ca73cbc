"""One Spark application of a certification, as a process of its own: ``python -m clusop.certify.application JOB.json``.

Starts a session after the job, arms the shipped agent, runs the fixtures one after another and keeps each in the journal before
the next begins. It ends when its standard input does, so that it never outlives the run that started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusop.certify.agent_check import agent_check
from clusop.certify.comet_words import EngineWords
from clusop.certify.dataset import is_made, make
from clusop.certify.engines import COMET, ENGINES, local_settings
from clusop.certify.journal import GAVE_UP, Journal
from clusop.certify.run_fixture import Bench, run_fixture
from clusop.certify.session_stamp import stamp_of
from clusop.certify.spark_account import SparkAccount
from clusop.certify.watched import Watched
from clusop.certify.workload import Dataset, discover

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

    from clusop.certify.engines import Engine

__all__ = ["main", "run_all"]


def main() -> int:
    """Run the job named on the command line."""
    job: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    threading.Thread(target=_end_with_parent, name="clusop-certify-parent", daemon=True).start()
    place = Path(job["place"])
    spark = _session(job, ENGINES[job["engine"]], place)
    inputs = Path(job["inputs"])
    if not is_made(inputs):
        make(spark, inputs)
    data = Dataset(inputs, place / "tables", "default")
    run_all(spark, ENGINES[job["engine"]], data, job, give_up=_give_up)
    spark.stop()
    return 0


def run_all(
    spark: SparkSession, engine: Engine, data: Dataset, job: dict[str, Any], *, give_up: Callable[[], None]
) -> None:
    """Run the job's fixtures in this session. ``job``: ``journal``, ``fixtures``, ``number``, ``limit_s``, ``repeats``,
    ``has_delta``, ``folder``. ``give_up`` ends what can neither finish nor be cancelled.
    """
    journal = Journal(Path(job["journal"]))
    agent = Watched(spark)
    words = EngineWords(spark) if engine is COMET else None
    if words is not None:
        words.attach()
    account = SparkAccount(spark)
    facts: dict[str, Any] = {
        "number": job["number"],
        "id": spark.sparkContext.applicationId,
        "stamp": stamp_of(spark, engine, has_delta=job["has_delta"]).to_json(),
    }
    journal.application(facts)
    bench = Bench(spark, engine, data, account, agent, words, job["limit_s"], job["repeats"], give_up)
    known = {fixture.name: fixture for fixture in discover(Path(job["folder"]) if job["folder"] else None)}
    account.drain()
    armed_after = account.last_id()
    finished: list[int] = []
    for name in job["fixtures"]:
        journal.begin(name, job["number"])
        last = account.last_id()
        told = run_fixture(bench, known[name])
        finished += [one.id for one in account.finished_after(last) if one.is_finished]
        # With every fixture: an application that is killed, or taken along by an engine, has no end to tell it at.
        check = agent_check(spark, agent, finished)
        journal.finish(name, {"application": job["number"], "agent": check, **told})
    # Once more over all, since a query that was cancelled may end after its fixture.
    finished = [one.id for one in account.finished_after(armed_after) if one.is_finished]
    journal.application({**facts, "agent": agent_check(spark, agent, finished)})


def _session(job: dict[str, Any], engine: Engine, place: Path) -> SparkSession:
    from pyspark.sql import SparkSession

    (place / "eventlog").mkdir(parents=True, exist_ok=True)
    # Workers must run the interpreter that pickled the functions, not the first python3 on the PATH.
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    # Else the executors of a local cluster write into the installed PySpark.
    os.environ["SPARK_WORKER_DIR"] = str(place / "executors")
    builder = SparkSession.builder.master(job["master"]).appName(f"clusop certify {job['group']}")
    jars = tuple(map(Path, job["jars"]))
    for key, value in (local_settings(engine, jars, place, has_delta=job["has_delta"]) | job["settings"]).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def _end_with_parent() -> None:
    # Not through sys.stdin: its lock, held by this thread for ever, would abort the interpreter's end.
    while os.read(0, 4096):
        pass
    os._exit(1)


def _give_up() -> None:
    os._exit(GAVE_UP)


if __name__ == "__main__":
    sys.exit(main())
