"""A job whose jar on the class path is truncated, overwritten and deleted between its queries."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from talk import judged, rows_of, tell

jar = Path(sys.argv[1])
spark = SparkSession.builder.getOrCreate()
hurts = (
    lambda: None,
    lambda: os.truncate(jar, jar.stat().st_size // 3),
    lambda: jar.write_bytes(b"PK\x03\x04 not a jar any more" * 20000),
    jar.unlink,
)
for number, hurt in enumerate(hurts, start=1):
    if len(sys.argv) > 2:
        hurt()
    print(rows_of(spark))
    tell(f"status {number}", judged(spark.sparkContext, 2 * number))
spark.stop()
