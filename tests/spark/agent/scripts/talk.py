"""What the scripts share: talking to the agent as the Python runtime does, and telling the test what they saw."""

from __future__ import annotations

import json
import time

from pyspark import SparkContext

KEY = "com.clusop.agent"
DEADLINE_S = 90
LISTENER = "com.clusop.listener.PhotonFallbackListener"


def gateway():
    """PySpark has no public door to Py4J."""
    return vars(SparkContext)["_gateway"]


def scala_context(context):
    return vars(context)["_jsc"].sc()


def tell(name, value):
    print("TELL " + json.dumps([name, value]), flush=True)


def call(op, **members):
    """The agent's answer; ``None`` where no agent is published."""
    jvm = gateway().jvm
    functions = jvm.java.lang.System.getProperties().get(KEY)
    if functions is None:
        return None
    request = json.dumps({"op": op, **members})
    return json.loads(jvm.java.util.Optional.of(request).map(functions.get("call")).get())


def listeners_on(context):
    """How many listeners of ours are on the context's bus."""
    held = scala_context(context).listenerBus().listeners()
    return sum(1 for at in range(held.size()) if held.get(at).getClass().getName() == LISTENER)


def open_door(context, jar, **request):
    """The Python door: a class loader of its own over a jar; what ``Door`` answers."""
    jvm = gateway().jvm
    urls = gateway().new_array(jvm.java.net.URL, 1)
    urls[0] = jvm.java.io.File(str(jar)).toURI().toURL()
    loader = jvm.java.net.URLClassLoader(urls, jvm.java.lang.Thread.currentThread().getContextClassLoader())
    object_class = jvm.java.lang.Class.forName("java.lang.Object")
    kinds = gateway().new_array(jvm.java.lang.Class, 2)
    kinds[0], kinds[1] = object_class, jvm.java.lang.Class.forName("java.lang.String")
    given = gateway().new_array(jvm.java.lang.Object, 2)
    given[0], given[1] = scala_context(context), json.dumps({"op": "attach", "context": "", **request})
    door = loader.loadClass("com.clusop.listener.Door").getConstructor(kinds).newInstance(given)
    return json.loads(jvm.java.util.Objects.toString(door))


def rows_of(spark):
    """A query with a shuffle, and its twin in a second session."""

    def sums(session):
        totals = session.range(0, 1000, 1, 4).selectExpr("id % 7 AS k", "id").groupBy("k").sum("id").orderBy("k")
        return [tuple(row) for row in totals.collect()]

    return [sums(spark), sums(spark.newSession())]


def executions(status):
    return sum(status["delivery"]["executions"].values())


def judged(context, count):
    """The status once ``count`` executions are judged; what is there when that takes too long, or no agent."""
    scala_context(context).listenerBus().waitUntilEmpty()
    until = time.monotonic() + DEADLINE_S
    status = call("status")
    while status and status["armed"] and executions(status) < count and time.monotonic() < until:
        time.sleep(0.05)
        status = call("status")
    return status
