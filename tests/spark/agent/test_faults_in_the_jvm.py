"""The fault suite on a live Spark: every error in every callback, a dying thread, an open breaker, switches, ends.

The faults are injected by ``com.clusop.probe.fault.FaultRun`` through the agent's own parts; nothing of ours is patched.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

DEADLINE_S = 400
KINDS = ("linkage", "stack-overflow", "out-of-memory", "thread-death", "interrupted", "runtime", "control")


# Where a fault fills our queue on the bus, Spark says so and names the queue. Nobody else's queue fills.
DROPPED = re.compile(r" (?:ERROR|WARN) AsyncEventQueue: Dropp(?:ing event|ed \d+ events) from (?:queue )?clusop\b")
HEAD = re.compile(r"(?:<time>|\S+ \S+) (?P<level>INFO|WARN|ERROR|FATAL) (?P<logger>\S+): .*")
THROWN = re.compile(r"(?:Exception in thread|Caused by:|[\w.$]+(?:Exception|Error)\b)")


@pytest.fixture(scope="module")
def fault_run(java_home, listener_jar, probe_jar, tmp_path_factory):
    import pyspark

    directory = tmp_path_factory.mktemp("faults")
    jars = Path(pyspark.__file__).parent / "jars" / "*"
    command = [
        f"{java_home}/bin/java",
        *opened_packages(),
        "-cp",
        os.pathsep.join(map(str, (probe_jar, listener_jar, jars))),
        "com.clusop.probe.fault.FaultRun",
        str(directory),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, cwd=directory, check=False)
    checks = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("CHECK\t")]
    return done, {name: (verdict == "true", detail) for _, name, verdict, detail in checks}


def opened_packages():
    """What Spark's own launcher passes to a JVM of 17 or newer."""
    names = "lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic".split()
    opened = [f"java.base/java.{name}" for name in names]
    opened += [f"java.base/sun.{name}" for name in ("nio.ch", "nio.cs", "security.action", "util.calendar")]
    return [f"--add-opens={name}=ALL-UNNAMED" for name in opened]


def test_the_suite_ran_to_its_end(fault_run):
    done, checks = fault_run
    assert done.returncode == 0, done.stderr[-3000:]
    assert "done" in checks


def test_every_check_holds(fault_run):
    _, checks = fault_run
    assert {name: detail for name, (holds, detail) in checks.items() if not holds} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_was_met_in_every_callback(fault_run, kind):
    _, checks = fault_run
    assert {f"counted-{kind}", f"every-callback-{kind}", f"still-armed-{kind}"} <= checks.keys()


def complaints(lines):
    """Who complained, by level and logger, and each exception's first line, as often as once."""
    found = set()
    for line in lines:
        head = HEAD.fullmatch(line)
        if head is None:
            found |= {line} if THROWN.match(line) else set()
        elif head["level"] != "INFO" and not DROPPED.search(line):
            found.add(f"{head['level']} {head['logger']}")
    return found


def test_nothing_of_ours_reached_stderr(fault_run):
    done, _ = fault_run
    # At INFO, Spark names who asked for a query: the suite itself.
    loud = [line for line in done.stderr.splitlines() if " INFO " not in line and not DROPPED.search(line)]
    assert [line for line in loud if re.search("clusop|photonfallback", line, re.IGNORECASE)] == []


def test_nobody_complains_who_does_not_without_us(fault_run, run_script):
    """A listener that throws is told of by the logger that also says that events were dropped."""
    done, _ = fault_run
    bare = run_script("bare_faults.py")
    assert bare.code == 0, bare.stderr
    assert complaints(done.stderr.splitlines()) - complaints(bare.stderr) == set()


def test_a_parser_that_throws_and_a_full_bus_were_tried(fault_run):
    _, checks = fault_run
    assert {"parser-errors-counted", "deep-plan-judged", "stop-with-full-bus", "breaker-on-full-bus"} <= checks.keys()
    assert {
        "stop-with-shipped-parts",
        "stop-with-callback",
        "stop-with-full-queue",
        "queue-of-spark-s",
    } <= checks.keys()


def test_every_callback_was_called_by_name(fault_run):
    _, checks = fault_run
    assert {"callbacks-that-pass", "all-callbacks-tried"} <= checks.keys()
    left = {
        name.removeprefix("nothing-leaves-").rpartition("-")[0] for name in checks if name.startswith("nothing-leaves-")
    }
    assert {"onTaskEnd", "onStageCompleted", "onJobStart", "onOtherEvent", "onApplicationEnd"} <= {
        name.partition("-")[0] for name in left
    }
