"""A CSV source: rows, not columns, and the JVM reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    schema = "id long, store int, customer int, quantity int, price double, note string"
    return spark.read.csv(data["sales_csv"], header=True, schema=schema).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="csv-source",
    shows="A CSV source: rows, not columns, and the JVM reads them.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
    in_demo=True,
)
