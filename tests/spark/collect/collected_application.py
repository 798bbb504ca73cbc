"""One Spark application with a collector on its bus: runs workloads and leaves the event log and what the collector found.

A program of its own, since a JVM runs one application at a time. Its one argument is the JSON that the test writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "harness"))

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from clusop.certify.workload import Dataset, discover
from session import SessionPlan, build_session

PATIENCE_SECONDS = 120


def run(spark, workload, data):
    context = spark.sparkContext
    if workload.set_up is not None:
        context.setJobDescription(f"{workload.name}: set-up")
        if (prepared := workload.set_up(spark, data)) is not None:
            prepared.collect()
    before = {key: spark.conf.get(key, None) for key in workload.settings}
    for key, value in workload.settings.items():
        spark.conf.set(key, value)
    context.setJobDescription(workload.name)
    # Some fail on purpose.
    with contextlib.suppress(PySparkException, Py4JError):
        if (query := workload.run(spark, data)) is not None:
            query.collect()
    context.setJobDescription(None)
    for key, old in before.items():
        if old is None:
            spark.conf.unset(key)
        else:
            spark.conf.set(key, old)
    spark.catalog.clearCache()


def session_of(out, engine, comet, ours, settings):
    def plan(more):
        return SessionPlan(
            engine=engine,
            application="clusop collected",
            scratch=out / "scratch",
            comet_jar=comet,
            event_log=out / "eventlog",
            settings=more,
        )

    engines = plan({}).spark_settings().get("spark.driver.extraClassPath", "")
    class_path = os.pathsep.join(part for part in (engines, *ours) if part)
    return build_session(plan({**settings, "spark.driver.extraClassPath": class_path}))


def main(given):
    out, comet = Path(given["out"]), given["comet"]
    collected = out / "collected.json"
    settings = {
        "spark.extraListeners": "com.clusop.probe.CollectedListener",
        "spark.probe.collected": str(collected),
        "spark.probe.late": "true" if given["late"] else "false",
    }
    spark = session_of(out, given["engine"], Path(comet) if comet else None, given["ours"], settings)
    known = {workload.name: workload for workload in discover()}
    tables = Dataset(Path(given["data"]), out / "scratch" / "tables")
    for name in given["names"]:
        run(spark, known[name], tables)
    run(spark.newSession(), known[given["names"][0]], tables)
    spark.stop()
    # The JVM goes when this process does.
    until = time.monotonic() + PATIENCE_SECONDS
    while not collected.exists() and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
