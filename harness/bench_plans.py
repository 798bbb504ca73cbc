"""Measure how fast clusop reads and judges: medians, and ratios within one run, since a busy machine's times mean little.

The plans are made here. "must" is a bound of the design; nothing fails here, since milliseconds are no test. Event logs have a
benchmark of their own, ``bench_eventlog.py``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["median_ms", "photon_plan"]

RUNS = 7
BRANCH_LENGTH = 10


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


def median_ms(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median time of ``work`` in milliseconds, after one run that does not count."""
    work()
    times = []
    for _ in range(runs):
        began = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - began) / 1e6)
    return statistics.median(times)


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
        read = median_ms(partial(read_explain_text, text))
        both = median_ms(partial(judge, text))
        ratios.append(both / len(text))
        print(f"  {count:>6,} operators {len(text) / 1e6:6.2f} MB {read:8.1f} ms {both:10.1f} ms{must}")
    print(f"  time per character, 5,005 against 55 operators: {ratios[-1] / ratios[0]:.2f} times (linear: about 1)")


def _start() -> None:
    def start(code: str) -> object:
        return subprocess.run([sys.executable, "-c", code], check=True)

    bare, with_clusop = median_ms(lambda: start("pass")), median_ms(lambda: start("import clusop"))
    print(f"start of Python {bare:.1f} ms, with import clusop {with_clusop:.1f} ms")


if __name__ == "__main__":
    _start()
    _plans()
