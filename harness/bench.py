"""Measure how fast clusop reads and judges: medians, and ratios within one run, since a busy machine's times mean little.

    python harness/bench.py [EVENT_LOG]

The plans are made here. Without an event log on the command line the recorded ones under ``tests/data`` are read. ``must`` is the
bound SPEC sets where it sets one; nothing fails here, since milliseconds are no test.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["median_ms", "photon_plan"]

ROOT = Path(__file__).resolve().parent.parent
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


def _log(path: Path) -> None:
    """One log through the command, in a process of its own so that its memory can be told."""
    decode = median_ms(lambda: _decode(path), runs=3)
    command = [sys.executable, "-m", "clusop", "analyze", "--json", str(path)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"  {path.name}: {path.stat().st_size / 1e6:.2f} MB on disk, bare decoding {decode / 1000:.2f} s, "
        f"analyze {seconds:.2f} s with its start ({seconds * 1000 / decode:.1f} times; must: ≤ 2.5 on large logs), "
        f"peak {peak_mb:.0f} MB (must: ≤ 250), exit {done.returncode}"
    )


def _decode(path: Path) -> int:
    import io

    import orjson
    import zstandard

    count = 0
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix in {".zst", ".zstd"} else raw
        for line in io.BufferedReader(stream, 1 << 20):
            orjson.loads(line)
            count += 1
    return count


if __name__ == "__main__":
    _start()
    _plans()
    named = [Path(argument) for argument in sys.argv[1:]]
    recorded = sorted((ROOT / "tests" / "data").rglob("*.zst*"))
    print("event logs")
    for log in named or recorded:
        _log(log)
    if not named and not recorded:
        print("  none recorded under tests/data; name one on the command line")
