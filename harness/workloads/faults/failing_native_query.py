"""A native query that fails on a division by zero in ANSI mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).selectExpr("quantity DIV (store - store) AS q").groupBy("q").count()


WORKLOAD = Workload(
    name="failing-native-query",
    shows="A native query that fails on a division by zero in ANSI mode.",
    expected=Expected("native"),
    run=_run,
    settings={"spark.sql.ansi.enabled": "true"},
    fails=True,
)
