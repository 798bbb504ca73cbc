"""The PySpark releases that clusop is built and tried with, each installed once into ``.cache/spark/<version>``.

A folder holds one release and its Py4J (``pip install --target``), so releases never meet; ``PYTHONPATH`` selects one.
Where the running interpreter has the very release, that one is used. ``spark_versions.py 3.4.4 …`` installs and prints.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BUILD_RELEASES", "RELEASES", "SparkRelease", "installed_release", "main"]

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "spark"


@dataclass(frozen=True, slots=True)
class SparkRelease:
    """One PySpark and the Scala it was built with. ``newest_python`` is the newest whose lambdas its pickler can send."""

    version: str
    scala: str
    newest_python: tuple[int, int] = (3, 13)

    @property
    def scala_binary(self) -> str:
        """``2.12`` or ``2.13``: which of the two jars it loads."""
        return self.scala.rpartition(".")[0]


# The oldest release of each line that clusop promises, by what is on the registry today.
RELEASES = (
    SparkRelease("3.3.4", "2.12.15", newest_python=(3, 10)),
    SparkRelease("3.4.4", "2.12.17", newest_python=(3, 11)),
    SparkRelease("3.5.9", "2.12.18", newest_python=(3, 12)),
    SparkRelease("4.0.5", "2.13.16"),
    SparkRelease("4.1.4", "2.13.17"),
    SparkRelease("4.2.1", "2.13.18"),
    SparkRelease("4.3.0", "2.13.18"),
)

# The two whose Scala compiler builds the jars.
BUILD_RELEASES = tuple(release for release in RELEASES if release.version in {"3.5.9", "4.0.5"})


def _own_site(release: SparkRelease) -> Path | None:
    """Where the running interpreter has this release; ``None`` where it has none or another."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None or importlib.metadata.version("pyspark") != release.version:
        return None
    return Path(found.origin).parent.parent


def installed_release(release: SparkRelease) -> Path:
    """The folder to put on ``PYTHONPATH`` for this release, which is installed if need be (about 500 MB, once)."""
    site = _own_site(release) or CACHE / release.version
    if (site / "pyspark" / "jars").is_dir():
        return site
    CACHE.mkdir(parents=True, exist_ok=True)
    print(f"  installing PySpark {release.version} into .cache/spark (about 500 MB, once)", flush=True)
    # Beside its place and renamed: an interrupted download never looks like a whole one.
    with tempfile.TemporaryDirectory(prefix=f"{release.version}-", dir=CACHE) as name:
        target = Path(name, "site")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--quiet",
            "--target",
            str(target),
        ]
        subprocess.run([*pip, f"pyspark=={release.version}"], check=True)
        shutil.rmtree(site, ignore_errors=True)
        target.rename(site)
    return site


def main(arguments: list[str]) -> int:
    """Install the named releases (all of them without a name) and print their folders."""
    unknown = set(arguments) - {release.version for release in RELEASES}
    if unknown:
        sys.exit(f"not among the releases of spark_versions.py: {', '.join(sorted(unknown))}")
    for release in RELEASES:
        if not arguments or release.version in arguments:
            print(f"{release.version}  {installed_release(release)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
