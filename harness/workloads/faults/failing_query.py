"""A Python UDF that raises: the execution fails, its plan is judged all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    @sf.udf("double")
    def broken(price: float) -> float:
        message = "this price cannot be right"
        raise ValueError(message)

    return spark.read.parquet(data["sales"]).select(broken("price").alias("p")).agg(sf.sum("p"))


WORKLOAD = Workload(
    name="failing-query",
    shows="A Python UDF that raises: the execution fails, its plan is judged all the same.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
    fails=True,
)
