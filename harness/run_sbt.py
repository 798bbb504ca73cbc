"""Runs sbt in ``scala/`` and leaves its jars where ``compare_jars.py`` looks: ``run_sbt.py scalafmtCheckAll +test +package``.

The launcher comes from the public Maven repository and fetches the sbt that ``project/build.properties`` names.
"""

from __future__ import annotations

import subprocess
import sys

from find_java import find_java_home
from prepare import CACHE, REPOSITORY, Artifact, fetch_artifacts

__all__ = ["main"]

LAUNCHER = Artifact(
    "org.scala-sbt",
    "sbt-launch",
    "1.11.7",
    "f92a2095ac75008764fe3b2b793ffe624c4fbef5bfd9b0022e4bc2daf668c651",
    4,
)


def main(tasks: list[str]) -> int:
    """Run the tasks; where none is named, the check of the format, then cross-building tests and package."""
    java_home = find_java_home()
    folder = CACHE / "sbt"
    if java_home is None or fetch_artifacts([LAUNCHER], folder):
        print("sbt needs a Java 17 to 21 and a Maven repository to come from, and one of them was not to be had.")
        return 1
    java = [str(java_home / "bin" / "java"), "-Xmx1500m", "-Xss8m", "-Dsbt.server.autostart=false", "-Dsbt.color=false"]
    command = [*java, "-jar", str(folder / LAUNCHER.file_name), *(tasks or ["scalafmtCheckAll", "+test", "+package"])]
    return subprocess.run(command, cwd=REPOSITORY / "scala", stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
