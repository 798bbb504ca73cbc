"""A table of a real database (Apache Derby, which Spark carries) read over JDBC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as sf

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 2000").select("id", "store", "quantity")
    address = "jdbc:derby:memory:clusop_source;create=true"
    sales.write.mode("overwrite").jdbc(address, "sales", properties={"driver": "org.apache.derby.jdbc.EmbeddedDriver"})


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    address = "jdbc:derby:memory:clusop_source;create=true"
    table = spark.read.jdbc(address, "sales", properties={"driver": "org.apache.derby.jdbc.EmbeddedDriver"})
    return table.where("store < 30").groupBy("store").agg(sf.sum("quantity"))


WORKLOAD = Workload(
    name="source-jdbc",
    shows="A table of a real database (Apache Derby, which Spark carries) read over JDBC.",
    expected=Expected("fallback", causes=("row-source",)),
    run=_run,
    set_up=_set_up,
)
