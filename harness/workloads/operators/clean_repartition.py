"""A repartition and a sort: the native shuffle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return (
        spark.read.parquet(data["sales"])
        .where("id < 200")
        .repartition(3, "store")
        .sortWithinPartitions("price")
        .select("id")
    )


WORKLOAD = Workload(
    name="clean-repartition",
    shows="A repartition and a sort: the native shuffle.",
    expected=Expected("native"),
    run=_run,
)
