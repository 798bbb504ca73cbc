"""An ordinary job: two sessions, one query each, a clean stop. Tells what an agent says of itself, if there is one."""

from __future__ import annotations

from pyspark.sql import SparkSession
from talk import judged, listeners_on, rows_of, tell

spark = SparkSession.builder.getOrCreate()
print(rows_of(spark))
context = spark.sparkContext
tell("status", judged(context, 2))
tell("listeners", listeners_on(context))
spark.stop()
