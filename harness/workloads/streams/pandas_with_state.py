"""A pandas function that keeps a state for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pandas as pd

from workload import Expected, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession
    from pyspark.sql.streaming.state import GroupState

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> None:
    def counted(key: tuple[int], groups: Iterator[pd.DataFrame], state: GroupState) -> Iterator[pd.DataFrame]:
        seen = (state.get[0] if state.exists else 0) + sum(len(group) for group in groups)
        state.update((seen,))
        yield pd.DataFrame({"id": [key[0]], "n": [seen]})

    files = spark.read.parquet(data["sales"])
    stream = spark.readStream.schema(files.schema).parquet(data["sales"]).where("id < 40")
    # One row a key: PySpark 3.5 with pandas 3 stumbles over more.
    by_id = stream.select("id").groupBy("id")
    counts = by_id.applyInPandasWithState(counted, "id long, n long", "n long", "update", "NoTimeout")
    writer = counts.writeStream.format("noop").queryName("stream-pandas-with-state").outputMode("update")
    writer = writer.option("checkpointLocation", data.scratch_table(f"stream-pandas-with-state/{uuid4()}"))
    writer.trigger(availableNow=True).start().awaitTermination()


WORKLOAD = Workload(
    name="stream-pandas-with-state",
    shows="A pandas function that keeps a state for each key.",
    expected=Expected("fallback", causes=("stateful-streaming",)),
    run=_run,
    settings={"spark.sql.shuffle.partitions": "1", "spark.sql.streaming.noDataMicroBatches.enabled": "false"},
)
