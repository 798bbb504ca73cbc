"""Random streams of events: the collector and the reader of the log that Spark writes of them say the same (P8, P9)."""

from __future__ import annotations

import json
import re

STREAMS = 120
_TIME = re.compile(r"\b1[67]\d{11}\b")


def told_in_order(lines):
    """Whether every executor's coming and going is told before later things: a reader at the end of a log knows better."""
    latest = 0
    for line in lines:
        times = [int(found) for found in _TIME.findall(line)]
        if times and "Executor" in line[:45] and max(times) < latest:
            return False
        latest = max([latest, *times])
    return True


def without_epochs(answer):
    found = json.loads(answer)
    for execution in found["executions"].values():
        for stage in execution["stages"]:
            del stage["by_epoch"]
    return found


def test_streams_with_retries_speculation_losses_gaps_and_jumps(probe, tmp_path):
    from application_answer import answer_of_application

    from clusop.eventlog import locate, read_application

    probe("CollectedStream", "1", str(STREAMS), str(tmp_path))
    different, jumped = [], 0
    for seed in range(1, STREAMS + 1):
        log = tmp_path / f"{seed}.jsonl"
        (source,) = locate(log)
        read = answer_of_application(read_application(source))
        found = (tmp_path / f"{seed}.json").read_text(encoding="utf-8")
        if told_in_order(log.read_text(encoding="utf-8").splitlines()):
            same = read == found
        else:
            jumped += 1
            same = without_epochs(read) == without_epochs(found)
        if not same:
            different.append(seed)
    assert different == []
    assert jumped < STREAMS / 2
