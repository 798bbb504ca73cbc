"""Records to ingest, as lines, with what a test wants to vary."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from clusop.analysis.records import canonical_line

DATA = Path(__file__).resolve().parents[3] / "vectors" / "data" / "record"
DAY_MS = 86_400_000
NOW_MS = 20_786 * DAY_MS + 7_200_000
WORKSPACE = "1234567890"


def _leg(score: float) -> dict:
    return {"score": score, "level": "high", "reasons": []}


def _figure(low: int, high: int) -> dict:
    return {
        "low_microusd": low,
        "high_microusd": high,
        "basis": "modeled",
        "formula": "exposure-1",
        "inputs": {"m": "2.5..2.9", "J": "1"},
        "price_ids": ["dbu-aws-i3.xlarge"],
    }


_SHAPE = {
    "cloud": "AWS",
    "product": "JOBS_COMPUTE",
    "tier": "",
    "driver_node_type": "i3.xlarge",
    "worker_node_type": "i3.xlarge",
    "is_single_node": False,
    "is_serverless": False,
    "availability": "ON_DEMAND",
    "first_on_demand": None,
    "uptime": "elastic",
    "workers": [2, 8],
    "slots": [8, 32],
}
_BODY = json.loads((DATA / "job-cluster.answer.json").read_text())["problems"][0]


def agent_id(number: int) -> str:
    return f"{number:032x}"


def signal(agent: int = 1, sequence: int = 1, *, problem: int = 0, **changed) -> dict:
    """A signal; ``low`` and ``high`` are its dollars, ``score`` its recommendation leg, ``run_ms`` its task time."""
    end_at_ms = changed.pop("end_at_ms", NOW_MS - 60_000)
    low, high = changed.pop("low", 120), changed.pop("high", 340)
    score, run_ms = changed.pop("score", 0.9), changed.pop("run_ms", 1000)
    priced = changed.pop("priced", True)
    figure = _figure(low, high) if priced else {"unpriced": {"reason": "unknown-tier"}}
    document = copy.deepcopy(_BODY) | {
        "record": "signal",
        "version": 1,
        "agent": agent_id(agent),
        "sequence": sequence,
        "workspace": WORKSPACE,
        "cluster": "1122-334455-abc12def",
        "signature": f"{problem:032x}",
        "start_at_ms": changed.pop("start_at_ms", end_at_ms - 60_000),
        "end_at_ms": end_at_ms,
        "runs": 3,
        "dbr": "18.x-photon-scala2.13",
        "image": "",
        "spark": "4.1.0",
        "engine": "photon",
        "hours": "0.012345678901",
        "hours_reason": "",
        "shape": _SHAPE,
        "tags": {"team": "pricing"},
    }
    parts = {} if run_ms is None else {"native_ms": run_ms // 3, "island_ms": run_ms - run_ms // 3}
    told = {"run_ms": run_ms, "reasons": [] if run_ms is not None else ["no-tasks"]}
    document["time"] = document["time"] | parts | told
    document["figures"] = {
        "attributed": figure,
        "exposure": figure,
        "avoidable": figure,
        "avoidable_is_capacity": changed.pop("is_capacity", False),
    }
    document["confidence"] = document["confidence"] | {"recommendation": _leg(score)}
    return document | changed


def usage_hour(agent: int = 1, sequence: int = 1, **changed) -> dict:
    return {
        "record": "usage-hour",
        "version": 1,
        "agent": agent_id(agent),
        "sequence": sequence,
        "workspace": WORKSPACE,
        "cluster": "1122-334455-abc12def",
        "hour_at_ms": NOW_MS - 3_600_000,
        "revision": 1,
        "slot_ms": {"i3.xlarge": 14_400_000},
        "busy_ms": 10_000,
        "native_ms": 5_000,
        "non_sql_ms": min(1_000, changed.get("busy_ms", 1_000)),
        "failed_ms": 0,
        "lost_ms": 0,
        "armed_since_at_ms": NOW_MS - 7_200_000,
    } | changed


def agent_state(agent: int = 1, sequence: int = 1, **changed) -> dict:
    return {
        "record": "agent-state",
        "version": 1,
        "agent": agent_id(agent),
        "sequence": sequence,
        "workspace": WORKSPACE,
        "cluster": "1122-334455-abc12def",
        "started_at_ms": NOW_MS - 7_200_000,
        "armed_since_at_ms": NOW_MS - 7_200_000,
        "at_ms": NOW_MS - 1_000,
        "doors": ["pth"],
        "clusop": "0.1.0",
        "spark": "3.5.9",
        "scala": "2.12.18",
        "java": "17.0.9",
        "dbr": "",
        "losses": {},
        "executions": {"native": 10},
        "unknown": {},
        "late_armed": 0,
        "breaker": "",
        "off": "",
        "final": False,
        "workload": "job:42",
        "task_key": "load_orders",
        "engine": "photon",
        "image": "",
        "shape": _SHAPE,
        "compute": "job:42",
    } | changed


def line(document: dict) -> bytes:
    return canonical_line(document)
