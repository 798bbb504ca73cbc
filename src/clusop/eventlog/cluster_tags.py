"""Cluster tags: from an application's settings to the cluster it ran on, as far as they tell.

The product follows the cluster (its source, else its name), never a job's id: a job can run on an all-purpose cluster and is
then billed as such (DESIGN §6).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Cluster, Uptime
from clusop.eventlog.engine import is_databricks
from clusop.eventlog.environment import TAGS
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.cluster import Epoch
    from clusop.eventlog.environment import Environment

__all__ = ["cluster_of", "dbr_version_of", "image_label_of", "workload_name_of"]

_JOB_CLUSTER_NAME = re.compile(r"^job-\d+-run-\d+")
_VERSION = re.compile(r"^v?(?P<client>client\.)?(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:\.(?:x|\d+))*(?:-|$)")
_IMAGE_VERSION = re.compile(r"^release__(?P<client>client\.)?(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:\.x)?(?:-|_|$)")
_INSTANCE_TYPES = (
    ("AZURE", re.compile(r"^(?:Standard|Basic)_[A-Z]", re.IGNORECASE)),
    ("GCP", re.compile(r"^[a-z]\w*-(?:standard|highmem|highcpu|megamem|ultramem|highgpu|medium|small|micro)\b")),
    ("AWS", re.compile(r"^[a-z][\w-]*\.(?:metal|\d*(?:nano|micro|small|medium|large|xlarge))")),
)
_LOCAL_MASTER = re.compile(r"^local(?:\[|$)")
_CLOUD_SUFFIX = re.compile(r"_(?:AZURE|GCP|AWS)$")
_SHELL = "Databricks Shell"
_MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class _Billing:
    """What a cluster's source says of how it is billed and why it is up."""

    product: str
    uptime: Uptime
    is_serverless: bool = False
    unknown: str = ""


_BY_SOURCE = {
    "JOB": _Billing("JOBS_COMPUTE", Uptime.ELASTIC),
    "UI": _Billing("ALL_PURPOSE_COMPUTE", Uptime.FIXED),
    "API": _Billing("ALL_PURPOSE_COMPUTE", Uptime.FIXED),
    # Its edition (core, pro, advanced) is not in the tags: priced as a range over all of them.
    "PIPELINE": _Billing("DLT_COMPUTE", Uptime.UNKNOWN),
    "PIPELINE_MAINTENANCE": _Billing("DLT_COMPUTE", Uptime.ELASTIC),
    "SQL": _Billing("SQL_COMPUTE", Uptime.FIXED, is_serverless=True),
    "MODELS": _Billing("", Uptime.FIXED, unknown=": a model serving cluster"),
}


def cluster_of(environment: Environment, epochs: tuple[Epoch, ...]) -> Cluster:
    """The cluster, with remarks for what its settings leave open."""
    settings = environment.settings
    on_databricks = is_databricks(settings)
    driver = _first(settings, TAGS + "driverNodeType", "spark.databricks.driverNodeTypeId")
    worker = _first(settings, TAGS + "clusterNodeType", "spark.databricks.workerNodeTypeId")
    billing = _billing(settings) if on_databricks else _Billing("", Uptime.UNKNOWN)
    remarks = []
    if billing.unknown:
        remarks.append(Reason("unknown-product", billing.unknown))
    if billing.product == "DLT_COMPUTE":
        remarks.append(Reason("unknown-edition"))
    if not epochs:
        remarks.append(Reason("no-timeline"))
    return Cluster(
        cloud=_cloud(settings, driver or worker) if on_databricks else "",
        product=billing.product,
        cluster_id=settings.get(TAGS + "clusterId", ""),
        cluster_name=settings.get(TAGS + "clusterName", "")[:_MAX_NAME_CHARS],
        driver_node_type=driver or worker,
        worker_node_type=worker,
        is_single_node=_is_single_node(settings),
        availability=_availability(settings.get(TAGS + "clusterAvailability", "")),
        first_on_demand=_count(settings.get(TAGS + "clusterFirstOnDemand", "")),
        uptime=_uptime(settings, billing.uptime),
        is_serverless=billing.is_serverless,
        is_databricks=on_databricks,
        task_cpus=_count(settings.get("spark.task.cpus", "")) or 1,
        region=_first(settings, TAGS + "dataPlaneRegion", TAGS + "region"),
        epochs=epochs,
        remarks=tuple(remarks),
    )


