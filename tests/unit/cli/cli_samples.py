"""Inputs for the command line, written by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FALLBACK = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=false
+- Project [region#3, pythonUDF0#8 AS net#9]
   +- BatchEvalPython [net_price(price#4)#7], [pythonUDF0#8]
      +- ColumnarToRow
         +- PhotonResultStage
            +- PhotonProject [region#3, price#4]
               +- PhotonScan parquet sales.orders[region#3,price#4] DataFilters: [], Format: parquet


== Photon Explanation ==
The query is fully supported by Photon.
"""
NATIVE = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=false
+- ColumnarToRow
   +- PhotonResultStage
      +- PhotonGroupingAgg(keys=[region#3], functions=[finalmerge_sum(merge sum#12) AS sum(price)#6])
         +- PhotonProject [region#3, price#4]
            +- PhotonScan parquet sales.orders[region#3,price#4] DataFilters: [], Format: parquet


== Photon Explanation ==
The query is fully supported by Photon.
"""
NO_ENGINE = """== Physical Plan ==
*(1) Project [region#3]
+- *(1) Filter (price#4 > 1)
   +- *(1) ColumnarToRow
      +- FileScan parquet sales.orders[region#3,price#4] Batched: true, DataFilters: [], Format: Parquet
"""


def put(directory: Path, name: str, text: str | bytes) -> str:
    """A file with this content; its path."""
    path = directory / name
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text, encoding="utf-8")
    return str(path)


def event_log(directory: Path, name: str = "app-1") -> str:
    """A small event log of plain Spark with one SQL execution; its path."""
    info = {
        "nodeName": "Project",
        "simpleString": "Project [id#0L]",
        "children": [
            {"nodeName": "Range", "simpleString": "Range (0, 10)", "children": [], "metadata": {}, "metrics": []}
        ],
        "metadata": {},
        "metrics": [],
    }
    sql = "org.apache.spark.sql.execution.ui."
    events = [
        {"Event": "SparkListenerLogStart", "Spark Version": "3.5.1"},
        {
            "Event": "SparkListenerEnvironmentUpdate",
            "JVM Information": {},
            "Spark Properties": {"spark.master": "local[2]", "spark.app.id": "app-1"},
            "Hadoop Properties": {},
            "System Properties": {},
            "Classpath Entries": {},
        },
        {"Event": "SparkListenerApplicationStart", "App Name": "demo", "App ID": "app-1", "Timestamp": 1, "User": ""},
        {
            "Event": f"{sql}SparkListenerSQLExecutionStart",
            "executionId": 0,
            "description": "a demo",
            "details": "",
            "physicalPlanDescription": "== Physical Plan ==\nProject [id#0L]\n+- Range (0, 10)\n",
            "sparkPlanInfo": info,
            "time": 2,
        },
        {"Event": f"{sql}SparkListenerSQLExecutionEnd", "executionId": 0, "time": 3},
        {"Event": "SparkListenerApplicationEnd", "Timestamp": 4},
    ]
    return put(directory, name, "".join(json.dumps(event) + "\n" for event in events))
