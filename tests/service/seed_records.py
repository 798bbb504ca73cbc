"""Records of a fleet over six weeks, and how they come in: through the real door."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from clusop.analysis.economics.formulas import figure_of
from clusop.analysis.records.line import canonical_line
from clusop.pricing.provider import PriceBook
from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOW_MS = int(datetime(2026, 11, 29, 9, 30, tzinfo=timezone.utc).timestamp() * 1000)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DAYS = 42


@dataclass(frozen=True)
class Work:
    """A workload with one problem. ``runs`` a day; ``hours`` cluster-hours a run; ``engine`` comet has no price."""

    workspace: str
    job: int
    task: str
    cause: str
    family: str
    operator: str
    share: float
    runs: int
    hours: str
    team: str = ""
    engine: str = "photon"
    action: str = "fix"
    from_day: int = DAYS
    to_day: int = 0
    uptime: str = "elastic"
    others: tuple[tuple[str, str], ...] = ()


WORKS = (
    Work("1234567890", 42, "load_orders", "python-udf", "python", "BatchEvalPython", 0.4321, 4, "2", "pricing",
         others=(("row-source", "Scan csv"),)),
    Work("1234567890", 42, "score_orders", "pandas-udf", "python", "ArrowEvalPython", 0.61, 4, "1.5", "pricing"),
    Work("1234567890", 57, "sessionize", "unsupported-expression", "window", "Window", 0.18, 24, "0.75", "web"),
    Work("1234567890", 77, "", "rdd-or-dataset-api", "object", "MapElements", 0.9, 1, "6", "risk", uptime="fixed"),
    Work("1234567890", 91, "daily_join", "unsupported-operator", "join", "SortMergeJoin", 0.35, 2, "1", "risk",
         from_day=20),
    Work("9876543210", 12, "ingest", "cached-table", "scan", "InMemoryTableScan", 0.27, 8, "0.5", "platform"),
    Work("9876543210", 13, "dedupe", "stateful-streaming", "state", "StateStoreSave", 0.72, 24, "0.25", "platform"),
    Work("9876543210", 14, "export", "scala-udf", "project", "Project", 0.11, 1, "0.4"),
    Work("9876543210", 15, "merge_dims", "delta-feature", "scan", "Scan", 0.2, 3, "0.3", "platform", action="none"),
    Work("9876543210", 16, "report", "python-udf", "python", "BatchEvalPython", 0.05, 1, "0.1", "web", from_day=40,
         to_day=33),
    Work("local", 5, "features", "python-udf", "python", "BatchEvalPython", 0.38, 6, "0.2", "ml", engine="comet"),
    Work("local", 6, "train", "rdd-or-dataset-api", "object", "DeserializeToObject", 0.55, 2, "0.3", "ml", "comet"),
)  # fmt: skip


def send_signals(connection: Connection, now_ms: int) -> None:
    """Signals, hours and states of every work, through ``apply_batches``."""
    for number, work in enumerate(WORKS):
        sent: list[bytes] = []
        agent = ""
        sequence = 0
        for day in range(work.from_day, work.to_day - 1, -1):
            # A new cluster each week; some weeks lose a record on the way.
            if (work.from_day - day) % 7 == 0:
                if agent:
                    at_ms = now_ms - day * DAY_MS - 9 * HOUR_MS
                    farewell = _line(state(work, agent, sequence + 1, at_ms, is_final=number % 5 != 3))
                    _send(connection, [*sent, farewell], at_ms)
                    sent = []
                agent = hashlib.sha256(f"{work.job}{work.task}{day}".encode()).hexdigest()[:32]
                sequence = 0
            if _chance(work, day, "idle") < 0.15:
                continue
            end_at_ms = now_ms - day * DAY_MS - int((1 + 7 * _chance(work, day, "hour")) * HOUR_MS)
            sequence += 2 if _chance(work, day, "loss") < 0.04 else 1
            told = signal(work, agent, sequence, end_at_ms, 0.6 + 0.8 * _chance(work, day, "swing"))
            sequence += 1
            sent += [_line(told), _line(hour(work, agent, sequence, end_at_ms))]
        last_at_ms = now_ms - work.to_day * DAY_MS - (number % 4) * HOUR_MS // 2
        farewell = _line(state(work, agent, sequence + 1, last_at_ms, is_final=number % 3 == 1))
        _send(connection, [*sent, farewell], last_at_ms)


def _send(connection: Connection, lines: list[bytes], at_ms: int) -> None:
    (receipt,) = apply_batches(connection, [batch_of(lines)], at_ms + 20_000, Limits())
    assert not receipt.refused, receipt.refused[0]


def _chance(work: Work, day: int, what: str) -> float:
    """The same number between 0 and 1 at every run."""
    digest = hashlib.sha256(f"{work.job}{work.task}{day}{what}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _line(document: dict) -> bytes:
    return canonical_line(document)


def signal(work: Work, agent: str, sequence: int, end_at_ms: int, swing: float = 1.0) -> dict:
    """One signal of a day's runs."""
    run_ms = int(1_800_000 * work.runs * float(work.hours) * swing)
    share = round(min(work.share * (0.9 + 0.2 * swing / 2), 0.99), 4)
    island_ms = int(run_ms * share)
    native_ms = None if work.engine == "comet" else int(run_ms * (1 - share) * 0.95)
    row_source_ms = int(run_ms * (1 - share) * 0.02)
    unexplained_ms = None if native_ms is None else run_ms - island_ms - native_ms - row_source_ms
    is_priced = work.engine == "photon"
    finding = {
        "cause": work.cause, "operator": work.operator, "index": 5, "depth": 5, "operators": 2, "time_ratio": share,
        "time_reason": "", "basis": "measured" if is_priced else "operators", "is_upper_bound": not is_priced,
        "functions": ["regexp_replace", "soundex"] if work.cause == "unsupported-expression" else [],
    }  # fmt: skip
    others = [
        finding | {"cause": cause, "operator": operator, "index": 12, "depth": 10, "operators": 1, "functions": []}
        for cause, operator in work.others
    ]
    leg = {"score": 0.93, "level": "high", "reasons": []}
    cost = (
        {"score": 0.71, "level": "medium", "reasons": ["modeled-dollars", "unknown-tier", "assumed-gain"]}
        if is_priced
        else {"score": 0, "level": "low", "reasons": ["no-premium"]}
    )
    return {
        "record": "signal", "version": 1, "agent": agent, "sequence": sequence, "workspace": work.workspace,
        "cluster": _cluster(work), "workload": f"job:{work.job}", "task_key": work.task,
        "signature": hashlib.sha256(f"{work.workspace}{work.job}{work.task}{work.cause}".encode()).hexdigest()[:32],
        "start_at_ms": end_at_ms - HOUR_MS, "end_at_ms": end_at_ms, "runs": work.runs,
        "dbr": "16.4.x-photon-scala2.12" if is_priced else "", "image": "", "spark": "3.5.2",
        "engine": work.engine, "dialect": work.engine, "verdict": "fallback", "cause": work.cause,
        "family": work.family, "occurrence": 0, "findings": [finding, *others], "findings_cut": 0,
        "time": {"basis": "measured" if is_priced else "operators", "run_ms": run_ms, "native_ms": native_ms,
                 "island_ms": island_ms, "row_source_ms": row_source_ms, "boundary_ms": 0,
                 "unexplained_ms": unexplained_ms, "lost_ms": 0,
                 "reasons": [] if native_ms is not None else ["no-native-time"]},
        "hours": f"{float(work.hours) * work.runs * swing:.9f}", "hours_reason": "", "shape": _shape(work),
        "figures": _figures(work, share, swing) if is_priced else _unpriced(),
        "confidence": {"parse": leg, "diagnosis": leg, "cost": cost,
                       "recommendation": leg | {"score": 0.91 if work.action == "fix" else 0.4,
                                                "level": "high" if work.action == "fix" else "low"}},
        "action": work.action, "action_reasons": [] if work.uptime == "elastic" else ["fixed-uptime"],
        "fingerprint": "plan-1:" + hashlib.sha256(work.operator.encode()).hexdigest()[:32],
        "digest": _digest(work), "digest_from": 0, "digest_cut": 3,
        "locator": {"execution": "26", "text_hash": agent, "call_site": "orders.py:118"},
        "tags": {"team": work.team} if work.team else {},
    }  # fmt: skip


