"""A scalar subquery, native like the query that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    spark.read.parquet(data["sales"]).createOrReplaceTempView("sales")
    return spark.sql("SELECT store, count(*) FROM sales WHERE price > (SELECT avg(price) FROM sales) GROUP BY store")


WORKLOAD = Workload(
    name="clean-scalar-subquery",
    shows="A scalar subquery, native like the query that holds it.",
    expected=Expected("native"),
    run=_run,
    disagreement="Comet counts the adaptive plan around the subquery as an operator it lacks; every operator in it ran natively.",
)
