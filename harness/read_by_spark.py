"""Reads event logs with Spark's own parser: ``python harness/read_by_spark.py LOG…`` prints how many events it took of each.

It tells that a scrubbed log is still an event log to Spark, and so to its History Server.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import zstandard

from session import SessionPlan, build_session

__all__ = ["main"]


def main() -> int:
    """Parse every event of the logs named on the command line; prints one JSON object, name to count."""
    counts = {}
    with tempfile.TemporaryDirectory() as scratch:
        spark = build_session(SessionPlan("none", "clusop reads logs", Path(scratch)))
        protocol = spark._jvm.org.apache.spark.util.JsonProtocol
        for name in sys.argv[1:]:
            with Path(name).open("rb") as stream:
                reader = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
                lines = reader.read().decode("utf-8").splitlines()
            kinds = [re.split(r"[.$]", json.loads(line)["Event"])[-1] for line in lines]
            parsed = [protocol.sparkEventFromJson(line).getClass().getSimpleName() for line in lines]
            counts[Path(name).name] = sum(one == other for one, other in zip(kinds, parsed, strict=True))
        spark.stop()
    print(json.dumps(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
