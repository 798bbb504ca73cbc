"""A few literal rows joined to a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    return spark.sql(
        "SELECT label, count(*) AS n FROM VALUES (1, 'one'), (2, 'two') AS words(number, label)"
        f" JOIN parquet.`{data['sales']}` ON quantity = number GROUP BY label"
    )


WORKLOAD = Workload(
    name="inline-table",
    shows="A few literal rows joined to a table.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
)
