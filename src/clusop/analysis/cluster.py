"""The cluster a run used: what it is, what it is billed as, and who was alive when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from clusop.analysis.observed import Observed, StageRun
    from clusop.reasons import Reason

__all__ = ["Application", "Cluster", "Epoch", "Uptime"]


class Uptime(str, Enum):
    """Why the cluster is up. ``ELASTIC`` ends with its work (a job cluster); ``FIXED`` is kept up by something else."""

    ELASTIC = "elastic"
    FIXED = "fixed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Epoch:
    """A span in which the cluster's make-up did not change. ``slot_count`` is executor cores alive; 0 while none is."""

    start_at_ms: int
    end_at_ms: int
    slot_count: int
    worker_count: int

    @property
    def hours(self) -> Fraction:
        """Length in hours."""
        return Fraction(self.end_at_ms - self.start_at_ms, MS_PER_HOUR)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as its own settings and executors tell of it. Empty strings and ``None`` mean: not told.

    ``cloud`` is ``AWS``, ``AZURE`` or ``GCP``; ``product`` the SKU family the *cluster* is billed as (``JOBS_COMPUTE``,
    ``ALL_PURPOSE_COMPUTE``, ``DLT_CORE_COMPUTE`` …; never derived from a job id); ``tier`` ``PREMIUM``, ``ENTERPRISE`` or
    ``""`` where the tags do not say. ``availability`` is ``ON_DEMAND``, ``SPOT``, ``SPOT_WITH_FALLBACK`` or ``""``;
    ``first_on_demand`` counts nodes, driver first. ``is_serverless`` marks compute where the engine has no separate price.
    """

    cloud: str = ""
    product: str = ""
    tier: str = ""
    cluster_id: str = ""
    cluster_name: str = ""
    driver_node_type: str = ""
    worker_node_type: str = ""
    is_single_node: bool = False
    availability: str = ""
    first_on_demand: int | None = None
    uptime: Uptime = Uptime.UNKNOWN
    is_serverless: bool = False
    is_databricks: bool = False
    task_cpus: int = 1
    region: str = ""
    epochs: tuple[Epoch, ...] = ()
    remarks: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """One Spark application as its event log tells of it.

    ``non_sql_stages`` are stages of jobs that belong to no SQL execution. ``unknown_events`` counts event kinds nobody here
    reads, by name. ``is_complete`` is false where the log ends without an application end.
    """

    app_id: str
    name: str
    spark_version: str
    dbr_version: str
    image_label: str
    engine: str
    cluster: Cluster
    queries: tuple[Observed, ...]
    non_sql_stages: tuple[StageRun, ...]
    unknown_events: tuple[tuple[str, int], ...] = ()
    job_id: str = ""
    job_run_id: str = ""
    workload_name: str = ""
    is_complete: bool = True
    problems: tuple[Reason, ...] = ()
