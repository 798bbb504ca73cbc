"""MERGE into a Delta table: the work is in nested executions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "price")
    sales.write.format("delta").mode("overwrite").save(data.scratch_table("merged"))


def _run(spark: SparkSession, data: Dataset) -> None:
    spark.read.parquet(data["sales"]).where("id BETWEEN 15000 AND 25000").createOrReplaceTempView("changes")
    spark.sql(
        f"MERGE INTO delta.`{data.scratch_table('merged')}` AS t USING changes AS s ON t.id = s.id"
        " WHEN MATCHED THEN UPDATE SET t.price = s.price + 1"
        " WHEN NOT MATCHED THEN INSERT (id, store, price) VALUES (s.id, s.store, s.price)"
    )


WORKLOAD = Workload(
    name="delta-merge",
    shows="MERGE into a Delta table: the work is in nested executions.",
    expected=Expected(
        "fallback", causes=("delta-feature",), also=("row-source", "scala-udf", "unsupported-expression")
    ),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
