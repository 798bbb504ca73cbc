"""The compute definition that decisions about an engine are made for: what outlives one cluster.

The Scala twin is ``com.clusop.listener.deliver.Compute``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.analysis.records.gate import CLUSTER, JOB_ID, keyed_hash, matching

if TYPE_CHECKING:
    from clusop.analysis.cluster import Cluster

__all__ = ["compute_of"]

# Databricks' name of a cluster that a job brings up: job, run, and the key of the job cluster, which people chose.
_JOB_CLUSTER = re.compile(r"job-([0-9]+)-run-[0-9]+(?:-(.*))?", re.DOTALL)


def compute_of(cluster: Cluster, job_id: str, secret_key: bytes) -> str:
    """``job:<job id>``, with ``:<keyed hash>`` of the job cluster's key where there is one; ``cluster:<cluster id>`` of an
    all-purpose cluster; else ``""``. ``job_id`` stands before the one in the cluster's name: the owner may have set it.
    """
    if cluster.product == "JOBS_COMPUTE":
        return _of_job(cluster.cluster_name, matching(job_id, JOB_ID), secret_key)
    if cluster.product == "ALL_PURPOSE_COMPUTE":
        cluster_id = matching(cluster.cluster_id, CLUSTER)
        return f"cluster:{cluster_id}" if cluster_id else ""
    return ""


def _of_job(cluster_name: str, known: str, secret_key: bytes) -> str:
    named = _JOB_CLUSTER.fullmatch(cluster_name)
    job = known or (matching(named[1], JOB_ID) if named else "")
    key = (named[2] or "") if named else ""
    if not job:
        return ""
    return f"job:{job}:{keyed_hash(key, secret_key)}" if key else f"job:{job}"