def dbr_version_of(settings: Mapping[str, str]) -> str:
    """``13.3``, ``18`` (for ``18.x``) or ``client.2.5``; the version that runs before the one that was asked for."""
    match = _VERSION.match(_version(settings)) or _IMAGE_VERSION.match(image_label_of(settings))
    if match is None:
        return ""
    minor = f".{match['minor']}" if match["minor"] else ""
    return f"{match['client'] or ''}{match['major']}{minor}"


def image_label_of(settings: Mapping[str, str]) -> str:
    """The label of the image, which names the exact build."""
    return settings.get(TAGS + "sparkImageLabel", "")


def workload_name_of(environment: Environment, app_name: str) -> str:
    """What people call this work: the run's name, the notebook's, the job cluster's, the application's, the cluster's."""
    settings = environment.settings
    cluster_name = settings.get(TAGS + "clusterName", "")
    job_cluster = cluster_name if _billing(settings).product == "JOBS_COMPUTE" else ""
    app_name = settings.get("spark.app.name", app_name) or app_name
    candidates = (
        _run_name(settings),
        environment.single("notebook"),
        job_cluster,
        "" if app_name == _SHELL else app_name,
        cluster_name,
    )
    return next((name for name in candidates if name), "")[:_MAX_NAME_CHARS]


def _run_name(settings: Mapping[str, str]) -> str:
    try:
        tags = json.loads(settings.get(TAGS + "clusterAllTags", ""))
    except (ValueError, RecursionError):
        return ""
    for entry in tags if isinstance(tags, list) else ():
        if isinstance(entry, dict) and entry.get("key") == "RunName" and isinstance(entry.get("value"), str):
            return str(entry["value"])
    return ""


def _version(settings: Mapping[str, str]) -> str:
    return _first(settings, TAGS + "effectiveSparkVersion", TAGS + "sparkVersion")


def _billing(settings: Mapping[str, str]) -> _Billing:
    version = _VERSION.match(_version(settings))
    if version is not None and version["client"]:
        return _Billing("", Uptime.UNKNOWN, is_serverless=True)
    source = _first(settings, "spark.databricks.clusterSource", TAGS + "clusterSource").upper()
    if source in _BY_SOURCE:
        return _BY_SOURCE[source]
    if source:
        return _Billing("", Uptime.UNKNOWN, unknown=f": its source is {source[:40]}")
    if _JOB_CLUSTER_NAME.match(settings.get(TAGS + "clusterName", "")):
        return _BY_SOURCE["JOB"]
    return _Billing("", Uptime.UNKNOWN, unknown=": its source is not in the settings")


def _uptime(settings: Mapping[str, str], by_source: Uptime) -> Uptime:
    pooled = settings.get(TAGS + "instancePoolId") or settings.get(TAGS + "driverInstancePoolId")
    if pooled or settings.get(TAGS + "clusterPinned") == "true":
        return Uptime.FIXED
    return by_source


def _cloud(settings: Mapping[str, str], node_type: str) -> str:
    told = _first(settings, TAGS + "cloudProvider", "spark.databricks.cloudProvider").upper()
    if told in {"AWS", "AZURE", "GCP"}:
        return told
    return next((cloud for cloud, pattern in _INSTANCE_TYPES if pattern.match(node_type)), "")


def _is_single_node(settings: Mapping[str, str]) -> bool:
    return (
        settings.get(TAGS + "isSingleNode") == "true"
        or settings.get("spark.databricks.cluster.profile") == "singleNode"
        or _LOCAL_MASTER.match(settings.get("spark.master", "")) is not None
    )


def _availability(told: str) -> str:
    """Azure and GCP name it after the cloud; GCP's older word for spot is preemptible."""
    plain = _CLOUD_SUFFIX.sub("", told.strip().upper()).replace("PREEMPTIBLE", "SPOT")
    return plain if plain in {"ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK"} else ""


def _first(settings: Mapping[str, str], *names: str) -> str:
    return next((settings[name] for name in names if settings.get(name)), "")


def _count(told: str) -> int | None:
    return int(told) if told.isdecimal() and len(told) < len("1000000000") else None
