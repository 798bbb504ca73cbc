"""A function over Arrow batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def first_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch.slice(0, 100)

    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("store", "quantity")
    return sales.mapInArrow(first_rows, "store int, quantity int").groupBy("quantity").count()


WORKLOAD = Workload(
    name="map-in-arrow",
    shows="A function over Arrow batches.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)
