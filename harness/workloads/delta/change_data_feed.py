"""The change data feed of a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").option("delta.enableChangeDataFeed", "true").save(
        data.scratch_table("fed")
    )
    spark.sql(f"UPDATE delta.`{data.scratch_table('fed')}` SET price = 0 WHERE store = 5")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    changes = spark.read.format("delta").option("readChangeFeed", "true").option("startingVersion", 0)
    return changes.load(data.scratch_table("fed")).groupBy("_change_type").count()


WORKLOAD = Workload(
    name="delta-change-data-feed",
    shows="The change data feed of a Delta table.",
    expected=Expected("fallback", causes=("delta-feature",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
