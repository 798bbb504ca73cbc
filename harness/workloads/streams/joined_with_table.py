"""A stream joined to a table that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from workload import COUNTS_WRITES, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    files = spark.read.parquet(data["sales"])
    stream = spark.readStream.schema(files.schema).parquet(data["sales"]).where("id < 20000")
    customers = spark.read.parquet(data["customers"])
    writer = (
        stream.join(customers, "customer")
        .select("id", "region")
        .writeStream.format("noop")
        .queryName("stream-table-join")
    )
    writer = writer.option("checkpointLocation", data.scratch_table(f"stream-table-join/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-table-join",
    shows="A stream joined to a table that stands still.",
    expected=Expected("native"),
    run=_run,
    disagreement=COUNTS_WRITES,
)
