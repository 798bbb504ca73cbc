"""Tasks that fail once and succeed when they are tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark import TaskContext

from workload import Expected, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def flaky(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        context = TaskContext.get()
        if context is not None and context.attemptNumber() == 0 and context.partitionId() % 2 == 0:
            message = "first attempts fail here"
            raise OSError(message)
        yield from batches

    sales = spark.read.parquet(data["sales"]).select("store", "price")
    return sales.mapInPandas(flaky, "store int, price double").groupBy("store").count()


WORKLOAD = Workload(
    name="retried-task",
    shows="Tasks that fail once and succeed when they are tried again.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)
