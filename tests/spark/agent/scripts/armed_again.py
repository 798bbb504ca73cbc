"""Armed by conf; later somebody arms by hand and tells more of the cluster. What follows must count by that."""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession
from talk import judged, open_door, rows_of, tell

spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext
print(rows_of(spark))
tell("first", judged(context, 2))
settings = {"spark.clusop.fact.tier": "PREMIUM"}
tell("door", open_door(context, sys.argv[1], door="arm", settings=settings, facts={"availability": "SPOT"}))
print(rows_of(spark))
tell("second", judged(context, 4))
spark.stop()
