"""A job full of what must not leave: the first argument is the directory for its data, the others are secrets to plant."""

from __future__ import annotations

import json
import sys
import threading

from pyspark.sql import SparkSession, functions
from pyspark.sql.types import LongType, StringType, StructField, StructType

folder, secrets = sys.argv[1], sys.argv[2:]
everything = " ".join(secrets)
tags = [{"key": "team", "value": "pricing"}, {"key": "owner", "value": everything}, {"key": everything, "value": "x"}]
builder = SparkSession.builder.appName(f"app {everything}").config("spark.company.password", everything)
for key in ("clusterAllTags", "clusterName", "clusterOwnerUserId", "clusterCreator", "clusterId"):
    # A cluster that a job brought up: its name is told in parts, and people chose the last one.
    names = {"clusterAllTags": json.dumps(tags), "clusterName": f"job-42-run-7-{everything}"}
    planted = names.get(key, everything)
    builder = builder.config(f"spark.databricks.clusterUsageTags.{key}", planted)
for key in (
    "sparkImageLabel",
    "clusterAvailability",
    "clusterNodeType",
    "driverNodeType",
    "region",
    "sparkVersion",
    "orgId",
):
    builder = builder.config(f"spark.databricks.clusterUsageTags.{key}", everything)
spark = builder.config("spark.databricks.clusterSource", "JOB").getOrCreate()
context = spark.sparkContext
clusop = __import__("clusop")
pause = threading.Event()
for _ in range(600):
    if clusop.status().is_armed or pause.wait(0.1):
        break

for number, secret in enumerate(secrets):
    context.setJobGroup(f"group {secret}", f"describes {secret}")
    context.setLocalProperty("callSite.short", f"{secret} at {secret}.py:7")
    context.setLocalProperty("spark.company.token", secret)
    context.setLocalProperty("spark.databricks.notebook.path", f"/Users/{secret}")
    for key in ("job.id", "job.runId", "job.taskKey", "workload.name", "workload.id"):
        context.setLocalProperty(f"spark.databricks.{key}", secret)
    column = f"of {secret} " + "z" * 1500
    schema = StructType([StructField(column, StringType()), StructField("n", LongType())])
    path = f"{folder}/in {number} " + "".join(sign for sign in secret if sign.isalnum())[:60]
    spark.createDataFrame([(secret, 1), (f"not {secret}", 2)], schema).write.mode("overwrite").parquet(path)
    frame = spark.read.parquet(path)

    def judged(value: str) -> str:
        return value[:3]

    judged.__name__ = f"judged_{secret}"
    made = functions.udf(judged, "string")
    shown = frame.where(functions.col(f"`{column}`") != f"literal {secret}").select(
        made(f"`{column}`").alias(secret), "n"
    )
    print(len(shown.groupBy(f"`{secret}`").agg(functions.sum("n")).collect()))
for _ in range(100):
    seen = clusop.status().agent["delivery"]["executions"]
    if sum(seen.values()) >= 2 * len(secrets) or pause.wait(0.1):
        break
print("TELL " + json.dumps(["status", repr(clusop.status()) + str(clusop.status())]))
print("TELL " + json.dumps(["agent", clusop.status().agent["delivery"]]))
spark.stop()
