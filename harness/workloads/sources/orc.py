"""ORC files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "store", "quantity")
    sales.write.mode("overwrite").orc(data.scratch_table("source-orc"))


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.orc(data.scratch_table("source-orc")).groupBy("store").agg(sf.sum("quantity"))


WORKLOAD = Workload(
    name="source-orc",
    shows="ORC files.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
    set_up=_set_up,
)
