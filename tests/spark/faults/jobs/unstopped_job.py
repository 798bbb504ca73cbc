"""A job that never stops its context, and tells when its last line is done."""

from __future__ import annotations

import json
import time

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(spark.range(2).collect())
print("TELL " + json.dumps(["end_at_s", time.time()]), flush=True)
