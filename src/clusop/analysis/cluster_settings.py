"""What a cluster's own settings say of it: its cloud, how it is billed, why it is up, what people call its work.

Told by the settings in an event log and by those of a running driver alike. The product follows the cluster (its source, else
its name), never a job's id: a job can run on an all-purpose cluster and is then billed as such (DESIGN §6).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Uptime

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "TAGS",
    "Billing",
    "availability_of",
    "billing_of_source",
    "cloud_of",
    "job_of_cluster_name",
    "tags_of",
    "workload_name",
]

TAGS = "spark.databricks.clusterUsageTags."
"""What Databricks' settings about a cluster begin with."""

_JOB_CLUSTER_NAME = re.compile(r"^job-(\d+)-run-\d+", re.ASCII)
_CLOUDS = frozenset({"AWS", "AZURE", "GCP"})
_INSTANCE_TYPES = (
    ("AZURE", re.compile(r"^(?:Standard|Basic)_[A-Z]", re.IGNORECASE)),
    ("GCP", re.compile(r"^[a-z]\w*-(?:standard|highmem|highcpu|megamem|ultramem|highgpu|medium|small|micro)\b")),
    ("AWS", re.compile(r"^[a-z][\w-]*\.(?:metal|\d*(?:nano|micro|small|medium|large|xlarge))")),
)
_CLOUD_SUFFIX = re.compile(r"_(?:AZURE|GCP|AWS)$")
_AVAILABILITIES = frozenset({"ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK"})
_SHELL = "Databricks Shell"
_MAX_SOURCE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Billing:
    """What a cluster's source says of how it is billed and why it is up. ``unknown``: why it says nothing."""

    product: str
    uptime: Uptime
    is_serverless: bool = False
    unknown: str = ""


_BY_SOURCE = MappingProxyType(
    {
        "JOB": Billing("JOBS_COMPUTE", Uptime.ELASTIC),
        "UI": Billing("ALL_PURPOSE_COMPUTE", Uptime.FIXED),
        "API": Billing("ALL_PURPOSE_COMPUTE", Uptime.FIXED),
        # Its edition (core, pro, advanced) is not in the tags: priced as a range over all of them.
        "PIPELINE": Billing("DLT_COMPUTE", Uptime.UNKNOWN),
        "PIPELINE_MAINTENANCE": Billing("DLT_COMPUTE", Uptime.ELASTIC),
        "SQL": Billing("SQL_COMPUTE", Uptime.FIXED, is_serverless=True),
        "MODELS": Billing("", Uptime.FIXED, unknown=": a model serving cluster"),
    }
)


def billing_of_source(source: str, cluster_name: str) -> Billing:
    """By the cluster's source; by its name where no source is told."""
    told = source.upper()
    if told in _BY_SOURCE:
        return _BY_SOURCE[told]
    if told:
        return Billing("", Uptime.UNKNOWN, unknown=f": its source is {told[:_MAX_SOURCE_CHARS]}")
    if job_of_cluster_name(cluster_name):
        return _BY_SOURCE["JOB"]
    return Billing("", Uptime.UNKNOWN, unknown=": its source is not in the settings")


def job_of_cluster_name(name: str) -> str:
    """The job's id in ``job-42-run-7-main``, ``""`` for other names."""
    match = _JOB_CLUSTER_NAME.match(name)
    return match[1] if match else ""


def cloud_of(told: str, node_type: str) -> str:
    """The cloud as it is told, else as a node type's name gives it away; ``""`` where neither does."""
    if told.upper() in _CLOUDS:
        return told.upper()
    return next((cloud for cloud, pattern in _INSTANCE_TYPES if pattern.match(node_type)), "")


def availability_of(told: str) -> str:
    """Azure and GCP name it after the cloud; GCP's older word for spot is preemptible."""
    plain = _CLOUD_SUFFIX.sub("", told.strip().upper()).replace("PREEMPTIBLE", "SPOT")
    return plain if plain in _AVAILABILITIES else ""


def tags_of(text: str) -> Mapping[str, str]:
    """The cluster's tags from the JSON list in which its settings hold them; the first of a name counts."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("key"), str) and isinstance(entry.get("value"), str):
            found.setdefault(entry["key"], entry["value"])
    return found


def workload_name(run: str, notebook: str, app: str, cluster: str, *, is_job_cluster: bool) -> str:
    """What people call this work: the run's name, the notebook's, the job cluster's, the application's, the cluster's."""
    candidates = (run, notebook, cluster if is_job_cluster else "", "" if app == _SHELL else app, cluster)
    return next((name for name in candidates if name), "")
