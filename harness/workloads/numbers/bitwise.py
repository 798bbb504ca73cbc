"""AND, OR, XOR, shifts and bit_count()."""

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
    return sales.groupBy(
        sf.expr("(customer & 15) | (quantity ^ 3) | shiftleft(quantity, 2) + bit_count(quantity)").alias("key")
    ).count()


WORKLOAD = Workload(
    name="bitwise",
    shows="AND, OR, XOR, shifts and bit_count().",
    expected=Expected("native"),
    run=_run,
)
