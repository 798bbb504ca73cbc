"""A job that knows nothing of clusop and never stops its session."""

from __future__ import annotations

from pyspark.sql import SparkSession, functions

spark = SparkSession.builder.getOrCreate()
print(spark.range(1000).groupBy((functions.col("id") % 3).alias("k")).count().orderBy("k").collect())


@functions.udf("long")
def twice(value: int) -> int:
    import sys

    # In a Python worker of Spark: nothing of clusop may be there.
    return value * 2 if not any(name.startswith("clusop") for name in sys.modules) else -1


print(spark.range(5).select(twice("id").alias("twice")).collect())
