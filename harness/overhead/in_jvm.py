"""Runs a program of the probe jar in a JVM of its own, as the measurements need it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build_jars import main_jar, probe_jar
from find_java import find_java_home

__all__ = ["JvmError", "answer_of", "opened_packages"]

_OF_JAVA = "lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic"
_OF_SUN = "nio.ch nio.cs security.action util.calendar"


class JvmError(Exception):
    """The program cannot be run, or failed; the text says why."""


def opened_packages() -> list[str]:
    """What Spark's own launcher passes to a JVM of 17 or newer."""
    names = [f"java.{name}" for name in _OF_JAVA.split()] + [f"sun.{name}" for name in _OF_SUN.split()]
    return [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in names]


def answer_of(program: str, *arguments: str, more: tuple[Path, ...] = (), heap: str = "1500m") -> dict[str, Any]:
    """The JSON object that ``com.clusop.probe.<program>`` prints last. ``more`` are jars beside ours."""
    import pyspark

    java_home = find_java_home()
    jars = [main_jar("2.12"), probe_jar("2.12")]
    if java_home is None or not all(jar.is_file() for jar in jars):
        message = "a Java of 17 to 21 and the built jars are needed (make jars)"
        raise JvmError(message)
    class_path = ":".join(map(str, [*jars, Path(pyspark.__file__).parent / "jars" / "*", *more]))
    java = [str(java_home / "bin" / "java"), f"-Xmx{heap}", *opened_packages(), "-cp", class_path]
    done = subprocess.run(
        [*java, f"com.clusop.probe.{program}", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise JvmError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
