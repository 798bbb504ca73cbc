"""Cluster tags: from an application's settings to the cluster it ran on, as far as they tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Cluster, Uptime
from clusop.analysis.cluster_settings import (
    TAGS,
    Billing,
    availability_of,
    billing_of_source,
    cloud_of,
    tags_of,
    workload_name,
)
from clusop.eventlog.engine import is_databricks
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.cluster import Epoch
    from clusop.eventlog.environment import Environment

__all__ = ["cluster_of", "dbr_version_of", "image_label_of", "workload_name_of"]

_VERSION = re.compile(r"^v?(?P<client>client\.)?(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:\.(?:x|\d+))*(?:-|$)")
_IMAGE_VERSION = re.compile(r"^release__(?P<client>client\.)?(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:\.x)?(?:-|_|$)")
_LOCAL_MASTER = re.compile(r"^local(?:\[|$)")
_CLOUD = (TAGS + "cloudProvider", "spark.databricks.cloudProvider")
_MAX_NAME_CHARS = 200


def cluster_of(environment: Environment, epochs: tuple[Epoch, ...]) -> Cluster:
    """The cluster, with remarks for what its settings leave open."""
    settings = environment.settings
    on_databricks = is_databricks(settings)
    driver = _first(settings, TAGS + "driverNodeType", "spark.databricks.driverNodeTypeId")
    worker = _first(settings, TAGS + "clusterNodeType", "spark.databricks.workerNodeTypeId")
    billing = _billing(settings) if on_databricks else Billing("", Uptime.UNKNOWN)
    remarks = []
    if billing.unknown:
        remarks.append(Reason("unknown-product", billing.unknown))
    if billing.product == "DLT_COMPUTE":
        remarks.append(Reason("unknown-edition"))
    if not epochs:
        remarks.append(Reason("no-timeline"))
    return Cluster(
        cloud=cloud_of(_first(settings, *_CLOUD), driver or worker) if on_databricks else "",
        product=billing.product,
        cluster_id=settings.get(TAGS + "clusterId", ""),
        cluster_name=settings.get(TAGS + "clusterName", "")[:_MAX_NAME_CHARS],
        driver_node_type=driver or worker,
        worker_node_type=worker,
        is_single_node=_is_single_node(settings),
        availability=availability_of(settings.get(TAGS + "clusterAvailability", "")),
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
    name = workload_name(
        tags_of(settings.get(TAGS + "clusterAllTags", "")).get("RunName", ""),
        environment.single("notebook"),
        settings.get("spark.app.name", app_name) or app_name,
        settings.get(TAGS + "clusterName", ""),
        is_job_cluster=_billing(settings).product == "JOBS_COMPUTE",
    )
    return name[:_MAX_NAME_CHARS]


def _version(settings: Mapping[str, str]) -> str:
    return _first(settings, TAGS + "effectiveSparkVersion", TAGS + "sparkVersion")


def _billing(settings: Mapping[str, str]) -> Billing:
    version = _VERSION.match(_version(settings))
    if version is not None and version["client"]:
        return Billing("", Uptime.UNKNOWN, is_serverless=True)
    source = _first(settings, "spark.databricks.clusterSource", TAGS + "clusterSource")
    return billing_of_source(source, settings.get(TAGS + "clusterName", ""))


def _uptime(settings: Mapping[str, str], by_source: Uptime) -> Uptime:
    pooled = settings.get(TAGS + "instancePoolId") or settings.get(TAGS + "driverInstancePoolId")
    if pooled or settings.get(TAGS + "clusterPinned") == "true":
        return Uptime.FIXED
    return by_source


def _is_single_node(settings: Mapping[str, str]) -> bool:
    return (
        settings.get(TAGS + "isSingleNode") == "true"
        or settings.get("spark.databricks.cluster.profile") == "singleNode"
        or _LOCAL_MASTER.match(settings.get("spark.master", "")) is not None
    )


def _first(settings: Mapping[str, str], *names: str) -> str:
    return next((settings[name] for name in names if settings.get(name)), "")


def _count(told: str) -> int | None:
    return int(told) if told.isdecimal() and len(told) < len("1000000000") else None
