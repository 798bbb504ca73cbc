"""Environment: the few settings clusop keeps of an application. Everything else in the properties is dropped at once.

Job and stage properties repeat the cluster's settings and carry tokens, users and owners besides; only names listed here are
ever copied. A value that was redacted is kept as ``""``: the name alone still tells a Databricks cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.cluster_settings import TAGS
from clusop.plan.dialect import dialect, dialect_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.eventlog.events import Event

__all__ = ["ENGINE_SWITCHES", "Environment", "Setting"]

ENGINE_SWITCHES = {name: dialect(name).switches for name in dialect_ids() if dialect(name).switches}
"""Settings that switch an engine off, by dialect."""

Setting = dict[str, str]

_REDACTED = "*********(redacted)"
_CLUSTER = (
    "spark.app.name",
    "spark.databricks.cloudProvider",
    "spark.databricks.cluster.profile",
    "spark.databricks.clusterSource",
    "spark.databricks.driverNodeTypeId",
    "spark.databricks.workerNodeTypeId",
    "spark.master",
    "spark.plugins",
    "spark.sql.extensions",
    "spark.task.cpus",
    *(name for names in ENGINE_SWITCHES.values() for name in names),
    *(
        TAGS + tag
        for tag in (
            "cloudProvider",
            "clusterAllTags",
            "clusterAvailability",
            "clusterFirstOnDemand",
            "clusterId",
            "clusterName",
            "clusterNodeType",
            "clusterPinned",
            "clusterSource",
            "clusterWorkers",
            "dataPlaneRegion",
            "driverInstancePoolId",
            "driverNodeType",
            "effectiveSparkVersion",
            "instancePoolId",
            "isSingleNode",
            "region",
            "runtimeEngine",
            "sparkImageLabel",
            "sparkVersion",
        )
    ),
)
_JOB = ("spark.databricks.job.id", "spark.databricks.job.runId", "spark.databricks.job.taskKey")
_ID = _JOB[0]
_NOTEBOOK = "spark.databricks.notebook.path"
_KIND_OF_RUN = "spark.databricks.workload.name"
"""``JobRun`` for a run of a saved job."""
_ONE_TIME = "submit"


class Environment:
    """Collects settings. ``was_seen`` tells whether the log had an environment event; without one, the cluster's settings are
    taken from the first job that repeats them.
    """

    def __init__(self) -> None:
        self.was_seen = False
        self._settings: Setting = {}
        self._of_jobs: dict[str, set[str]] = {name: set() for name in (*_JOB, _NOTEBOOK)}
        self._from_job: Setting = {}

    def updated(self, event: Event) -> None:
        """``SparkListenerEnvironmentUpdate``; the latest value of each setting counts."""
        properties = event.get("Spark Properties")
        if isinstance(properties, list):  # Spark 1 and 2 have been seen to write pairs
            properties = {pair[0]: pair[1] for pair in properties}
        if isinstance(properties, dict):
            self.was_seen = True
            for name, value in _kept(properties, _CLUSTER).items():
                if value or name not in self._settings:
                    self._settings[name] = value

    def job_started(self, event: Event) -> None:
        """``SparkListenerJobStart``: the identity of the Databricks job, and the cluster's settings for want of better."""
        properties = event.get("Properties")
        if not isinstance(properties, dict):
            return
        is_one_time = _is_one_time(properties)
        told = _kept(properties, (*_JOB, _NOTEBOOK))
        if is_one_time or (told.get(_NOTEBOOK) and not told.get(_ID)):
            # Somebody's work that is no saved job's: what else runs here is not all one job's.
            told.pop(_ID, None)
            self._of_jobs[_ID].add("")
        for name, value in told.items():
            values = self._of_jobs[name]
            if value and len(values) <= 1:  # two different ones are enough to know that there is no single one
                values.add(value.rpartition("/")[2] if name == _NOTEBOOK else value)
        if not self._from_job:
            self._from_job = _kept(properties, _CLUSTER)

    @property
    def settings(self) -> Mapping[str, str]:
        """All kept settings by their full name."""
        return {**self._from_job, **self._settings}

    def single(self, name: str) -> str:
        """The value all jobs share of ``spark.databricks.job.<name>`` (or the notebook's name), ``""`` where they differ."""
        full = _NOTEBOOK if name == "notebook" else f"spark.databricks.job.{name}"
        values = self._of_jobs.get(full, set())
        return next(iter(values)) if len(values) == 1 else ""


def _is_one_time(properties: Mapping[str, object]) -> bool:
    """Whether the job is a one-time submit, whose id is as new as its run and says nothing of whose work it is."""
    return _ONE_TIME in str(properties.get(_KIND_OF_RUN) or "").lower()


def _kept(properties: Mapping[str, object], names: tuple[str, ...]) -> Setting:
    kept = {}
    for name in names:
        value = properties.get(name)
        if value is not None:
            kept[name] = "" if str(value).startswith(_REDACTED) else str(value)
    return kept
