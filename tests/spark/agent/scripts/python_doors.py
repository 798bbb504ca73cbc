"""Python's door with a jar for another Scala, a damaged one, a good one and a second copy; then all of them are overwritten."""

from __future__ import annotations

import sys
from pathlib import Path

from pyspark.sql import SparkSession
from talk import call, judged, listeners_on, open_door, rows_of, tell

spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext
if len(sys.argv) > 1:
    names = ("wrong", "damaged", "good", "copy")
    for name, jar in zip(names, sys.argv[1:], strict=True):
        tell(
            name, open_door(context, jar, door="pth", settings={"spark.clusop.timeoutMs": 700}, facts={"product": "X"})
        )
print(rows_of(spark))
tell("status", judged(context, 2))
for jar in sys.argv[1:]:
    Path(jar).write_bytes(b"not a jar any more")
print(rows_of(spark))
tell("overwritten", judged(context, 4))
tell("listeners", listeners_on(context))
tell("disarmed", call("disarm", reason="test"))
print(rows_of(spark))
tell("after", call("status"))
tell("automatic", call("attach", context="", door="pth", settings={}, facts={}))
tell("explicit", call("attach", context="", door="arm", settings={}, facts={}))
print(rows_of(spark))
tell("last", judged(context, 6))
tell("nonsense", call("no such thing"))
spark.stop()
