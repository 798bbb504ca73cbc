"""What the fault suite's user does, without any of us: good queries and one that fails, in one context after the other."""

from __future__ import annotations

import contextlib

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

for _ in range(2):
    spark = SparkSession.builder.getOrCreate()
    for one in (spark, spark.newSession()):
        one.range(0, 1000, 1, 4).selectExpr("id % 7 as k", "id").groupBy("k").sum("id").orderBy("k").collect()
    with contextlib.suppress(Py4JJavaError):
        spark.range(10).selectExpr("raise_error('no')").collect()
    spark.stop()
