"""A Python table function joined laterally."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    class Halves:
        def eval(self, number: int) -> Iterator[tuple[int, int]]:
            yield number // 2, number % 2

    spark.udtf.register("clusop_halves", sf.udtf(Halves, returnType="half int, rest int"))
    return spark.sql(
        "SELECT rest, count(*) AS n FROM"
        f" (SELECT quantity FROM parquet.`{data['sales']}` WHERE id < 2000), LATERAL clusop_halves(quantity) GROUP BY rest"
    )


WORKLOAD = Workload(
    name="python-table-function",
    shows="A Python table function joined laterally.",
    expected=Expected("fallback", causes=("python-udf",)),
    run=_run,
)
