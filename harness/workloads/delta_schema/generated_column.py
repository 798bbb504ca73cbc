"""An append to a table with a generated column, which Delta computes and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import COUNTS_COMMANDS, Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    # In SQL, GENERATED ALWAYS AS (MONTH(day)): Spark 3.5's own parser and session catalog refuse it.
    delta, session = spark._jvm.io.delta.tables.DeltaTable, spark._jsparkSession
    month = delta.columnBuilder(session, "month").dataType("INT").generatedAlwaysAs("MONTH(day)").build()
    table = delta.createOrReplace(session).tableName(data.table("delta_generated"))
    table.addColumn("id", "BIGINT").addColumn("day", "DATE").addColumn(month).execute()


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("id", "day")
    sales.write.format("delta").mode("append").saveAsTable(data.table("delta_generated"))


WORKLOAD = Workload(
    name="delta-generated-column",
    shows="An append to a table with a generated column, which Delta computes and checks.",
    expected=Expected("native"),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
    disagreement=COUNTS_COMMANDS,
)
