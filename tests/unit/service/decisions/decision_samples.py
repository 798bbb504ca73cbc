"""Shapes and hours for the tests of decisions: one i3.xlarge on AWS jobs, premium tier: d = 0.15, v = 0.312, m = 2.9."""

from __future__ import annotations

HOUR_MS = 3_600_000
NOW_MS = 497_500 * HOUR_MS


def shape(**changed) -> dict:
    return {
        "cloud": "AWS",
        "product": "JOBS_COMPUTE",
        "tier": "PREMIUM",
        "driver_node_type": "i3.xlarge",
        "worker_node_type": "i3.xlarge",
        "is_single_node": True,
        "is_serverless": False,
        "availability": "ON_DEMAND",
        "first_on_demand": None,
        "uptime": "elastic",
        "workers": [0, 0],
        "slots": [4, 4],
    } | changed


def interactive(**changed) -> dict:
    return shape(product="ALL_PURPOSE_COMPUTE", uptime="fixed", **changed)


def hour(ago: int = 1, *, busy: float = 1, native: float | None = 0, **changed) -> dict:
    """An hour of four slots, ``ago`` hours back; ``busy`` is a share of it, ``native`` a share of busy."""
    slot_ms = changed.pop("slot_ms", 4 * HOUR_MS)
    node = changed.pop("node", "i3.xlarge")
    busy_ms = round(slot_ms * busy)
    return {
        "hour_at_ms": NOW_MS - ago * HOUR_MS,
        "revision": 1,
        "slots_by_node_type": {node: slot_ms},
        "busy_ms": busy_ms,
        "native_ms": None if native is None else round(busy_ms * native),
        "non_sql_ms": 0,
        "failed_ms": 0,
        "lost_ms": 0,
        "armed_since_at_ms": NOW_MS - ago * HOUR_MS,
    } | changed
