"""What is handed to ``arm()`` ends Python, interrupts it, or breaks; then settings that cannot be used, twice."""

from __future__ import annotations

import json

from pyspark.sql import SparkSession

import clusop


def tell(name: str, value: object) -> None:
    print("TELL " + json.dumps([name, value]))


class Hostile:
    """Raises whatever it was given when it is read."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __str__(self) -> str:
        raise self._error


spark = SparkSession.builder.getOrCreate()
for kind in (SystemExit, GeneratorExit, RecursionError, MemoryError, ValueError):
    status = clusop.arm(endpoint=Hostile(kind(3)))
    tell(kind.__name__, [status.state, [reason.id for reason in status.reasons]])
try:
    clusop.arm(endpoint=Hostile(KeyboardInterrupt()))
    tell("KeyboardInterrupt", "swallowed")
except KeyboardInterrupt:
    tell("KeyboardInterrupt", "the person's")
for _ in "12":
    status = clusop.arm(endpoint="no url", token_file="/nowhere/token", endpont="x", timeout_ms="soon")
    tell("bad", [status.state, sorted(reason.id for reason in status.reasons)])
print(spark.range(10).count())
