"""A Hive aggregate function, which needs JVM objects as buffers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    spark.sql(
        "CREATE OR REPLACE TEMPORARY FUNCTION clusop_max AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDAFMax'"
    )
    return spark.sql(
        f"SELECT store, clusop_max(quantity) AS m FROM parquet.`{data['sales']}` WHERE id < 20000 GROUP BY store"
    )


WORKLOAD = Workload(
    name="hive-aggregate-function",
    shows="A Hive aggregate function, which needs JVM objects as buffers.",
    expected=Expected("fallback", causes=("scala-udf",)),
    run=_run,
    needs=("hive",),
)
