"""What the driver tells of its cluster and its workload: each fact with where it comes from, or the reason it is not known.

Only the keys named here are read, one by one. Job and local properties hold tokens; nothing here lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.cluster import Uptime
from clusop.analysis.cluster_settings import (
    TAGS,
    availability_of,
    billing_of_source,
    cloud_of,
    job_of_cluster_name,
    tags_of,
    workload_name,
)
from clusop.reasons import Reason
from clusop.runtime.dbr_version import dbr_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from clusop.runtime.settings import Settings

__all__ = ["CONF_KEYS", "Fact", "agent_name", "detect"]

_ALL_TAGS = TAGS + "clusterAllTags"
_MOST_CHARS = 200

# The allow-list: which conf keys each fact may come from, best first.
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "runtime": (TAGS + "effectiveSparkVersion", TAGS + "sparkVersion"),
        "image": (TAGS + "sparkImageLabel",),
        "engine": (TAGS + "runtimeEngine",),
        "cloud": (TAGS + "cloudProvider", "spark.databricks.cloudProvider"),
        "workspace": (TAGS + "orgId", TAGS + "clusterOwnerOrgId"),
        "cluster": (TAGS + "clusterId",),
        "cluster_name": (TAGS + "clusterName",),
        "source": ("spark.databricks.clusterSource", TAGS + "clusterSource"),
        "access_mode": (TAGS + "dataSecurityMode",),
        "driver_node_type": (TAGS + "driverNodeType", "spark.databricks.driverNodeTypeId"),
        "worker_node_type": (TAGS + "clusterNodeType", "spark.databricks.workerNodeTypeId"),
        "availability": (TAGS + "clusterAvailability",),
        "pool": (TAGS + "instancePoolId", TAGS + "driverInstancePoolId"),
        "pinned": (TAGS + "clusterPinned",),
        "plugins": ("spark.plugins",),
        "comet": ("spark.comet.enabled",),
        "tags": (_ALL_TAGS,),
        "app_name": ("spark.app.name",),
        "app_id": ("spark.app.id",),
    }
)
CONF_KEYS = tuple(key for keys in _KEYS.values() for key in keys)
# Facts a setting can override, by the setting's name.
_OVERRIDES = MappingProxyType(
    {
        "workspace": "fact.workspace",
        "workload": "fact.workload",
        "job_id": "fact.jobId",
        "task_key": "fact.taskKey",
        "engine": "fact.engine",
        "cloud": "fact.cloud",
        "product": "fact.product",
        "tier": "fact.tier",
        "uptime": "fact.uptime",
        "driver_node_type": "fact.driverNodeType",
        "worker_node_type": "fact.workerNodeType",
        "availability": "fact.availability",
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its value and where it was found, or ``value`` empty and why."""

    value: str
    origin: str
    reason: Reason | None = None


def detect(settings: Settings, conf: Callable[[str], str], environ: Mapping[str, str]) -> dict[str, Fact]:
    """All facts, by name. ``conf`` reads one key of the running context, ``""`` for one that is not set."""
    found: dict[str, tuple[str, str]] = {name: _of_conf(keys, conf) for name, keys in _KEYS.items()}
    tags, _ = found.pop("tags")
    runtime = environ.get("DATABRICKS_RUNTIME_VERSION", "")
    if not found["runtime"][0] and runtime:
        found["runtime"] = runtime, "DATABRICKS_RUNTIME_VERSION"
    _derive(found, tags_of(tags))
    facts = {}
    for name in (*found, *(name for name in _OVERRIDES if name not in found)):
        value, origin = found.get(name, ("", ""))
        told = settings.text(_OVERRIDES[name]) if name in _OVERRIDES else ""
        if told:
            value, origin = told, f"spark.clusop.{_OVERRIDES[name]}"
        facts[name] = Fact(value[:_MOST_CHARS], origin) if value else Fact("", "", _why_not(name))
    return facts


def agent_name(name: str) -> str:
    """A fact's name as the agent in the JVM knows it: the last word of the setting that overrides it.

    >>> agent_name("driver_node_type")
    'driverNodeType'
    """
    return _OVERRIDES.get(name, name).removeprefix("fact.")


def _derive(found: dict[str, tuple[str, str]], tags: Mapping[str, str]) -> None:
    """What follows from what was read."""
    version = dbr_version(found["runtime"][0])
    found["dbr"] = (version.text, found["runtime"][1]) if version else ("", "")
    found["engine"] = _engine(found, is_photon=version is not None and version.is_photon)
    node = found["driver_node_type"][0] or found["worker_node_type"][0]
    told, origin = found["cloud"]
    cloud = cloud_of(told, node)
    found["cloud"] = (cloud, origin if cloud == told.upper() else "node type") if cloud else ("", "")
    availability = availability_of(found["availability"][0])
    found["availability"] = (availability, found["availability"][1]) if availability else ("", "")
    _derive_billing(found)
    _derive_workload(found, tags)


def _derive_billing(found: dict[str, tuple[str, str]]) -> None:
    source, origin = found.pop("source")
    billing = billing_of_source(source, found["cluster_name"][0])
    origin = origin or "cluster name"
    found["product"] = (billing.product, origin) if billing.product else ("", "")
    pool, pinned = found.pop("pool")[0], found.pop("pinned")[0]
    is_held = bool(pool) or pinned == "true"
    uptime = Uptime.FIXED if is_held else billing.uptime
    found["uptime"] = (uptime.value, "pool or pin" if is_held else origin) if uptime is not Uptime.UNKNOWN else ("", "")


def _derive_workload(found: dict[str, tuple[str, str]], tags: Mapping[str, str]) -> None:
    cluster, origin = found["cluster_name"]
    job = job_of_cluster_name(cluster)
    found["job_id"] = (tags["JobId"], "tag JobId") if tags.get("JobId") else (job, origin) if job else ("", "")
    run, app = tags.get("RunName", ""), found["app_name"]
    is_job_cluster = found["product"][0] == "JOBS_COMPUTE"
    name = workload_name(run, "", app[0], cluster, is_job_cluster=is_job_cluster)
    sources = ((run, "tag RunName"), (cluster, origin) if is_job_cluster else app, app, (cluster, origin))
    found["workload"] = next((one for one in sources if one[0] and one[0] == name), ("", ""))


def _engine(found: dict[str, tuple[str, str]], *, is_photon: bool) -> tuple[str, str]:
    told, origin = found["engine"]
    plugins, comet = found.pop("plugins"), found.pop("comet")
    if told.upper() == "PHOTON" or is_photon:
        return "photon", origin or found["runtime"][1]
    if "org.apache.spark.CometPlugin" in plugins[0] and comet[0].lower() != "false":
        return "comet", plugins[1]
    return "", ""


def _of_conf(keys: Iterable[str], conf: Callable[[str], str]) -> tuple[str, str]:
    return next(((value, key) for key in keys if (value := conf(key))), ("", ""))


def _why_not(name: str) -> Reason:
    return Reason("unknown-tier") if name == "tier" else Reason("not-detected")
