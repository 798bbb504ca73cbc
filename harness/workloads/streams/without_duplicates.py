"""A stream without the rows whose key came before."""

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
    stream = spark.readStream.schema(files.schema).parquet(data["sales"]).where("id < 20000")
    writer = (
        stream.dropDuplicates(["customer"])
        .writeStream.format("noop")
        .queryName("stream-drop-duplicates")
        .outputMode("append")
    )
    writer = writer.option("checkpointLocation", data.scratch_table(f"stream-drop-duplicates/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-drop-duplicates",
    shows="A stream without the rows whose key came before.",
    expected=Expected("fallback", causes=("stateful-streaming",)),
    run=_run,
    settings={"spark.sql.shuffle.partitions": "1", "spark.sql.streaming.noDataMicroBatches.enabled": "false"},
)
