"""The demo's dollars: as if the script ran on a small cluster on AWS, and compared between the service and the event log.

Of both figures, exposure and avoidable, the dollars are compared and how many runs have them on which basis; and how many
problems there are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from clusop.analysis.records.money import NotPriced
from clusop.analysis.records.problems import Workload, problems_of
from outcome import COARSER_CAUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clusop.analysis.assessment import QueryAssessment
    from clusop.analysis.records import Signal

__all__ = ["AS_IF_ON", "Side", "differences", "dollars_agree", "log_side", "page_side"]

_TAG = "spark.databricks.clusterUsageTags."
AS_IF_ON: Mapping[str, str] = MappingProxyType(
    {
        f"{_TAG}{name}": value
        for name, value in {
            "cloudProvider": "AWS",
            "clusterId": "1129-000000-demo0001",
            "clusterNodeType": "i3.xlarge",
            "clusterSource": "JOB",
            "clusterWorkers": "0",
            "driverNodeType": "i3.xlarge",
            "isSingleNode": "true",
            "orgId": "1234567890123456",
            "sparkVersion": "15.4.x-scala2.12",
        }.items()
    }
)
"""What Databricks tells of such a cluster in Spark's settings; agent and log read the same."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two tells. Dollars are whole micro-USD, low and high, over all that has a price. ``bases`` counts runs by
    figure and its basis, or why it has no price; ``rounded`` is how many figures were rounded before they were added.
    ``is_coarse``: some cause is coarser than the engine would tell, so that two problems may look like one.
    """

    problems: int
    runs: int
    exposure: tuple[int, int]
    avoidable: tuple[int, int]
    bases: Mapping[str, int]
    rounded: int
    is_coarse: bool = False


def page_side(problems: Iterable[Mapping[str, Any]], signals: Iterable[Signal]) -> Side:
    """What the service tells: ``problems`` as the API lists them, and the signals it stored, for the bases."""
    totals = [one["total"] for one in problems]
    bases: Counter[str] = Counter()
    for signal in signals:
        for name in ("exposure", "avoidable"):
            figure = getattr(signal.figures, name)
            bases[f"{name} {figure.reason if isinstance(figure, NotPriced) else figure.basis}"] += signal.runs
    return Side(
        len(totals),
        sum(one["runs"] for one in totals),
        _sum([one["exposure"] for one in totals]),
        _sum([one[name] for one in totals for name in ("avoidable", "capacity")]),
        bases,
        sum(one["signals"] for one in totals),
    )


def log_side(queries: Iterable[QueryAssessment]) -> Side:
    """What the log tells, a run for every sighting of a problem: of two problems that share a query's islands each has the upper
    bound of its own.
    """
    nobody = Workload("", "name:" + "0" * 32, "", b"")
    seen = [one for query in queries for one in problems_of(query, nobody)]
    figures: list[Any] = [one.body["figures"] for one in seen]  # Any: the wire form
    exposure, avoidable = (
        _sum([each[name] for each in figures if "low_microusd" in each[name]]) for name in ("exposure", "avoidable")
    )
    return Side(
        len({one.signature for one in seen}),
        len(seen),
        exposure,
        avoidable,
        Counter(_basis(name, each[name]) for each in figures for name in ("exposure", "avoidable")),
        len(seen),
        any(one.problem.cause in COARSER_CAUSES for one in seen),
    )


def differences(page: Side, log: Side) -> list[str]:
    """Where they differ, a sentence each. A figure is rounded once, so each may differ by a micro-dollar."""
    found = [
        f"{name}: {_range(here)} on the page, {_range(there)} in the log"
        for name, here, there in (
            ("exposure", page.exposure, log.exposure),
            ("avoidable", page.avoidable, log.avoidable),
        )
        if any(abs(one - other) > page.rounded + log.rounded for one, other in zip(here, there, strict=True))
    ]
    if page.runs != log.runs:
        found.append(f"the page has {page.runs} runs with a problem, the log {log.runs}")
    if page.bases != log.bases:
        found.append(f"runs by basis: {_counts(page.bases)} on the page, {_counts(log.bases)} in the log")
    most = log.runs if log.is_coarse else log.problems
    if not log.problems <= page.problems <= most:
        found.append(f"the page has {page.problems} problems, the log {log.problems}")
    return found


def dollars_agree(
    problems: Iterable[Mapping[str, Any]], signals: Iterable[Signal], queries: Iterable[QueryAssessment]
) -> bool:
    """Print both sides and whether they tell the same. Two that say nothing of dollars do not agree."""
    page, log = page_side(problems, signals), log_side(queries)
    for name, side in (("on the page", page), ("from the log", log)):
        print(
            f"  {name:<13} exposure {_range(side.exposure)}, avoidable {_range(side.avoidable)}; "
            f"{side.problems} problems in {side.runs} runs; {_counts(side.bases)}"
        )
    found = differences(page, log)
    if not log.avoidable[1]:
        found.append("the log has no dollars to compare")
    for sentence in found:
        print(f"  THEY DIFFER: {sentence}")
    if not found:
        print("  they agree (to the micro-dollar that each is rounded to)")
    return not found


def _basis(name: str, figure: Mapping[str, Any]) -> str:
    return f"{name} {figure['unpriced']['reason'] if 'unpriced' in figure else figure['basis']}"


def _sum(figures: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    low, high = (sum(int(one[f"{end}_microusd"]) for one in figures) for end in ("low", "high"))
    return low, high


def _counts(bases: Mapping[str, int]) -> str:
    return ", ".join(f"{many} {name}" for name, many in sorted(bases.items()))


def _range(ends: Sequence[int]) -> str:
    return " to ".join(f"${end / 1e6:.6f}" for end in ends)
