"""A temporary SQL function, which Spark 4 and Databricks inline into the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION clusop_net(price DOUBLE) RETURNS DOUBLE RETURN price * 0.81")
    return spark.sql(f"SELECT store, max(clusop_net(price)) AS net FROM parquet.`{data['sales']}` GROUP BY store")


WORKLOAD = Workload(
    name="sql-function",
    shows="A temporary SQL function, which Spark 4 and Databricks inline into the query.",
    expected=Expected("native"),
    run=_run,
    needs=("sql-udf",),
    disagreement=COUNTS_COMMANDS,
)
