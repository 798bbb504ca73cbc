"""bit_and, bit_or and bit_xor as aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"])
    return sales.groupBy("store").agg(sf.expr("bit_and(id)"), sf.expr("bit_or(id)"), sf.expr("bit_xor(id)"))


WORKLOAD = Workload(
    name="aggregate-bit-functions",
    shows="bit_and, bit_or and bit_xor as aggregates.",
    expected=Expected("native"),
    run=_run,
)
