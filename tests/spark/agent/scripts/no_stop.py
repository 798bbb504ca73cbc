"""A job that never stops its context; it ends as Python ends."""

from __future__ import annotations

from pyspark.sql import SparkSession
from talk import rows_of

print(rows_of(SparkSession.builder.getOrCreate()))
