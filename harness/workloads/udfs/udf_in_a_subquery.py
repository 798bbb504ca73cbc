"""A clean query whose scalar subquery runs a Python UDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def net(price: float) -> float:
        return price * 0.81

    spark.udf.register("clusop_net", net, "double")
    spark.read.parquet(data["sales"]).createOrReplaceTempView("sales")
    return spark.sql(
        "SELECT store, count(*) FROM sales WHERE price > (SELECT avg(clusop_net(price)) FROM sales) GROUP BY store"
    )


WORKLOAD = Workload(
    name="udf-in-a-subquery",
    shows="A clean query whose scalar subquery runs a Python UDF.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)
