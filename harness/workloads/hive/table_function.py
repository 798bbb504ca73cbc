"""A Hive table function as a generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    spark.sql(
        "CREATE OR REPLACE TEMPORARY FUNCTION clusop_explode AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDTFExplode'"
    )
    return spark.sql(
        f"SELECT rating, count(*) AS n FROM parquet.`{data['sales']}` LATERAL VIEW clusop_explode(ratings) AS rating"
        " WHERE id < 20000 GROUP BY rating"
    )


WORKLOAD = Workload(
    name="hive-table-function",
    shows="A Hive table function as a generator.",
    expected=Expected("fallback", causes=("scala-udf",), also=("unsupported-operator",)),
    run=_run,
    needs=("hive",),
)
