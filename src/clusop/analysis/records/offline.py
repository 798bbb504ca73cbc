"""Signals of an application that was read from its event log: as the agent would have told of it, one a problem and query.

There is nobody to gather runs over time, so each query's problems are signals of one run. The agent's id comes from the log
itself: the same log gives the same records, which count once however often they are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from clusop.analysis.economics.attribution import ledger_of
from clusop.analysis.economics.exact_text import number_text
from clusop.analysis.observed import StageTimes
from clusop.analysis.records import gate
from clusop.analysis.records.envelope import VERSION
from clusop.analysis.records.line import MAX_RECORD_BYTES, canonical_line
from clusop.analysis.records.problems import Workload, problems_of
from clusop.analysis.records.signal import AVAILABILITIES, ENGINES
from clusop.analysis.signature import workload_key
from clusop.pricing.price import Unpriced

if TYPE_CHECKING:
    from clusop.analysis.assessment import ApplicationAssessment, QueryAssessment
    from clusop.analysis.cluster import Application, Cluster
    from clusop.analysis.economics.attribution import Ledger

__all__ = ["Sender", "signal_lines", "workload_of"]

_CAPITALS = "[A-Z_]{0,48}"
_MAX_NODES = 100_000
_MIN_DIGEST = 8
# A record's hours have at most twelve decimals; what lies below is less than a millionth of a second.
_STEPS_PER_HOUR = 10**12


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the records are from: ``agent`` 32 hex digits made of the log's contents, ``workspace`` the log does not tell."""

    agent: str
    workspace: str = ""
    secret_key: bytes = b""

    @property
    def key(self) -> bytes:
        """The key of all hashes: given, or derived as the agent derives it."""
        return self.secret_key or f"clusop-workload-key-1:{self.workspace}".encode()


def workload_of(application: Application, sender: Sender) -> Workload:
    """Whose work it is, as the signals tell it."""
    workspace = gate.or_hash(sender.workspace, gate.WORKSPACE, sender.key)
    job_id = gate.matching(application.job_id, gate.JOB_ID)
    name = application.workload_name or application.name
    return Workload(workspace, workload_key(name, job_id, sender.key), "", sender.key)


def signal_lines(assessed: ApplicationAssessment, sender: Sender) -> list[bytes]:
    """The signals' lines, in sequence from 1."""
    application = assessed.application
    workload = workload_of(application, sender)
    stages = [stage for query in application.queries for stage in _stages(query)]
    ledger = ledger_of(application.cluster, [*stages, *application.non_sql_stages])
    lines: list[bytes] = []
    for query in assessed.queries:
        observed = query.observed
        if observed.start_at_ms is None or observed.end_at_ms is None:
            continue
        about = {
            "record": "signal",
            "version": VERSION,
            "agent": sender.agent,
            "workspace": workload.workspace,
            "runs": 1,
            "start_at_ms": observed.start_at_ms,
            "end_at_ms": max(observed.start_at_ms, observed.end_at_ms),
            **_place(application),
            "shape": _shape(application.cluster, observed.start_at_ms, observed.end_at_ms),
            **_hours(ledger, query),
        }
        for problem in problems_of(query, workload):
            lines.append(_fitted({**about, **problem.body, "sequence": len(lines) + 1}))
    return lines


def _stages(observed: Any) -> tuple[Any, ...]:  # Any: stages of one execution, whatever its source
    return observed.times.stages if isinstance(observed.times, StageTimes) else ()


def _place(application: Application) -> dict[str, object]:
    return {
        "cluster": gate.matching(application.cluster.cluster_id, gate.CLUSTER),
        "dbr": gate.matching(application.dbr_version, gate.DBR),
        "image": gate.matching(application.image_label, gate.IMAGE),
        "spark": gate.matching(application.spark_version, gate.SPARK),
        "engine": application.engine if application.engine in ENGINES else "",
        # Which tags may be told is the owner's to say, in the agent's settings; a log knows nothing of it.
        "tags": {},
    }


def _shape(cluster: Cluster, start_at_ms: int, end_at_ms: int) -> dict[str, object]:
    during = [one for one in cluster.epochs if one.start_at_ms <= end_at_ms and one.end_at_ms >= start_at_ms]
    first = cluster.first_on_demand
    return {
        "cloud": gate.matching(cluster.cloud, _CAPITALS),
        "product": gate.matching(cluster.product, _CAPITALS),
        "tier": gate.matching(cluster.tier, _CAPITALS),
        "driver_node_type": gate.matching(cluster.driver_node_type, gate.NODE_TYPE),
        "worker_node_type": gate.matching(cluster.worker_node_type, gate.NODE_TYPE),
        "is_single_node": cluster.is_single_node,
        "is_serverless": cluster.is_serverless,
        "availability": cluster.availability if cluster.availability in AVAILABILITIES else "",
        "first_on_demand": first if first is not None and 0 <= first <= _MAX_NODES else None,
        "uptime": cluster.uptime.value,
        "workers": _spread([one.worker_count for one in during]),
        "slots": _spread([one.slot_count for one in during]),
    }


def _spread(counts: list[int]) -> list[int] | None:
    return [min(counts), max(counts)] if counts else None


def _hours(ledger: Ledger, query: QueryAssessment) -> dict[str, object]:
    stages = _stages(query.observed)
    hours = ledger.hours_of(stages) if stages else None
    if hours is None:
        return {"hours": None, "hours_reason": "no-tasks"}
    if isinstance(hours, Unpriced):
        return {"hours": None, "hours_reason": hours.reason.id}
    return {"hours": number_text(_floored(hours.total.cluster_hours)), "hours_reason": ""}


def _floored(hours: Fraction) -> Fraction:
    return Fraction(hours * _STEPS_PER_HOUR // 1, _STEPS_PER_HOUR)


def _fitted(record: dict[str, Any]) -> bytes:
    """The line, cut to size as the agent cuts: arguments of the digest, then its far ends, then the others' findings."""
    line = canonical_line(record)
    if len(line) <= MAX_RECORD_BYTES:
        return line
    centre = min(record["findings"][0]["index"], max(0, len(record["digest"]) - 1))
    record["digest"] = [
        entry if number == centre else [*entry[:3], ""] for number, entry in enumerate(record["digest"])
    ]
    while len(line := canonical_line(record)) > MAX_RECORD_BYTES and record["digest"]:
        entries, first = record["digest"], record["digest_from"]
        keep = 0 if len(entries) <= _MIN_DIGEST else max(_MIN_DIGEST, len(entries) * 3 // 4)
        start = max(0, min(centre - first - keep // 2, len(entries) - keep))
        record["digest"] = entries[start : start + keep]
        record["digest_from"] = first + start
        record["digest_cut"] += len(entries) - keep
    while len(line := canonical_line(record)) > MAX_RECORD_BYTES and len(record["findings"]) > 1:
        kept = max(1, len(record["findings"]) // 2)
        record["findings_cut"] += len(record["findings"]) - kept
        record["findings"] = record["findings"][:kept]
    return line
