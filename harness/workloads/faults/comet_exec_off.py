"""A query run while a session setting keeps Comet to scans only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").sum("quantity")


WORKLOAD = Workload(
    name="comet-exec-off",
    shows="A query run while a session setting keeps Comet to scans only.",
    expected=Expected("not-accelerated"),
    run=_run,
    settings={"spark.comet.exec.enabled": "false"},
)
