"""An append to a table with an identity column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    spark.sql(
        f"CREATE OR REPLACE TABLE {data.table('delta_identity')}"
        " (number BIGINT GENERATED ALWAYS AS IDENTITY, store INT, quantity INT) USING delta"
    )


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("store", "quantity")
    sales.write.format("delta").mode("append").saveAsTable(data.table("delta_identity"))


WORKLOAD = Workload(
    name="delta-identity-column",
    shows="An append to a table with an identity column.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
