"""The file name of a batch: from its agent and its first and last sequence, so that the same batch has the same name."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FILE_NAME", "batch_name", "identity"]

# Shared with the dispatcher in the JVM, which writes the same files.
FILE_NAME = re.compile(r"clusop-([0-9a-f]{32})-([0-9]{1,19})-([0-9]{1,19})\.jsonl")


def batch_name(lines: Sequence[str]) -> str:
    """``clusop-<agent>-<first>-<last>.jsonl``; ``""`` where the lines are no records."""
    if not lines:
        return ""
    agent, first = identity(lines[0])
    _, last = identity(lines[-1])
    name = f"clusop-{agent}-{first}-{last}.jsonl"
    return name if FILE_NAME.fullmatch(name) else ""


def identity(line: str) -> tuple[str, str]:
    """A record's agent and sequence, as text; empty where it is none."""
    try:
        record = json.loads(line)
        return str(record["agent"]), str(record["sequence"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", ""
