"""A simple Hive UDF, called by reflection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION clusop_reverse AS 'org.apache.hadoop.hive.ql.udf.UDFReverse'")
    return spark.sql(
        f"SELECT clusop_reverse(substring(note, 7, 1)) AS k, count(*) AS n FROM parquet.`{data['sales']}`"
        " WHERE id < 20000 GROUP BY 1"
    )


WORKLOAD = Workload(
    name="hive-simple-udf",
    shows="A simple Hive UDF, called by reflection.",
    expected=Expected("fallback", causes=("scala-udf",)),
    run=_run,
    needs=("hive",),
)
