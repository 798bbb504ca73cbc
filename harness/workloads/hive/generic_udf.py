"""A generic Hive UDF, called with object inspectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    spark.sql(
        "CREATE OR REPLACE TEMPORARY FUNCTION clusop_initcap AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFInitCap'"
    )
    return spark.sql(
        f"SELECT clusop_initcap(substring(note, 7, 1)) AS k, count(*) AS n FROM parquet.`{data['sales']}`"
        " WHERE id < 20000 GROUP BY 1"
    )


WORKLOAD = Workload(
    name="hive-generic-udf",
    shows="A generic Hive UDF, called with object inspectors.",
    expected=Expected("fallback", causes=("scala-udf",)),
    run=_run,
    needs=("hive",),
)
