"""A market as JSON and back: a cluster with its epochs, all work on it, and the one run that is asked about.

``observed`` and ``others`` hold texts of :mod:`observed_json`: the run, and a run whose stages are all the other work. What is
no market is :class:`NoMarketError`, in Scala too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from observed_json import NoObservedError, canonical_json, observed_json, read_observed

from clusop.analysis.cluster import Cluster, Epoch, Uptime
from clusop.analysis.economics import CertifiedGain, NodeHours
from clusop.analysis.observed import EngineFact, EngineState, Observed, Source, StageRun, StageTimes
from clusop.plan.json_text import JsonTextError, clean_text, decode_json
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Market", "NoMarketError", "Sighting", "market_json", "read_market"]

_NUMBER = re.compile(r"[0-9]{1,60}(?:/[0-9]{1,60})?")
_INT_LIMIT, _LONG_LIMIT = 1 << 31, 1 << 53
_NOBODY = EngineFact("", EngineState.UNKNOWN)


class NoMarketError(ValueError):
    """The text describes no market."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sighting of a problem: node-hours of its tasks, J, and on which kind of uptime."""

    run: NodeHours
    lost: NodeHours
    share: Range | None
    is_failed: bool
    uptime: Uptime


@dataclass(frozen=True, slots=True)
class Market:
    """What a question about money consists of. ``engine`` is the one the application's settings name."""

    engine: str
    cluster: Cluster | None
    observed: Observed
    others: tuple[StageRun, ...] = ()
    certified: CertifiedGain | None = None
    sightings: tuple[Sighting, ...] = ()


def market_json(
    engine: str, cluster: Cluster | None, observed: Observed, others: Sequence[StageRun] = (), **more: object
) -> str:
    """The text of a market. ``more`` are members as they stand in it: ``certified``, ``sightings``."""
    rest = Observed("", Source.LIVE, (), _NOBODY, StageTimes(tuple(others)))
    members: dict[str, object] = {
        "engine": engine,
        "cluster": None if cluster is None else _cluster_json(cluster),
        "observed": observed_json(observed),
        "others": observed_json(rest) if others else None,
    }
    return canonical_json(members | more)


def _cluster_json(cluster: Cluster) -> dict[str, object]:
    return {
        "cloud": cluster.cloud,
        "product": cluster.product,
        "tier": cluster.tier,
        "driver_node_type": cluster.driver_node_type,
        "worker_node_type": cluster.worker_node_type,
        "is_single_node": cluster.is_single_node,
        "availability": cluster.availability,
        "first_on_demand": cluster.first_on_demand,
        "uptime": cluster.uptime.value,
        "is_serverless": cluster.is_serverless,
        "is_databricks": cluster.is_databricks,
        "task_cpus": cluster.task_cpus,
        "epochs": [[one.start_at_ms, one.end_at_ms, one.slot_count, one.worker_count] for one in cluster.epochs],
    }


def read_market(text: str) -> Market:
    """The market that ``text`` describes."""
    try:
        members = _members(decode_json(text))
        observed, _ = read_observed(_text(members.get("observed")))
        rest = _text(members.get("others"))
        others = read_observed(rest)[0].times if rest else StageTimes(())
    except (JsonTextError, NoObservedError) as error:
        raise NoMarketError(str(error)) from None
    cluster, certified = members.get("cluster"), members.get("certified")
    other_stages = others.stages if isinstance(others, StageTimes) else ()
    own_stages = observed.times.stages if isinstance(observed.times, StageTimes) else ()
    if not all(_is_possible(stage) for stage in (*own_stages, *other_stages)):
        raise NoMarketError("a time below 0")
    return Market(
        engine=_text(members.get("engine")),
        cluster=None if cluster is None else _cluster(_members(cluster)),
        observed=observed,
        others=other_stages,
        certified=None if certified is None else _certified(_members(certified)),
        sightings=tuple(_sighting(_members(one)) for one in _list(members.get("sightings"))),
    )


def _is_possible(stage: StageRun) -> bool:
    times = (stage.run_ms, stage.lost_run_ms, *(run_ms for _, run_ms in stage.run_by_epoch_ms))
    return all(time >= 0 for time in times)


def _cluster(members: dict[str, Any]) -> Cluster:
    count = members.get("first_on_demand")
    return Cluster(
        cloud=_text(members.get("cloud")),
        product=_text(members.get("product")),
        tier=_text(members.get("tier")),
        driver_node_type=_text(members.get("driver_node_type")),
        worker_node_type=_text(members.get("worker_node_type")),
        is_single_node=_flag(members.get("is_single_node")),
        availability=_text(members.get("availability")),
        first_on_demand=None if count is None else _whole(count, _INT_LIMIT),
        uptime=_uptime(members.get("uptime")),
        is_serverless=_flag(members.get("is_serverless")),
        is_databricks=_flag(members.get("is_databricks")),
        task_cpus=_whole(members.get("task_cpus", 1), _INT_LIMIT),
        epochs=tuple(_epoch(_list(one)) for one in _list(members.get("epochs"))),
    )


def _epoch(items: list[Any]) -> Epoch:
    start, end, slots, workers = _fixed(items, 4)
    epoch = Epoch(
        _whole(start, _LONG_LIMIT), _whole(end, _LONG_LIMIT), _whole(slots, 1 << 31), _whole(workers, 1 << 31)
    )
    if epoch.start_at_ms > epoch.end_at_ms:
        raise NoMarketError("an epoch ends before it starts")
    return epoch


def _certified(members: dict[str, Any]) -> CertifiedGain:
    return CertifiedGain(_text(members.get("runtime")), _range(members.get("gain")), _text(members.get("evidence")))


def _sighting(members: dict[str, Any]) -> Sighting:
    share = members.get("share")
    found = None if share is None else _range(share)
    if found is not None and found.high > 1:
        raise NoMarketError("a share above 1")
    return Sighting(
        run=_hours(members.get("run")),
        lost=_hours(members.get("lost")),
        share=found,
        is_failed=_flag(members.get("failed")),
        uptime=_uptime(members.get("uptime")),
    )


def _hours(value: object) -> NodeHours:
    driver, on_demand, spot = (_number(one) for one in _fixed(_list(value), 3))
    return NodeHours(driver, on_demand, spot)


def _range(value: object) -> Range:
    low, high = (_number(one) for one in _fixed(_list(value), 2))
    if low > high:
        raise NoMarketError("a range out of order")
    return Range(low, high)


def _number(value: object) -> Fraction:
    text = _text(value)
    if _NUMBER.fullmatch(text) is None or ("/" in text and not text.partition("/")[2].strip("0")):
        raise NoMarketError("no number")
    return Fraction(text)


def _uptime(value: object) -> Uptime:
    text = _text(value)
    if not text:
        return Uptime.UNKNOWN
    found = next((one for one in Uptime if one.value == text), None)
    if found is None:
        raise NoMarketError("no uptime")
    return found


def _members(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NoMarketError("no object")
    return value


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise NoMarketError("no list")
    return value


def _fixed(items: list[Any], size: int) -> list[Any]:
    if len(items) != size:
        raise NoMarketError(f"{len(items)} items where {size} are due")
    return items


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NoMarketError("no text")
    return clean_text(value)


def _flag(value: object) -> bool:
    if value is not None and not isinstance(value, bool):
        raise NoMarketError("neither true nor false")
    return value is True


def _whole(value: object, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < limit:
        raise NoMarketError("no count of this size")
    return value
