"""Arms by itself, asks everything there is to ask, goes quiet and arms again, in two sessions and two contexts."""

from __future__ import annotations

import json
import threading

from pyspark.sql import SparkSession

import clusop


def tell(name: str, value: object) -> None:
    print("TELL " + json.dumps([name, value]))


def seen(status: clusop.Status) -> int:
    return sum(status.agent["delivery"]["executions"].values())


def until(true, seconds: int = 60) -> bool:
    pause = threading.Event()
    return any(true() or pause.wait(0.1) for _ in range(seconds * 10))


tell("before", [clusop.arm().state, [reason.id for reason in clusop.status().reasons]])
spark = SparkSession.builder.getOrCreate()
tell("armed by the waiting thread", until(lambda: clusop.status().is_armed))
status = clusop.arm(endpont="x", spool_max_bytes=7)
tell("problems", [reason.id for reason in status.reasons])
tell("doors", status.agent["doors"])

spark.sql("select 1 as mine").collect()
other = spark.newSession()
other.range(7).count()
until(lambda: seen(clusop.status()) >= 2)
tell("mine", [row["execution"] for row in clusop.report().rows])
tell("others", len(clusop.report(other).rows))
tell("everybody is not allowed", len(clusop.report(everybody=True).rows))
tell("page", clusop.report()._repr_html_().startswith("<div>"))

tell("disarmed", clusop.disarm().state)
before = seen(clusop.status())
spark.range(3).count()
tell("quiet", seen(clusop.status()) == before)
tell("again", clusop.arm().state)
first = clusop.status().agent["agent"]

spark.stop()
spark = SparkSession.builder.getOrCreate()
until(lambda: any(one["state"] == "open" for one in clusop.status().agent["contexts"]))
spark.range(9).count()
tell("second context", until(lambda: seen(clusop.status()) > before))
tell("one agent", clusop.status().agent["agent"] == first)
tell("threads", sorted(one.name for one in threading.enumerate() if one.name.startswith("clusop")))
spark.stop()
