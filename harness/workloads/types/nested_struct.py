"""A column of structs in structs, read for one leaf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    rows = (
        spark.read.parquet(data["sales"])
        .where("id < 20000")
        .selectExpr("store", "named_struct('a', named_struct('b', quantity, 'c', note)) AS s")
    )
    rows.write.mode("overwrite").parquet(data.scratch_table("type-nested-struct"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data.scratch_table("type-nested-struct")).selectExpr("s.a.b AS b").groupBy("b").count()


WORKLOAD = Workload(
    name="type-nested-struct",
    shows="A column of structs in structs, read for one leaf.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
)
