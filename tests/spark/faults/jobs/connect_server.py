"""PySpark's own Connect server in a driver of its own: prints its port, serves until its input ends."""

from __future__ import annotations

import sys
from operator import attrgetter

from pyspark.sql import SparkSession

builder = SparkSession.builder.config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
spark = builder.config("spark.connect.grpc.binding.port", "0").getOrCreate()
package = attrgetter("_jvm")(spark).org.apache.spark.sql.connect.service
service = attrgetter("MODULE$")(attrgetter("SparkConnectService$")(package))
print(f"PORT {service.localPort()}", flush=True)
sys.stdin.read()
spark.stop()
