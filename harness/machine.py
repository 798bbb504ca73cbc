"""Where, and beside how much else, something was measured: every report of a benchmark begins with it."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

__all__ = ["machine_line"]


def machine_line() -> str:
    """One line: system, processor, cores, memory, load of the last minute, versions."""
    return (
        f"machine: {platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else "unnamed processor"


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
