"""A Delta table read by column mapping after a column was renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").option("delta.columnMapping.mode", "name").save(
        data.scratch_table("mapped")
    )
    spark.sql(f"ALTER TABLE delta.`{data.scratch_table('mapped')}` RENAME COLUMN store TO shop")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.format("delta").load(data.scratch_table("mapped")).groupBy("shop").sum("price")


WORKLOAD = Workload(
    name="delta-column-mapping",
    shows="A Delta table read by column mapping after a column was renamed.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
