"""json_tuple(), which makes columns of JSON by a generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        f"SELECT colour, count(*) AS n FROM parquet.`{data['sales']}`"
        " LATERAL VIEW json_tuple(payload, 'colour') AS colour WHERE id < 20000 GROUP BY colour"
    )


WORKLOAD = Workload(
    name="json-tuple",
    shows="json_tuple(), which makes columns of JSON by a generator.",
    expected=Expected("fallback", causes=("unsupported-operator",)),
    run=_run,
)
