"""The files of a batch, named after agent and sequences, so that the same name always holds the same bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FILE_NAME", "files_of", "identity"]

# Shared with the dispatcher in the JVM, which writes the same files.
FILE_NAME = re.compile(r"clusop-([0-9a-f]{32})-([0-9]{1,19})-([0-9]{1,19})\.jsonl")


def files_of(lines: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """The files to write for ``lines``: each a name, ``clusop-<agent>-<first>-<last>.jsonl``, and its bytes. None where a line
    is no record.

    A batch may have gaps: the final state goes ahead of what lies before it, and a full ring drops from the middle. Two batches
    with the same ends may so hold different records, and the later would replace the earlier. So no file has a gap: every
    record between the ends is in it, and a record's bytes never change.
    """
    runs: list[tuple[str, int, list[str]]] = []
    for line in lines:
        agent, sequence = identity(line)
        if not FILE_NAME.fullmatch(_name(agent, sequence, sequence)):
            return ()
        if runs and runs[-1][0] == agent and int(sequence) == runs[-1][1] + len(runs[-1][2]):
            runs[-1][2].append(line)
        else:
            runs.append((agent, int(sequence), [line]))
    return tuple(
        (_name(agent, first, first + len(held) - 1), ("\n".join(held) + "\n").encode("utf-8"))
        for agent, first, held in runs
    )


def identity(line: str) -> tuple[str, str]:
    """A record's agent and sequence, as text; empty where it is none."""
    try:
        record = json.loads(line)
        return str(record["agent"]), str(record["sequence"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", ""


def _name(agent: str, first: object, last: object) -> str:
    return f"clusop-{agent}-{first}-{last}.jsonl"