def _digest(work: Work) -> list[list[object]]:
    native = "Photon" if work.engine == "photon" else "Comet"
    kind = "python" if work.family == "python" else "jvm"
    return [
        [0, "wrapper", "AdaptiveSparkPlan", "isFinalPlan=true"],
        [1, "boundary", "ColumnarToRow", ""],
        [2, "native", f"{native}GroupingAgg", "keys=[?], functions=[sum(?)]"],
        [3, "native", f"{native}ShuffleExchangeSource", ""],
        [4, "jvm", "Project", "?, ? AS ?"],
        [5, kind, work.operator, "?, regexp_replace(?, ?, ?)"],
        [6, "boundary", "ColumnarToRow", ""],
        [7, "native", f"{native}BroadcastHashJoin", "Inner"],
        [8, "native", f"{native}Filter", "isnotnull(?)"],
        [9, "native", f"{native}Project", ""],
        [10, "native", f"{native}Scan parquet", ""],
        [8, "native", f"{native}RowToColumnar", ""],
        [9, "row-source", "Scan csv", ""],
    ]


def _shape(work: Work) -> dict:
    return {
        "cloud": "AWS" if work.engine == "photon" else "", "product": _product(work), "tier": "",
        "driver_node_type": "i3.xlarge", "worker_node_type": "i3.xlarge", "is_single_node": False,
        "is_serverless": False, "availability": "ON_DEMAND", "first_on_demand": 1, "uptime": work.uptime,
        "workers": [2, 8], "slots": [8, 32],
    }  # fmt: skip


