"""Lines of text files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.text(data["sales_csv"]).groupBy(sf.length("value").alias("length")).count()


WORKLOAD = Workload(
    name="source-text",
    shows="Lines of text files.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)
