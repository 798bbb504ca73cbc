"""A stateless stream: a filter and a projection."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pyspark.sql import functions as sf

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    files = spark.read.parquet(data["sales"])
    stream = spark.readStream.schema(files.schema).parquet(data["sales"]).where("id < 20000")
    writer = stream.select("id", sf.col("quantity") + 1).writeStream.format("noop").queryName("stream-map")
    writer = writer.option("checkpointLocation", data.scratch_table(f"stream-map/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-map",
    shows="A stateless stream: a filter and a projection.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)
