"""A Python UDF that returns an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("array<string>")
    def words(note: str) -> list[str]:
        return note.split(" ")

    sales = spark.read.parquet(data["sales"]).where("id < 20000")
    return sales.select(words("note")[1].alias("w")).groupBy("w").count()


WORKLOAD = Workload(
    name="udf-returning-array",
    shows="A Python UDF that returns an array.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)
