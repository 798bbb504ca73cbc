"""Two streams joined on a key, with watermarks on both."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = spark.read.parquet(data["sales"]).where("id < 5000").coalesce(1)
    rows = rows.selectExpr("store", "customer", "timestamp_seconds(1767225600 + id * 60) AS at")
    rows.write.mode("overwrite").parquet(data.scratch_table("stream-stream-join/rows"))


def _run(spark: SparkSession, data: Dataset) -> None:
    rows = spark.readStream.schema("store int, customer int, at timestamp").parquet(
        data.scratch_table("stream-stream-join/rows")
    )
    timed = rows.withWatermark("at", "1 day")
    sold = timed.where("store = 1").select("customer", "at")
    dear = timed.where("store = 2").select("customer", sf.col("at").alias("then"))
    writer = sold.join(dear, "customer").writeStream.format("noop").queryName("stream-stream-join").outputMode("append")
    writer = writer.option("checkpointLocation", data.scratch_table(f"stream-stream-join/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-stream-join",
    shows="Two streams joined on a key, with watermarks on both.",
    expected=Expected("fallback", causes=("stateful-streaming",), also=("unsupported-operator",)),
    run=_run,
    set_up=_set_up,
    settings={"spark.sql.shuffle.partitions": "1", "spark.sql.streaming.noDataMicroBatches.enabled": "false"},
)
