"""A query run while a session setting keeps Comet off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.read.parquet(data["sales"]).groupBy("store").sum("price")


WORKLOAD = Workload(
    name="comet-off",
    shows="A query run while a session setting keeps Comet off.",
    expected=Expected("not-accelerated"),
    run=_run,
    settings={"spark.comet.enabled": "false"},
)
