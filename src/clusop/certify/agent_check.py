"""The agent held against Spark's own account: every execution told once, nothing lost, and what its callbacks cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError

import clusop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from clusop.certify.watched import Watched

__all__ = ["agent_check"]

_OURS = "com.clusop."
_NS_PER_US = 1000
_NO_PLAN = "no-plan-in-execution"


def agent_check(spark: SparkSession, agent: Watched, executions: Sequence[int]) -> dict[str, Any]:
    """``executions`` are the ids of all that finished since the agent was armed, by Spark's own account.

    ``untold`` of them the agent has no row of, ``twice`` it has several rows of; ``counted`` is the agent's own number of
    finished executions, ``planless`` those among them that had no plan (Spark ends an execution that it could not plan without
    ever having begun it, and keeps nothing of it); ``losses`` are what it says it lost, by reason; ``callback_us`` what an event
    cost on the bus's thread by Spark's own timers: number of events and their mean, ``null`` where this Spark does not tell.
    """
    rows = agent.rows_of(executions)
    told: dict[str, Any] = dict(clusop.status().agent)
    delivery: dict[str, Any] = told.get("delivery") or {}
    losses = {**(delivery.get("losses") or {}), **(told.get("losses") or {})}
    return {
        "executions": len(executions),
        "untold": sorted(set(executions) - rows.keys()),
        "twice": list(agent.told_twice()),
        "counted": sum((delivery.get("executions") or {}).values()),
        "planless": (delivery.get("unknown") or {}).get(_NO_PLAN, 0),
        "losses": {reason: count for reason, count in sorted(losses.items()) if count},
        "errors": told.get("errors"),
        "thread_cpu_ms": told.get("cpu_ms"),
        "callback_us": _callback_us(spark),
    }


def _callback_us(spark: SparkSession) -> dict[str, Any] | None:
    bus: Any = spark.sparkContext._jsc.sc().listenerBus()
    try:
        listeners = bus.listeners()
        for at in range(listeners.size()):
            kind = listeners.get(at).getClass()
            if not kind.getName().startswith(_OURS):
                continue
            timer = bus.metrics().getTimerForListenerClass(kind)
            if timer.isDefined():
                shot = timer.get().getSnapshot()
                return {
                    "events": int(timer.get().getCount()),
                    "mean": round(shot.getMean() / _NS_PER_US, 1),
                    "median": round(shot.getMedian() / _NS_PER_US, 1),
                    "p99": round(shot.get99thPercentile() / _NS_PER_US, 1),
                }
    except (Py4JError, TypeError):
        return None
    return None
