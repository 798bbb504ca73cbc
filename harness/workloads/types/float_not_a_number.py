"""Float and double with NaN and both zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = (
        spark.read.parquet(data["sales"])
        .where("id < 20000")
        .selectExpr("store", "CAST(IF(store = 1, 'NaN', quantity) AS FLOAT) AS f", "IF(store = 2, -0.0D, 0.0D) AS z")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-float-nan"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-float-nan")).groupBy("z").agg(sf.max("f"), sf.count("f"))


WORKLOAD = Workload(
    name="type-float-nan",
    shows="Float and double with NaN and both zeros.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)
