"""A stream whose batches a function aggregates and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    def totals(batch: DataFrame, number: int) -> None:
        counts = batch.groupBy("store").agg(sf.sum("quantity").alias("n"))
        counts.write.mode("overwrite").parquet(data.scratch_table("stream-foreach-batch-totals"))

    files = spark.read.parquet(data["sales"])
    stream = spark.readStream.schema(files.schema).parquet(data["sales"]).where("id < 20000")
    writer = stream.writeStream.foreachBatch(totals).queryName("stream-foreach-batch")
    writer = writer.option("checkpointLocation", data.scratch_table(f"stream-foreach-batch/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-foreach-batch",
    shows="A stream whose batches a function aggregates and writes.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)
