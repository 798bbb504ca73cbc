"""A stateful streaming aggregate in one micro-batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    schema = spark.read.parquet(data["sales"]).schema
    stream = spark.readStream.schema(schema).parquet(data["sales"]).groupBy("store").count()
    query = stream.writeStream.format("noop").outputMode("complete").queryName("stream-stateful")
    query.option("checkpointLocation", data.scratch_table("state")).trigger(
        availableNow=True
    ).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-stateful",
    shows="A stateful streaming aggregate in one micro-batch.",
    expected=Expected("fallback", causes=("stateful-streaming",), also=("unsupported-operator",)),
    run=_run,
)
