"""Runs one workload under dated names, with adaptive execution and without, and another one: each in a context of its own."""

from __future__ import annotations

from pyspark.sql import SparkSession, functions

for name in ("nightly load 2026-11-22", "nightly load 2026-11-23", "weekly load 2026-11-22"):
    spark = SparkSession.builder.appName(name).getOrCreate()
    twice = functions.udf(lambda value: value * 2, "long")
    for adaptive in ("true", "false"):
        spark.conf.set("spark.sql.adaptive.enabled", adaptive)
        frame = spark.range(100).select(twice("id").alias("twice"), (functions.col("id") % 3).alias("k"))
        rows = frame.groupBy("k").agg(functions.sum("twice")).orderBy("k").collect()
        print(adaptive, [row[1] for row in rows])
    spark.stop()
