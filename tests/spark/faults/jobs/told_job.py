"""A PySpark job that does what it is told, one JSON line after the other, and answers each. It ends where its input ends."""

from __future__ import annotations

import json
import os
import sys
import threading
from functools import partial
from operator import attrgetter

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession


def session_of_the_jvm() -> SparkSession:
    """The session of a JVM that was there before this Python, as a notebook's start makes it."""
    from pyspark.java_gateway import launch_gateway

    gateway = launch_gateway()
    java = gateway.jvm.JavaSparkContext(gateway.jvm.org.apache.spark.SparkContext.getOrCreate())
    conf = SparkConf(_jvm=gateway.jvm, _jconf=java.getConf())
    # One of its own: the JVM's default session is everybody's.
    return SparkSession(SparkContext(gateway=gateway, jsc=java, conf=conf)).newSession()


def rows() -> list[object]:
    """A query with a shuffle, and its twin in a second session."""

    def sums(one: SparkSession) -> list[object]:
        totals = one.range(0, 1000, 1, 4).selectExpr("id % 7 AS k", "id").groupBy("k").sum("id").orderBy("k")
        return [list(row) for row in totals.collect()]

    return [sums(held[0]), sums(held[0].newSession())]


def listeners() -> int:
    """How many listeners of ours are on the context's bus."""
    bus = attrgetter("_jsc")(held[0].sparkContext).sc().listenerBus().listeners()
    names = [bus.get(at).getClass().getName() for at in range(bus.size())]
    return names.count("com.clusop.listener.PhotonFallbackListener")


def told(status: object) -> dict[str, object]:
    """A status as JSON."""
    return {
        "state": status.state,
        "reasons": [reason.id for reason in status.reasons],
        "sentences": [reason.sentence for reason in status.reasons],
        "agent": status.agent,
        "faults": status.faults,
        "sent": status.sent_count,
    }


def pause(seconds: float) -> None:
    """Let a moment go by."""
    threading.Event().wait(seconds)


def conf(key: str, value: str) -> None:
    """A setting of the session."""
    held[0].conf.set(key, value)


def restart() -> None:
    """Another context in the same JVM."""
    held[0].stop()
    held[0] = SparkSession.builder.getOrCreate()


def ask(**given: object) -> object:
    """The agent's own answer, past the public functions."""
    from clusop.runtime.driver import driver

    answer = driver().ask(**given)
    return answer if isinstance(answer, dict) else answer.id


def of_clusop(name: str, **given: object) -> object:
    """One of the public functions; a job that never asks imports nothing of ours."""
    import clusop

    if name == "report":
        return [row["execution"] for row in clusop.report(held[0], **given).rows]
    return told(getattr(clusop, name)(**given))


orders = {
    "rows": rows,
    "pause": pause,
    "environment": os.environ.update,
    "forget": lambda name: os.environ.pop(name, None),
    "conf": conf,
    "listeners": listeners,
    "restart": restart,
    "sql": lambda text: [list(row) for row in held[0].sql(text).collect()],
    "ask": ask,
    **{name: partial(of_clusop, name) for name in ("status", "report", "arm", "disarm")},
}
held = [session_of_the_jvm() if "PYSPARK_GATEWAY_PORT" in os.environ else SparkSession.builder.getOrCreate()]
for line in sys.stdin:
    order = json.loads(line)
    print("TELL " + json.dumps(orders[order.pop("do")](**order)), flush=True)
