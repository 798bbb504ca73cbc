"""An append to a table with a generated column, which Delta computes and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"CREATE OR REPLACE TABLE {data.table('delta_generated')}"
        " (id BIGINT, day DATE, month INT GENERATED ALWAYS AS (MONTH(day))) USING delta"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "day")
    sales.write.format("delta").mode("append").saveAsTable(data.table("delta_generated"))


WORKLOAD = Workload(
    name="delta-generated-column",
    shows="An append to a table with a generated column, which Delta computes and checks.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
