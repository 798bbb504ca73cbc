"""url_encode() and url_decode()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(sf.expr("url_decode(url_encode(substring(note, 1, 8)))").alias("key")).count()


WORKLOAD = Workload(
    name="string-url-encode",
    shows="url_encode() and url_decode().",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
)
