"""Measure how fast clusop reads and judges: medians, and ratios within one run, since a busy machine's times mean little.

The plans are made here. Their times are processor time of the one thread that works, which is what the clock shows on an idle
machine. "must" is a bound of the design; nothing fails here, since milliseconds are no test. Event logs have a benchmark of
their own, ``bench_eventlog.py``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.analysis.cluster import Application

__all__ = ["application_of", "median_ms", "photon_plan", "photon_plan_info"]

RUNS = 7
CPU_RUNS = 21
BRANCH_LENGTH = 10
STAGE_OPERATORS = 50
METRICS = (
    ("number of output rows", "sum"),
    ("time in aggregation build", "timing"),
    ("exclusive time", "nsTiming"),
    ("data size", "size"),
)


def photon_plan(operator_count: int) -> str:
    """A Photon plan as text: a Python UDF above a union of branches, each a chain of ten operators down to a scan."""
    top = [
        "Project [net(price#1)#9]",
        "BatchEvalPython [net(price#1)#8], [pythonUDF0#9]",
        "ColumnarToRow",
        "PhotonResultStage",
    ]
    lines = [f"   {'   ' * depth}+- {name}" for depth, name in enumerate([*top, "PhotonUnion Generic"])]
    branch_count = (operator_count - len(lines)) // BRANCH_LENGTH
    for branch in range(branch_count):
        guide, turn = ("   ", "+-") if branch == branch_count - 1 else (":  ", ":-")
        names = [f"PhotonProject [id#{n}, price#{n}, (price#{n} * 0.81) AS net#{n}]" for n in range(BRANCH_LENGTH - 2)]
        names += ["PhotonFilter (isnotnull(price#1) AND (price#1 > 10.0))"]
        names += [
            f"PhotonScan parquet main.shop.sales_{branch}[id#1,price#1] Format: Parquet, ReadSchema: struct<price:double>"
        ]
        indent = "   " * (len(top) + 2)
        lines.append(f"{indent}{turn} {names[0]}")
        lines += [f"{indent}{guide}{'   ' * depth}+- {name}" for depth, name in enumerate(names[1:])]
    return "\n".join(["== Physical Plan ==", "AdaptiveSparkPlan isFinalPlan=true", "+- == Final Plan ==", *lines, ""])


def photon_plan_info(operator_count: int) -> dict[str, Any]:  # Any: JSON
    """The same plan as Spark's events carry it: decoded JSON, four metrics an operator."""
    from clusop.plan.text.reader import read_explain_text

    plan = read_explain_text(photon_plan(operator_count)).plan
    if plan is None:
        message = "the plan of this benchmark cannot be read"
        raise ValueError(message)
    nodes: list[dict[str, Any]] = []
    for number, operator in enumerate(plan.operators):
        metrics = [
            {"name": name, "accumulatorId": number * len(METRICS) + at, "metricType": kind}
            for at, (name, kind) in enumerate(METRICS)
        ]
        simple = f"{operator.name} {operator.arguments}".strip()
        node = {"nodeName": operator.name, "simpleString": simple, "children": [], "metadata": {}, "metrics": metrics}
        nodes.append(node)
        if operator.parent >= 0:
            nodes[operator.parent]["children"].append(node)
    return nodes[0]


def application_of(operator_count: int) -> Application:
    """A job of one query, whose plan was read from :func:`photon_plan_info`: stages with times on two workers with prices."""
    from clusop.analysis.cluster import Application, Cluster, Epoch, Uptime
    from clusop.analysis.observed import EngineFact, EngineState, Observed, RunStatus, Source, StageRun, StageTimes
    from clusop.plan.plan_info import read_plan_info

    reading = read_plan_info(photon_plan_info(operator_count))
    count = len(METRICS) * operator_count
    size = STAGE_OPERATORS * len(METRICS)
    stages = tuple(
        StageRun(
            stage_id=number,
            attempt=0,
            run_ms=Fraction(4_000),
            native_ns=3_000_000_000 if number else None,
            task_count=8,
            accumulators=dict.fromkeys(range(first, min(first + size, count)), 1_000),
            run_by_epoch_ms=((0, Fraction(4_000)),),
        )
        for number, first in enumerate(range(0, count, size))
    )
    engine = EngineFact("photon", EngineState.ON, "settings")
    query = Observed("1", Source.EVENT_LOG, (reading,), engine, StageTimes(stages), status=RunStatus.SUCCEEDED)
    cluster = Cluster(
        cloud="AWS",
        product="JOBS_COMPUTE",
        tier="PREMIUM",
        driver_node_type="i3.xlarge",
        worker_node_type="i3.xlarge",
        availability="ON_DEMAND",
        uptime=Uptime.ELASTIC,
        is_databricks=True,
        epochs=(Epoch(0, 600_000, 8, 2),),
    )
    return Application("app-1", "bench", "3.5.0", "16.4", "", "photon", cluster, (query,), ())


def median_ms(work: Callable[[], object], runs: int = RUNS, clock: Callable[[], int] = time.perf_counter_ns) -> float:
    """Median time of ``work`` in milliseconds by ``clock``, after one run that does not count."""
    work()
    times = []
    for _ in range(runs):
        began = clock()
        work()
        times.append((clock() - began) / 1e6)
    return statistics.median(times)


def _cpu_ms(work: Callable[[], object]) -> float:
    return median_ms(work, CPU_RUNS, time.thread_time_ns)


def _plans() -> None:
    from clusop.analysis.assess import assess_query
    from clusop.analysis.observed import Absent, EngineFact, EngineState, Observed, Source
    from clusop.plan.text.reader import read_explain_text
    from clusop.reasons import Reason

    def judge(text: str) -> object:
        reading = read_explain_text(text)
        engine = EngineFact("", EngineState.UNKNOWN)
        return assess_query(Observed("", Source.EXPLAIN_TEXT, (reading,), engine, Absent(Reason("no-times"))))

    print("plans as text                     read      read and judged")
    ratios = []
    for count, must in ((55, ""), (505, "  (must: judged within 10 ms)"), (5_005, "")):
        text = photon_plan(count)
        read = _cpu_ms(partial(read_explain_text, text))
        both = _cpu_ms(partial(judge, text))
        ratios.append(both / len(text))
        print(f"  {count:>6,} operators {len(text) / 1e6:6.2f} MB {read:8.1f} ms {both:10.1f} ms{must}")
    print(f"  time per character, 5,005 against 55 operators: {ratios[-1] / ratios[0]:.2f} times (linear: about 1)")


def _live_plans() -> None:
    """What an agent does with a finished query: its plan, its waste in dollars and its confidence."""
    from clusop.analysis.assess import assess_application
    from clusop.plan.plan_info import read_plan_info
    from clusop.pricing.provider import PriceBook

    prices = PriceBook.default()
    print("plans as Spark's events          read      judged and priced      together")
    for count, must in ((55, ""), (505, "  (must: 10 ms)"), (5_005, "")):
        info, application = photon_plan_info(count), application_of(count)
        read = _cpu_ms(partial(read_plan_info, info))
        judged = _cpu_ms(partial(assess_application, application, prices))
        print(f"  {count:>6,} operators {read:17.1f} ms {judged:17.1f} ms {read + judged:11.1f} ms{must}")


def _start() -> None:
    def start(code: str) -> object:
        return subprocess.run([sys.executable, "-c", code], check=True)

    bare, with_clusop = median_ms(lambda: start("pass")), median_ms(lambda: start("import clusop"))
    print(f"start of Python {bare:.1f} ms, with import clusop {with_clusop:.1f} ms")


if __name__ == "__main__":
    _start()
    _plans()
    _live_plans()
