"""One whole record of each kind, as they stand on the wire."""

from __future__ import annotations

import copy

AGENT = "0123456789abcdef" * 2


def signal() -> dict:
    return copy.deepcopy(_SIGNAL)


def usage_hour() -> dict:
    return copy.deepcopy(_USAGE_HOUR)


def agent_state() -> dict:
    return copy.deepcopy(_AGENT_STATE)


_LEG = {"score": 0.95, "level": "high", "reasons": []}
_FIGURE = {
    "low_microusd": 120,
    "high_microusd": 340,
    "basis": "modeled",
    "formula": "exposure-1",
    "inputs": {"driver_node_hours": "1/3", "m": "2.5..2.9", "J": "1", "worker_dbu_per_hour": "=driver_dbu_per_hour"},
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
    "availability": "SPOT_WITH_FALLBACK",
    "first_on_demand": 1,
    "uptime": "elastic",
    "workers": [2, 8],
    "slots": [8, 32],
}
_SIGNAL = {
    "record": "signal",
    "version": 1,
    "agent": AGENT,
    "sequence": 7,
    "workspace": "1234567890",
    "cluster": "1122-334455-abc12def",
    "workload": "job:42",
    "task_key": "load_orders",
    "signature": AGENT,
    "start_at_ms": 1_790_000_000_000,
    "end_at_ms": 1_790_000_060_000,
    "runs": 3,
    "dbr": "18.x-photon-scala2.13",
    "image": "release__18.1.x-snapshot-photon-scala2.13__databricks-universe__18.1.3__fd26dce__x",
    "spark": "4.1.0",
    "engine": "photon",
    "dialect": "photon",
    "verdict": "fallback",
    "cause": "python-udf",
    "family": "python",
    "occurrence": 0,
    "findings": [
        {
            "cause": "python-udf",
            "operator": "BatchEvalPython",
            "index": 3,
            "depth": 3,
            "operators": 1,
            "time_ratio": 0.4321,
            "time_reason": "",
            "basis": "measured",
            "is_upper_bound": False,
            "functions": ["regexp_replace"],
        }
    ],
    "findings_cut": 0,
    "time": {
        "basis": "measured",
        "run_ms": 1000,
        "native_ms": 500,
        "island_ms": 400,
        "row_source_ms": 0,
        "boundary_ms": 0,
        "unexplained_ms": 100,
        "lost_ms": None,
        "reasons": ["no-tasks"],
    },
    "hours": "0.012345678901",
    "hours_reason": "",
    "shape": _SHAPE,
    "figures": {
        "attributed": {"unpriced": {"reason": "unknown-tier"}},
        "exposure": _FIGURE,
        "avoidable": _FIGURE,
        "avoidable_is_capacity": False,
    },
    "confidence": {"parse": _LEG, "diagnosis": _LEG, "cost": _LEG, "recommendation": _LEG},
    "action": "fix",
    "action_reasons": ["unknown-uptime"],
    "fingerprint": "plan-1:" + AGENT,
    "digest": [[0, "wrapper", "AdaptiveSparkPlan", "?"], [1, "python", "BatchEvalPython", ""]],
    "digest_from": 0,
    "digest_cut": 0,
    "locator": {"execution": "26", "text_hash": AGENT},
    "tags": {"team": "pricing"},
}
_USAGE_HOUR = {
    "record": "usage-hour",
    "version": 1,
    "agent": AGENT,
    "sequence": 8,
    "workspace": "1234567890",
    "cluster": "",
    "hour_at_ms": 497_222 * 3_600_000,
    "revision": 2,
    "slot_ms": {"i3.xlarge": 14_400_000, "": 1},
    "busy_ms": 10_000,
    "native_ms": None,
    "non_sql_ms": 1_000,
    "failed_ms": 0,
    "lost_ms": 0,
    "armed_since_at_ms": 1_790_000_000_000,
}
_AGENT_STATE = {
    "record": "agent-state",
    "version": 1,
    "agent": AGENT,
    "sequence": 9,
    "workspace": "",
    "cluster": "",
    "started_at_ms": 1_790_000_000_000,
    "armed_since_at_ms": 1_790_000_000_000,
    "at_ms": 1_790_000_060_000,
    "doors": ["pth"],
    "clusop": "0.1.0",
    "spark": "3.5.9",
    "scala": "2.12.18",
    "java": "17.0.9",
    "dbr": "",
    "losses": {"ring-overflow": 3},
    "executions": {"native": 10, "unknown": 1},
    "unknown": {"events-dropped": 1},
    "late_armed": 0,
    "breaker": "",
    "off": "",
    "final": True,
    "workload": "job:42",
    "task_key": "load_orders",
    "engine": "photon",
    "image": "release__18.1.x-snapshot-photon-scala2.13__databricks-universe__18.1.3__fd26dce__x",
    "shape": _SHAPE,
    "compute": "job:42:" + AGENT,
}
