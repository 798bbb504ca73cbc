"""A JSON source, whose schema Spark infers with a query of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.json(data["sales_json"]).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="json-source",
    shows="A JSON source, whose schema Spark infers with a query of its own.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)
