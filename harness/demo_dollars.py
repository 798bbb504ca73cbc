"""The demo's dollars: as if the script ran on a small cluster on AWS, and compared between the service and the event log."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["AS_IF_ON", "dollars_agree"]

_TAG = "spark.databricks.clusterUsageTags."
AS_IF_ON: Mapping[str, str] = MappingProxyType(
    {
        f"{_TAG}{name}": value
        for name, value in {
            "cloudProvider": "AWS",
            "clusterId": "1129-000000-demo0001",
            "clusterNodeType": "i3.xlarge",
            "clusterSource": "JOB",
            "clusterWorkers": "0",
            "driverNodeType": "i3.xlarge",
            "isSingleNode": "true",
            "orgId": "1234567890123456",
            "sparkVersion": "15.4.x-scala2.12",
        }.items()
    }
)
"""What Databricks tells of such a cluster in Spark's settings; agent and log read the same."""


def dollars_agree(problems: Iterable[Mapping[str, Any]], inputs: Iterable[Mapping[str, Any]]) -> bool:
    """Print what could be saved according to both. A signal is rounded once, a query once: each may differ by a micro-dollar."""
    listed, queries = list(problems), [query for told in inputs for query in told["queries"]]
    stored = [[sum(_end(one["total"], end) for one in listed)] for end in ("low", "high")]
    priced = [query["cost"]["avoidable"] for query in queries if "low_microusd" in query["cost"]["avoidable"]]
    logged = [[sum(one[f"{end}_microusd"] for one in priced)] for end in ("low", "high")]
    slack = sum(one["total"]["signals"] for one in listed) + len(priced)
    agrees = all(abs(here[0] - there[0]) <= slack for here, there in zip(stored, logged, strict=True)) and bool(priced)
    print(f"  avoidable, on the page    {_range(stored)}  in {len(listed)} problems")
    print(f"  avoidable, from the log   {_range(logged)}  in {len(priced)} queries")
    print(f"  {'they agree' if agrees else 'THEY DIFFER'} (to the micro-dollar that each is rounded to)", flush=True)
    return agrees


def _end(total: Mapping[str, Any], end: str) -> int:
    low_or_high = f"{end}_microusd"
    return int(total["avoidable"][low_or_high]) + int(total["capacity"][low_or_high])


def _range(ends: Sequence[Sequence[int]]) -> str:
    return " to ".join(f"${end[0] / 1e6:.6f}" for end in ends)
