"""What the driver tells of its cluster and its workload: each fact with where it comes from, or the reason it is not known.

Only the keys named here are read, one by one. Job and local properties hold tokens; nothing here lists them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.dbr_version import dbr_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from clusop.runtime.settings import Settings

__all__ = ["CONF_KEYS", "Fact", "detect"]

_TAGS = "spark.databricks.clusterUsageTags."
_ALL_TAGS = _TAGS + "clusterAllTags"
_MOST_CHARS = 200
_JOB_CLUSTER_NAME = re.compile(r"job-(\d+)-run-\d+.*", re.ASCII)
_CLOUDS = ("AWS", "AZURE", "GCP")
_NODE_TYPES = (
    ("AZURE", re.compile(r"(?:Standard|Basic)_[A-Z]\w*", re.IGNORECASE | re.ASCII)),
    ("GCP", re.compile(r"[a-z]\w*-(?:standard|highmem|highcpu|megamem|ultramem|highgpu)-.+", re.ASCII)),
    ("AWS", re.compile(r"[a-z][\w-]*\.(?:metal|\d*(?:nano|micro|small|medium|large|xlarge)).*", re.ASCII)),
)
_CLOUD_SUFFIX = re.compile(r"_(?:AZURE|GCP|AWS)$")
_AVAILABILITIES = frozenset({"ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK"})
# What the cluster's source says: how it is billed, and why it is up.
_BY_SOURCE = MappingProxyType(
    {
        "JOB": ("JOBS_COMPUTE", "elastic"),
        "UI": ("ALL_PURPOSE_COMPUTE", "fixed"),
        "API": ("ALL_PURPOSE_COMPUTE", "fixed"),
        "PIPELINE": ("DLT_COMPUTE", ""),
        "PIPELINE_MAINTENANCE": ("DLT_COMPUTE", "elastic"),
    }
)

# The allow-list: which conf keys each fact may come from, best first.
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "runtime": (_TAGS + "effectiveSparkVersion", _TAGS + "sparkVersion"),
        "image": (_TAGS + "sparkImageLabel",),
        "engine": (_TAGS + "runtimeEngine",),
        "cloud": (_TAGS + "cloudProvider", "spark.databricks.cloudProvider"),
        "workspace": (_TAGS + "clusterOwnerOrgId", _TAGS + "orgId"),
        "cluster": (_TAGS + "clusterId",),
        "cluster_name": (_TAGS + "clusterName",),
        "source": ("spark.databricks.clusterSource", _TAGS + "clusterSource"),
        "access_mode": (_TAGS + "dataSecurityMode",),
        "driver_node_type": (_TAGS + "driverNodeType", "spark.databricks.driverNodeTypeId"),
        "worker_node_type": (_TAGS + "clusterNodeType", "spark.databricks.workerNodeTypeId"),
        "availability": (_TAGS + "clusterAvailability",),
        "pool": (_TAGS + "instancePoolId", _TAGS + "driverInstancePoolId"),
        "pinned": (_TAGS + "clusterPinned",),
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
    _derive(found, dict(_pairs(tags)))
    facts = {}
    for name in (*found, *(name for name in _OVERRIDES if name not in found)):
        value, origin = found.get(name, ("", ""))
        told = settings.text(_OVERRIDES[name]) if name in _OVERRIDES else ""
        if told:
            value, origin = told, f"spark.clusop.{_OVERRIDES[name]}"
        facts[name] = Fact(value[:_MOST_CHARS], origin) if value else Fact("", "", _why_not(name))
    return facts


def _derive(found: dict[str, tuple[str, str]], tags: Mapping[str, str]) -> None:
    """What follows from what was read."""
    version = dbr_version(found["runtime"][0])
    found["dbr"] = (version.text, found["runtime"][1]) if version else ("", "")
    found["engine"] = _engine(found, is_photon=version is not None and version.is_photon)
    node = found["driver_node_type"][0] or found["worker_node_type"][0]
    cloud = found["cloud"][0].upper()
    if cloud in _CLOUDS:
        found["cloud"] = cloud, found["cloud"][1]
    else:
        guessed = next((name for name, pattern in _NODE_TYPES if pattern.fullmatch(node)), "")
        found["cloud"] = (guessed, "node type") if guessed else ("", "")
    plain = _CLOUD_SUFFIX.sub("", found["availability"][0].strip().upper()).replace("PREEMPTIBLE", "SPOT")
    found["availability"] = (plain, found["availability"][1]) if plain in _AVAILABILITIES else ("", "")
    _derive_billing(found)
    name, origin = found["cluster_name"]
    job = _JOB_CLUSTER_NAME.fullmatch(name)
    found["job_id"] = (tags["JobId"], "tag JobId") if tags.get("JobId") else (job[1], origin) if job else ("", "")
    run = (tags.get("RunName", ""), "tag RunName")
    app = ("", "") if found["app_name"][0] == "Databricks Shell" else found["app_name"]
    found["workload"] = next(
        (one for one in (run, (name, origin) if job else ("", ""), app, (name, origin)) if one[0]), ("", "")
    )


def _derive_billing(found: dict[str, tuple[str, str]]) -> None:
    source, origin = found.pop("source")
    if not source and _JOB_CLUSTER_NAME.fullmatch(found["cluster_name"][0]):
        source, origin = "JOB", "cluster name"
    product, uptime = _BY_SOURCE.get(source.upper(), ("", ""))
    if found.pop("pool")[0] or found.pop("pinned", ("", ""))[0] == "true":
        uptime, origin = "fixed", "pool or pin"
    found.pop("pinned", None)
    found["product"] = (product, origin) if product else ("", "")
    found["uptime"] = (uptime, origin) if uptime else ("", "")


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


def _pairs(tags: str) -> Iterable[tuple[str, str]]:
    """The two tags a workload is named by; others are the agent's to read, where they are allowed."""
    try:
        listed = json.loads(tags)
    except (ValueError, RecursionError):
        listed = None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and entry.get("key") in {"RunName", "JobId"} and isinstance(entry.get("value"), str):
            yield entry["key"], entry["value"]


def _why_not(name: str) -> Reason:
    return Reason("unknown-tier") if name == "tier" else Reason("not-detected")
