"""Makes the tables the fixtures read: deterministic, by Spark itself, once per version of this file's recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["RECIPE", "is_made", "make"]

RECIPE = "1"
"""Raise it when a table changes: the folder made by an older recipe is then left aside."""

_SALES_ROWS = 400_000
_CSV_ROWS = 60_000
_CUSTOMERS = 20_000
_MADE = "_MADE"


def is_made(folder: Path) -> bool:
    """Whether the tables lie in ``folder`` already."""
    return (folder / _MADE).is_file() and (folder / _MADE).read_text(encoding="utf-8") == RECIPE


def _sales(spark: SparkSession) -> DataFrame:
    # Multiplicative hashing of the row number: no random generator, the same rows on every machine.
    return (
        spark.range(0, _SALES_ROWS, 1, 4)
        .selectExpr("id", "pmod(id * 2654435761, 1000003) AS h")
        .selectExpr(
            "id",
            "CAST(h % 50 AS INT) AS store",
            f"CAST(h % {_CUSTOMERS} AS INT) AS customer",
            "CAST(1 + h % 9 AS INT) AS quantity",
            "CAST(h % 10000 AS DOUBLE) / 100 AS price",
            "date_add(DATE'2026-01-01', CAST(h % 300 AS INT)) AS day",
            "concat('order-', h % 977, ' item-', h % 13) AS note",
            "concat('{\"colour\":\"c', h % 7, '\",\"size\":', h % 5, '}') AS payload",
            "array(CAST(h % 3 AS INT), CAST(h % 5 AS INT), CAST(h % 7 AS INT)) AS ratings",
        )
    )


def make(spark: SparkSession, folder: Path) -> None:
    """Write all tables below ``folder``."""
    _sales(spark).write.mode("overwrite").parquet(str(folder / "sales"))
    sales = spark.read.parquet(str(folder / "sales"))
    spark.range(0, _CUSTOMERS, 1, 2).selectExpr(
        "CAST(id AS INT) AS customer",
        "concat('customer ', id) AS name",
        "concat('region ', id % 11) AS region",
        "CAST(id % 4 AS INT) AS segment",
    ).write.mode("overwrite").parquet(str(folder / "customers"))
    rows = sales.where(f"id < {_CSV_ROWS}").select("id", "store", "customer", "quantity", "price", "note")
    rows.write.mode("overwrite").option("header", "true").csv(str(folder / "sales_csv"))
    rows.write.mode("overwrite").json(str(folder / "sales_json"))
    (folder / _MADE).write_text(RECIPE, encoding="utf-8")
