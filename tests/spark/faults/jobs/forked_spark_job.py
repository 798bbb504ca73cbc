"""Forks while armed: one child asks Spark over the parent's connection, one ends as Python ends; the parent goes on."""

from __future__ import annotations

import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(spark.range(10).count())
for kind in ("asks", "ends"):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        if kind == "asks":
            print(kind, spark.range(20).count(), flush=True)
            os._exit(7)
        sys.exit(8)
    print(kind, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    print(spark.range(30).selectExpr("sum(id)").collect())
