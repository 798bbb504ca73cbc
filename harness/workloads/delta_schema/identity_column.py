"""An append to a table with an identity column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _set_up(spark: SparkSession, data: Dataset) -> None:
    # In SQL, GENERATED ALWAYS AS IDENTITY: Spark 3.5 does not parse it.
    delta, session = spark._jvm.io.delta.tables.DeltaTable, spark._jsparkSession
    number = delta.columnBuilder(session, "number").dataType("BIGINT").generatedAlwaysAsIdentity().build()
    table = delta.createOrReplace(session).tableName(data.table("delta_identity"))
    table.addColumn(number).addColumn("store", "INT").addColumn("quantity", "INT").execute()


def _run(spark: SparkSession, data: Dataset) -> None:
    sales = spark.read.parquet(data["sales"]).where("id < 20000").select("store", "quantity")
    sales.write.format("delta").mode("append").saveAsTable(data.table("delta_identity"))


WORKLOAD = Workload(
    name="delta-identity-column",
    shows="An append to a table with an identity column.",
    expected=Expected("fallback", causes=("unsupported-expression",)),
    run=_run,
    set_up=_set_up,
    needs=("delta",),
)
