"""The demo's dollars: as if the script ran on a small cluster on AWS, and compared between the service and the event log."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from clusop.analysis.records.problems import Workload, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clusop.analysis.assessment import QueryAssessment

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


def dollars_agree(problems: Iterable[Mapping[str, Any]], queries: Iterable[QueryAssessment]) -> bool:
    """Print what could be saved according to both, problem by problem: of two problems that share a query's islands each has the
    upper bound of its own. A figure is rounded once, so each may differ by a micro-dollar.
    """
    listed = list(problems)
    nobody = Workload("", "name:" + "0" * 32, "", b"")
    figures: list[Any] = [  # Any: the wire form
        one.body["figures"] for query in queries for one in problems_of(query, nobody)
    ]
    priced = [each["avoidable"] for each in figures if "low_microusd" in each["avoidable"]]
    stored = [sum(_end(one["total"], f"{end}_microusd") for one in listed) for end in ("low", "high")]
    logged = [sum(one[f"{end}_microusd"] for one in priced) for end in ("low", "high")]
    slack = sum(one["total"]["signals"] for one in listed) + len(priced)
    agrees = all(abs(here - there) <= slack for here, there in zip(stored, logged, strict=True)) and bool(priced)
    print(f"  avoidable, on the page    {_range(stored)}  in {len(listed)} problems")
    print(f"  avoidable, from the log   {_range(logged)}  in {len(priced)} sightings of problems")
    print(f"  {'they agree' if agrees else 'THEY DIFFER'} (to the micro-dollar that each is rounded to)", flush=True)
    return agrees


def _end(total: Mapping[str, Any], low_or_high: str) -> int:
    return int(total["avoidable"][low_or_high]) + int(total["capacity"][low_or_high])


def _range(ends: Sequence[int]) -> str:
    return " to ".join(f"${end / 1e6:.6f}" for end in ends)
