"""A bound on how long one fixture may run: its jobs are cancelled and its streams stopped, nobody else's."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import SparkSession

__all__ = ["Limit", "limited"]

_AGAIN_S = 5.0


@dataclass(slots=True)
class Limit:
    """``is_over`` turns true when the time was up."""

    seconds: float
    is_over: bool = field(default=False)


@contextlib.contextmanager
def limited(spark: SparkSession, group: str, seconds: float, give_up: Callable[[], None]) -> Iterator[Limit]:
    """Cancel the jobs of ``group`` and the streams begun inside when the time is up, again and again, since a query between two
    jobs has none to cancel. ``give_up`` is called once after as long again: what does not end then never will.
    """
    limit = Limit(seconds)
    done = threading.Event()
    before = {str(query.id) for query in spark.streams.active}

    def watch() -> None:
        if done.wait(seconds):
            return
        limit.is_over = True
        for _ in range(max(1, int(seconds / _AGAIN_S))):
            _cancel(spark, group, before)
            if done.wait(_AGAIN_S):
                return
        give_up()

    watcher = threading.Thread(target=watch, name="clusop-certify-limit", daemon=True)
    watcher.start()
    try:
        yield limit
    finally:
        done.set()
        watcher.join()


def _cancel(spark: SparkSession, group: str, before: set[str]) -> None:
    # A context that is gone has nothing left to cancel; the fixture's own error tells of it.
    with contextlib.suppress(PySparkException, Py4JError):
        spark.sparkContext.cancelJobGroup(group)
        for query in spark.streams.active:
            if str(query.id) not in before:
                query.stop()