def _product(work: Work) -> str:
    if work.engine != "photon":
        return ""
    return "JOBS_COMPUTE" if work.uptime == "elastic" else "ALL_PURPOSE_COMPUTE"


def _cluster(work: Work) -> str:
    return f"1122-334455-{work.job:04d}abcd" if work.engine == "photon" else ""


def compute_of(work: Work) -> str:
    if work.engine != "photon":
        return ""
    return f"cluster:{_cluster(work)}" if work.uptime == "fixed" else f"job:{work.job}"


def _figures(work: Work, share: float, swing: float) -> dict:
    book = PriceBook.default()
    dbu = book.node_dbu("AWS", "i3.xlarge")
    usd = book.dbu_usd("AWS", "", _product(work))
    hours = f"{float(work.hours) * work.runs * swing:.6f}"
    rates = {
        "driver_node_hours": hours, "on_demand_worker_node_hours": f"{float(hours) * 4:.6f}",
        "spot_worker_node_hours": "0", "driver_dbu_per_hour": "1", "worker_dbu_per_hour": "=driver_dbu_per_hour",
        "usd_per_dbu": f"{float(usd.value.low):g}..{float(usd.value.high):g}", "m": "2.9",
    }  # fmt: skip
    machines = {"driver_vm_usd_per_hour": "0.312", "on_demand_worker_vm_usd_per_hour": "=driver_vm_usd_per_hour"}
    ids = (*dbu.entry_ids, *usd.entry_ids)
    j = {"J": f"{share:.4f}"}
    return {
        "attributed": figure_of("attributed-1", rates | machines, ids).to_json(),
        "exposure": figure_of("exposure-1", rates | j, ids).to_json(),
        "avoidable": figure_of("fix-1", rates | machines | j | {"g": "1.5..4", "uptime": work.uptime}, ids).to_json(),
        "avoidable_is_capacity": work.uptime == "fixed",
    }


def _unpriced() -> dict:
    missing = {"unpriced": {"reason": "no-premium"}}
    unknown = {"unpriced": {"reason": "unknown-cloud"}}
    return {"attributed": unknown, "exposure": missing, "avoidable": unknown, "avoidable_is_capacity": False}


def hour(work: Work, agent: str, sequence: int, end_at_ms: int) -> dict:
    """What the cluster's hour was used for."""
    return {
        "record": "usage-hour", "version": 1, "agent": agent, "sequence": sequence, "workspace": work.workspace,
        "cluster": _cluster(work), "hour_at_ms": (end_at_ms - HOUR_MS) // HOUR_MS * HOUR_MS, "revision": 1,
        "slot_ms": {"i3.xlarge": 57_600_000}, "busy_ms": 40_000_000,
        "native_ms": None if work.engine == "comet" else 25_000_000, "non_sql_ms": 1_000_000, "failed_ms": 200_000,
        "lost_ms": 0, "armed_since_at_ms": end_at_ms - 6 * HOUR_MS,
    }  # fmt: skip


def state(work: Work, agent: str, sequence: int, at_ms: int, *, is_final: bool) -> dict:
    """How the agent fares."""
    return {
        "record": "agent-state", "version": 1, "agent": agent, "sequence": sequence, "workspace": work.workspace,
        "cluster": _cluster(work), "started_at_ms": at_ms - 6 * DAY_MS, "armed_since_at_ms": at_ms - 6 * DAY_MS,
        "at_ms": at_ms - (3 * HOUR_MS if work.job == 13 else 0), "doors": ["pth", "init-script"], "clusop": "0.1.0",
        "spark": "3.5.2", "scala": "2.12.18", "java": "17.0.9", "dbr": "16.4.x-photon-scala2.12",
        "losses": {"ring-overflow": 12} if work.job == 57 else {},
        "executions": {"native": 410, "fallback": 38, "unknown": 2}, "unknown": {"events-dropped": 2}, "late_armed": 1,
        "breaker": "over-cpu-budget" if work.job == 14 else "", "off": "", "final": is_final,
        "workload": f"job:{work.job}", "task_key": work.task, "engine": work.engine, "image": "",
        "shape": _shape(work), "compute": compute_of(work),
    }  # fmt: skip
