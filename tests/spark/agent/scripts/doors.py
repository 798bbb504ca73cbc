"""Every further door onto a JVM that may be armed already: by hand, by Python, twice; then a second context."""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession
from talk import KEY, call, gateway, judged, listeners_on, open_door, rows_of, scala_context, tell

jar = sys.argv[1]
spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext
jvm = gateway().jvm
print(rows_of(spark))
tell("first", judged(context, 2))
tell("door", open_door(context, jar, door="arm", settings={}, facts={}))
tell("listeners", listeners_on(context))
by_hand = jvm.com.clusop.listener.PhotonFallbackListener()
scala_context(context).addSparkListener(by_hand)
scala_context(context).addSparkListener(by_hand)
spark.range(5).count()
tell("second", judged(context, 3))
about = jvm.java.lang.System.getProperties().get(KEY).get("about")
tell("about", jvm.java.util.Optional.of("").map(about).get())
spark.stop()
again = SparkSession.builder.getOrCreate()
print(rows_of(again))
tell("rearmed", call("attach", context="", door="arm", settings={}, facts={}))
tell("third", judged(again.sparkContext, 5))
seen = {name: jvm.java.lang.System.getProperty(f"bystander.{name}") == "true" for name in ("listens", "queries")}
tell("bystander", seen)
again.stop()
