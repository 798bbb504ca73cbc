"""One Spark application: runs the named workloads and leaves its event log, what became of each, and the engine's words.

Run as a program, in a process of its own: Spark and Comet write to its standard output and error, which go to ``spark.log``.
Lines of progress go to the real standard output.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from clusop.certify.comet_words import EngineWords
from clusop.certify.session_settings import with_settings
from clusop.certify.workload import Dataset, discover
from session import SessionPlan, build_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from clusop.certify.workload import Workload

__all__ = ["main"]


@contextlib.contextmanager
def _noise_to(path: Path) -> Iterator[TextIO]:
    """Standard output and error of this process, and so of the JVM it starts, go to ``path``; yields the real output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    real = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with path.open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        yield real
    real.flush()


def _run(spark: SparkSession, workload: Workload, data: Dataset) -> str:
    """Run one workload. Returns the error it ended with, ``""`` for none."""
    context = spark.sparkContext
    try:
        if workload.set_up is not None:
            context.setJobDescription(f"{workload.name}: set-up")
            if (prepared := workload.set_up(spark, data)) is not None:
                prepared.collect()
        with with_settings(spark, workload.settings):
            context.setJobDescription(workload.name)
            if (query := workload.run(spark, data)) is not None:
                query.collect()
    except (PySparkException, Py4JError) as error:
        # A workload may fail on purpose, and one that should not must not stop the rest.
        traceback.print_exc()
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    finally:
        context.setJobDescription(None)
        spark.catalog.clearCache()
    return ""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for eventlog/, outcomes.json, spark.log")
    parser.add_argument("--data", type=Path, required=True, help="folder that dataset.py made")
    parser.add_argument("--application", default="clusop workloads")
    parser.add_argument("--engine", choices=("comet", "none"), default="comet")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--comet-jar", type=Path)
    parser.add_argument("--delta-jar", type=Path, action="append", default=[])
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("workloads", nargs="+", help="names of workloads")
    return parser.parse_args()


def main() -> int:
    """Run the application. 0 if every workload ended as it declares (failing, where it says so)."""
    given = _arguments()
    known = {workload.name: workload for workload in discover()}
    chosen = [known[name] for name in given.workloads]
    out: Path = given.out.resolve()
    with _noise_to(out / "spark.log") as progress:
        spark = build_session(
            SessionPlan(
                engine=given.engine,
                application=given.application,
                scratch=out / "scratch",
                comet_jar=given.comet_jar,
                delta_jars=tuple(given.delta_jar),
                event_log=out / "eventlog",
                master=given.master,
                settings=dict(entry.split("=", 1) for entry in given.setting),
            )
        )
        words = EngineWords(spark)
        if given.engine == "comet":
            words.attach()
        print(f"Spark {spark.version} is up", file=progress, flush=True)
        outcomes = {}
        for workload in chosen:
            began = time.monotonic()
            error = _run(spark, workload, Dataset(given.data.resolve(), out / "scratch" / "tables"))
            seconds = time.monotonic() - began
            outcomes[workload.name] = {
                "seconds": round(seconds, 1),
                "error": error,
                "as_declared": bool(error) == workload.fails_with(given.engine),
            }
            print(f"  {workload.name:<34} {seconds:5.1f} s  {error[:60]}".rstrip(), file=progress, flush=True)
        if given.engine == "comet":
            words.drain()
        (out / "outcomes.json").write_text(
            json.dumps({"workloads": outcomes, "engine_words": words.to_json()}, indent=1), encoding="utf-8"
        )
        spark.stop()
    return 0 if all(outcome["as_declared"] for outcome in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
