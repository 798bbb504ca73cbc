"""What an agent saw of an hour, for tests of how it is shared out."""

from __future__ import annotations

from clusop.analysis.records.signal import SignalShape
from clusop.service.resolver.observed import AgentHour

HOUR = 3_600_000
MINUTE = HOUR // 60


def agent(slot_ms=0, busy_ms=0, aside_ms=0, **told) -> AgentHour:
    """Of the first hour after 1970, armed and started before it, and not its last, unless told otherwise."""
    values = {
        "armed_since_at_ms": 0,
        "started_at_ms": 0,
        "is_last": False,
        "last_told_at_ms": 0,
        "hour_at_ms": 0,
        "shape": None,
        **told,
    }
    return AgentHour(
        1, "1", slots_by_node_type={"x": slot_ms}, busy_ms=busy_ms, not_sql_or_failed_ms=aside_ms, **values
    )


def shape(workers=(4, 4), slots=(16, 16), **told) -> SignalShape:
    """A driver and workers of one node type with four slots each, unless told otherwise."""
    values = {
        "cloud": "AWS",
        "product": "JOBS_COMPUTE",
        "tier": "PREMIUM",
        "driver_node_type": "i3.xlarge",
        "worker_node_type": "i3.xlarge",
        "is_single_node": False,
        "is_serverless": False,
        "availability": "ON_DEMAND",
        "first_on_demand": None,
        "uptime": "elastic",
        **told,
    }
    return SignalShape(workers=workers, slots=slots, **values)
