"""The driver's JVM dies under Python, which goes on and ends as it would have."""

from __future__ import annotations

import os
import signal
import threading
from operator import attrgetter

from pyspark import SparkContext
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(spark.range(10).count())
threading.Event().wait(3)
gateway = attrgetter("_gateway")(SparkContext)
os.kill(gateway.proc.pid, signal.SIGKILL)
gateway.proc.wait()
threading.Event().wait(3)
print("still alive")
