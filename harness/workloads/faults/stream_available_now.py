"""A stateless stream in availableNow micro-batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("double")
    def net(price: float) -> float:
        return price * 0.81

    schema = spark.read.parquet(data["sales"]).schema
    stream = spark.readStream.schema(schema).option("maxFilesPerTrigger", 2).parquet(data["sales"])
    query = stream.select("id", net("price").alias("net")).writeStream.format("noop").queryName("stream-available-now")
    query.option("checkpointLocation", data.scratch_table("stream")).trigger(
        availableNow=True
    ).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-available-now",
    shows="A stateless stream in availableNow micro-batches.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)
