"""Python closes its gateway itself, as a notebook's end may, and goes on without it."""

from __future__ import annotations

import threading
from operator import attrgetter

from pyspark import SparkContext
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(spark.range(10).count())
threading.Event().wait(3)
attrgetter("_gateway")(SparkContext).shutdown()
threading.Event().wait(3)
print("still alive")
