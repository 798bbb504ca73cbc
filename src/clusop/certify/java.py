"""The Java that Spark is started with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from clusop.errors import InputError

__all__ = ["java_home"]

OLDEST, NEWEST = 17, 21
"""Spark 3.5 does not start on 24 or newer (the security manager is gone), Spark 4 not on less than 17."""

_VERSION = re.compile(r'version "(?P<major>\d+)')
_PATIENCE_S = 60


def java_home() -> Path:
    """JAVA_HOME, else the home of ``java`` on the PATH. Raises :class:`~clusop.errors.InputError` where neither suits."""
    named = os.environ.get("JAVA_HOME")
    candidates = [Path(named) / "bin" / "java"] if named else []
    candidates += [Path(found).resolve()] if (found := shutil.which("java")) else []
    for java in candidates:
        if OLDEST <= _major(java) <= NEWEST:
            return java.parent.parent
    raise InputError(
        "JAVA_HOME",
        f"no Java {OLDEST} to {NEWEST} was found there or on the PATH",
        "Install Java 17, or name its home in JAVA_HOME.",
    )


def _major(java: Path) -> int:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = _VERSION.search(answer.stderr + answer.stdout)
    return int(found["major"]) if found else 0
