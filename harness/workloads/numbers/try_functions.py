"""try_divide(), try_add() and try_cast()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    sales = spark.read.parquet(data["sales"]).where("id < 100000")
    return sales.groupBy(
        sf.expr("try_add(CAST(try_divide(store, quantity - 1) AS INT), try_cast(substring(note, 7, 2) AS INT))").alias(
            "key"
        )
    ).count()


WORKLOAD = Workload(
    name="try-functions",
    shows="try_divide(), try_add() and try_cast().",
    expected=Expected("native"),
    run=_run,
)
