"""An ordinary PySpark job: it runs the queries it is told to and keeps their rows. It knows nothing of clusop.

``live_run.py`` starts it as anybody starts a script, ``python demo_script.py OUT``; ``OUT/job.json`` says what to run. Each query
is a file below ``workloads/``. Afterwards ``OUT`` holds Spark's event log and ``rows.json``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from session import SessionPlan, build_session
from workload import Dataset, discover

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Workload

__all__ = ["main"]


def _rows(query: DataFrame | None) -> list[str]:
    """What a query gives, in an order of its own: Spark promises none."""
    return sorted(repr(row) for row in query.collect()) if query is not None else []


def _run(spark: SparkSession, workload: Workload, data: Dataset) -> list[str]:
    context = spark.sparkContext
    if workload.set_up is not None:
        context.setJobDescription(f"{workload.name}: set-up")
        _rows(workload.set_up(spark, data))
    before = {key: spark.conf.get(key, None) for key in workload.settings}
    for key, value in workload.settings.items():
        spark.conf.set(key, value)
    context.setJobDescription(workload.name)
    rows = _rows(workload.run(spark, data))
    for key, old in before.items():
        if old is None:
            spark.conf.unset(key)
        else:
            spark.conf.set(key, old)
    spark.catalog.clearCache()
    return rows


def main() -> int:
    """Run the job. 0 if every query ran."""
    out = Path(sys.argv[1])
    job: dict[str, Any] = json.loads((out / "job.json").read_text(encoding="utf-8"))
    spark = build_session(
        SessionPlan(
            engine=job["engine"],
            application=job["application"],
            scratch=out / "scratch",
            comet_jar=Path(job["comet_jar"]) if job["comet_jar"] else None,
            delta_jars=tuple(map(Path, job["delta_jars"])),
            event_log=out / "eventlog",
            master=job["master"],
            settings=job["settings"],
        )
    )
    print(f"  Spark {spark.version} is up", flush=True)
    known = {workload.name: workload for workload in discover()}
    data = Dataset(Path(job["data"]), out / "scratch" / "tables")
    rows: dict[str, list[str]] = {}
    for name in job["workloads"]:
        began, error = time.monotonic(), ""
        try:
            rows[name] = _run(spark, known[name], data)
        except (PySparkException, Py4JError) as failure:
            error = f"{type(failure).__name__}: {failure}".splitlines()[0][:60]
        print(f"  {name:<34} {time.monotonic() - began:5.1f} s  {error}".rstrip(), flush=True)
    spark.stop()
    (out / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    return 0 if len(rows) == len(job["workloads"]) else 1


if __name__ == "__main__":
    sys.exit(main())
