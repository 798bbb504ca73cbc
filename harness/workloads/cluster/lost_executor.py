"""An executor that dies under its tasks: they run again elsewhere, and a new executor takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    def deadly(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import os
        import signal
        from pathlib import Path

        from pyspark import TaskContext

        context = TaskContext.get()
        if context is not None and context.attemptNumber() == 0 and context.partitionId() == 0:
            # worker -> daemon -> executor. Never kill a driver, whatever master somebody runs this on.
            executor = int(Path(f"/proc/{os.getppid()}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])
            if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{executor}/cmdline").read_bytes():
                os.kill(executor, signal.SIGKILL)
        yield from batches

    sales = spark.read.parquet(data["sales"]).select("store", "price")
    return sales.mapInPandas(deadly, "store int, price double").groupBy("store").count()


WORKLOAD = Workload(
    name="lost-executor",
    shows="An executor that dies under its tasks: they run again elsewhere, and a new executor takes its place.",
    expected=Expected("fallback", causes=("pandas-udf",)),
    run=_run,
)
