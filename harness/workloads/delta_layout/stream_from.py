"""A stateless stream out of a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    table = data.table("delta_streamed")
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS"
        f" SELECT id, store, quantity FROM parquet.`{data['sales']}` WHERE id < 20000"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    stream = spark.readStream.table(data.table("delta_streamed")).where("store < 9")
    writer = stream.writeStream.format("noop").queryName("delta-stream-read")
    writer = writer.option("checkpointLocation", data.scratch_table(f"delta-stream-read/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="delta-stream-read",
    shows="A stateless stream out of a Delta table.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
