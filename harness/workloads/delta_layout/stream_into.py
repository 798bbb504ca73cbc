"""A stateless stream into a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    files = spark.read.parquet(data["sales"])
    stream = spark.readStream.schema(files.schema).parquet(data["sales"]).where("id < 20000").select("id", "store")
    writer = stream.writeStream.format("delta").queryName("delta-stream-write")
    writer = writer.option("checkpointLocation", data.scratch_table(f"delta-stream-write/{uuid4()}/checkpoint"))
    writer.trigger(availableNow=True).start(data.scratch_table("delta-stream-write/table")).awaitTermination()


WORKLOAD = Workload(
    name="delta-stream-write",
    shows="A stateless stream into a Delta table.",
    expected=Expected("native"),
    run=_run,
    needs=("delta",),
)
